"""The demo's story: a backup, a failing backup and a restore, and the notifications that the receiver gets."""

from __future__ import annotations

import contextlib
import queue
import re
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from scripts.demo.backups import BackupPlugin, example_backup, prime_backup
from scripts.demo.cards import show
from scripts.demo.instance import Instance, InstanceError
from scripts.demo.ledger import Entry, Ledger
from scripts.demo.receiver import Receiver
from scripts.demo.words import Words
from scripts.pack import pack, requirements_inside
from scripts.terminal import Terminal, padded, printable
from scripts.venvs import ROOT, Venv, read_requirements

__all__ = ["Demo", "DemoOptions", "demo"]

_PATIENCE = 20.0  # seconds that a notification may take before it counts as lost


@dataclass(frozen=True)
class DemoOptions:
    """The options of the command line. ``endpoints``: config objects, added to those of the local receiver."""

    keep: bool = False
    prime_backup: Optional[Path] = None
    endpoints: Tuple[Dict[str, Any], ...] = ()
    language: str = "en_us"
    verbose: bool = False


def demo(terminal: Terminal, options: DemoOptions) -> int:
    """Runs the whole demo. Returns 0 if every expected notification arrived and no other, else 1."""
    folder = Path(tempfile.mkdtemp(prefix="prime-notify-demo-"))
    try:
        with Receiver() as receiver:
            code = Demo(terminal, options, folder, receiver).run()
    except InstanceError as error:
        terminal.say(str(error), "red")
        code = 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return code


@dataclass
class Demo:
    """One run of the demo. It prints notifications only as the receiver got them.

    ``venv``: the environment of MCDReforged; by default, one under ``.dev/`` is made.
    """

    terminal: Terminal
    options: DemoOptions
    folder: Path
    receiver: Receiver
    venv: Optional[Venv] = None
    chapter: int = 0
    words: Words = field(init=False)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.words = Words(self.options.language)
        self.ledger = Ledger(self.words)

    def run(self) -> int:
        """Plays the story. Returns the exit code."""
        began = time.monotonic()
        backup = example_backup(self.words)
        if self.options.prime_backup is not None:
            backup = prime_backup(self.options.prime_backup, self.words)
        self.terminal.say(self.words("title", backup=backup.name), "bold")
        venv = self._environment()
        instance = self._instance(venv, backup)
        try:
            self._start(instance)
            self._tell(instance, backup)
            self._sum_up(time.monotonic() - began)
            if self.options.keep:
                self._keep(instance)
        finally:
            instance.stop()
        return 1 if self.ledger.complaints else 0

    # -- the stage ---------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _step(self, what: str) -> Iterator[List[str]]:
        """Prints one step of the preparations (its name in the words), with its duration and the block's notes."""
        began = time.monotonic()
        notes: List[str] = []
        yield notes
        spent = self.terminal.style(f"{time.monotonic() - began:4.1f} s", "dim")
        self.terminal.say(f"  {spent}  {padded(self.words(what), 24)} {' '.join(notes)}".rstrip())

    def _environment(self) -> Venv:
        requirements = read_requirements(ROOT / "requirements.txt")
        name = "venv-demo"
        if self.options.prime_backup is not None:
            requirements += requirements_inside(self.options.prime_backup)
            name = "venv-demo-prime-backup"
        venv = self.venv or Venv(ROOT / ".dev" / name)
        with self._step("venv") as notes:
            made, place = venv.ensure(requirements), f".dev/{name}"
            notes.append(place if made else self.words("venv_made", folder=place))
        return venv

    def _instance(self, venv: Venv, backup: BackupPlugin) -> Instance:
        with self._step("pack") as notes:
            packed = pack(venv, self.folder / "packed")
            notes.append(f"{packed.name}, {packed.stat().st_size / 1024:.0f} KiB")
        echo = self._echo if self.options.verbose else lambda _line: None
        instance = Instance(self.folder / "instance", venv, self.words, echo)
        with self._step("instance") as notes:
            instance.prepare()
            instance.install(packed, self._config(backup), "prime_notify")
            instance.install(backup.plugin, backup.config, backup.id)
            notes.append(str(instance.folder))
        return instance

    def _config(self, backup: BackupPlugin) -> Dict[str, Any]:
        return {
            "notification": {"enabled": True, "endpoints": [*self.receiver.endpoints(), *self.options.endpoints]},
            "sources": {"listen": [backup.id]},
            "server": {"name": self.words("server")},
            "language": self.options.language,
        }

    def _echo(self, line: str) -> None:
        self.terminal.say("  " + printable(line), "dim")

    def _start(self, instance: Instance) -> None:
        with self._step("start") as notes:
            instance.start()
            notes.append(self.words("started"))
        for endpoint in self.receiver.endpoints():
            what = self.words("list").join(endpoint.get("events", [self.words("every_event")]))
            name = padded(self.words("endpoint", name=endpoint["name"]), 24)
            self.terminal.say(f"          {name} {endpoint['type']}{self.words('is')}{what}")
        for line in instance.told(0, by="prime_notify"):
            self.terminal.say(f"          {printable(line)}", "dim")

    # -- the story ---------------------------------------------------------------------------------------------------

    def _tell(self, instance: Instance, backup: BackupPlugin) -> None:
        castle = instance.world / "castle.txt"
        castle.write_text("a castle, built in three weeks\n" * 1000, encoding="utf-8")
        self._chapter(self.words("backup"))
        self._play(instance, f"fake <Steve> {backup.make} {self.words('castle')}", "backup_start", "backup_success")

        self._chapter(backup.mishap)
        castle.write_text("a ruin: a creeper was here\n", encoding="utf-8")
        with backup.break_it(instance):
            self._play(instance, f"{backup.make} {self.words('nightly')}", "backup_start", "backup_failure")

        self._chapter(self.words("restore"))
        mark = self._play(instance, backup.back, "restore_start", "restore_success")
        instance.wait_for(r": Done \(", since=mark)
        restored = castle.read_text(encoding="utf-8").startswith("a castle")
        self.terminal.say("  " + self.words("stands" if restored else "ruin"))
        if not restored:
            self.ledger.complaints.append(self.words("not_restored"))

        self._chapter(self.words("test"))
        self._test(instance)
        self._chapter(self.words("overview"))
        self.terminal.say("  > !!pn", "cyan")
        mark = instance.type("!!pn")
        instance.settle()
        self._quote(instance.told(mark))

    def _chapter(self, title: str) -> None:
        self.chapter += 1
        self.terminal.say(f"\n{self.chapter}. {title}", "bold")

    def _play(self, instance: Instance, command: str, *events: str) -> int:
        """Types the command, and shows the arrivals until all notifications of these events are there.

        Returns the mark before the command in the console's output.
        """
        shown = command[len("fake ") :] if command.startswith("fake ") else command
        self.terminal.say(f"  > {shown}", "cyan")
        self.ledger.expect(self.receiver.expected(events))
        mark = instance.type(command)
        for entry in self._arriving():
            show(self.terminal, entry, self.words)
        return mark

    def _arriving(self) -> Iterator[Entry]:
        """The arrivals, until nothing is missing or the time is up."""
        deadline = time.monotonic() + _PATIENCE
        while not self.ledger.complete:
            try:
                arrival = self.receiver.arrivals.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                break
            yield from self.ledger.take(arrival)
        yield from self.ledger.close()

    def _test(self, instance: Instance) -> None:
        """Runs the test command, and shows the plugin's report on each endpoint, with the real ones."""
        ours = [endpoint["name"] for endpoint in self.receiver.endpoints()]
        self.terminal.say("  > !!pb test notify", "cyan")
        self.ledger.expect({name: ["test"] for name in ours})
        mark = instance.type("!!pb test notify")
        for _ in self._arriving():
            pass  # the report of the plugin is shown instead
        tried = instance.wait_for(rf"\b{ours[0]}\b", since=mark, patience=_PATIENCE)  # the line names all endpoints
        for name in [*ours, *(str(endpoint["name"]) for endpoint in self.options.endpoints)]:
            if name in tried:
                instance.wait_for(rf"\b{re.escape(name)}\b.* ms\b", since=mark)
        instance.settle()
        self._quote(instance.told(mark))

    def _quote(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.terminal.say("  " + printable(line))

    # -- the end -----------------------------------------------------------------------------------------------------

    def _sum_up(self, seconds: float) -> None:
        while not self.receiver.arrivals.empty():
            self.ledger.take(self.receiver.arrivals.get())  # an unexpected arrival: the ledger complains
        complaints = self.ledger.complaints
        self.terminal.say()
        for complaint in complaints:
            self.terminal.say(f"  {complaint}", "red")
        colour = "red" if complaints else "green"
        self.terminal.say(self.words("took", verdict=self.ledger.verdict(), seconds=seconds), "bold", colour)

    def _keep(self, instance: Instance) -> None:
        """Passes on the user's commands and prints arrivals, until MCDReforged ends."""
        self.terminal.say("\n" + self.words("keep"), "bold")
        if not self.options.verbose:
            instance.on_line = self._echo
        stopping = threading.Event()
        printer = threading.Thread(target=self._print_arrivals, args=(stopping,), daemon=True)
        printer.start()
        threading.Thread(target=_type_all, args=(instance,), daemon=True).start()
        try:
            instance.wait()
        finally:
            stopping.set()
            printer.join()

    def _print_arrivals(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            with contextlib.suppress(queue.Empty):
                arrival = self.receiver.arrivals.get(timeout=0.2)
                ms = None if arrival.event_at is None else (arrival.at - arrival.event_at) * 1000
                show(self.terminal, Entry(arrival, str(arrival.document.get("event", "")), ms), self.words)


def _type_all(instance: Instance) -> None:
    """Passes the user's lines on to MCDReforged. The end of the input stops MCDReforged."""
    with contextlib.suppress(InstanceError):
        for line in sys.stdin:
            instance.type(line.rstrip("\n"))
        instance.type("!!MCDR server stop_exit")
