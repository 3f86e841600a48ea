"""A server as an owner has it: MCDReforged with Prime Notify and usually a backup plugin, and a receiver to watch."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence

from tests.support.mcdr import McdrProcess
from tests.support.prime_backup import PrimeBackup, prime_backup_config
from tests.support.receiver import OK, Receiver, Recorded

__all__ = ["EMITTERS", "SECRETS", "STARTED", "Scene", "hook", "unexpected_tracebacks"]

EMITTERS = Path(__file__).resolve().parents[1] / "e2e" / "plugins"

STARTED = r"\[prime_notify\]: .*(endpoints: |推送目标 )\d+"
"""The line of the log that says that Prime Notify has started."""

SECRETS = ("k3y-in-the-path", "t0ken-in-a-header", "t0ken-in-the-query")
"""Part of every hook's configuration. None of them may ever be seen in a console or a log file."""

_ANY_DISK = {"min_free": False, "min_days": False}
"""The disk of the machine is nothing that a test depends on."""

_EXPECTED_BEFORE_TRACEBACK = re.compile(
    "run error"  # a failing task of Prime Backup's
    r"|PB@\S*init"  # Prime Backup failing to open its storage
    r"|Error invoking listener EventListener\(plugin='prime_backup@"  # Prime Backup failing to start
    "|Error ticking watch dog"  # MCDReforged on a busy machine: its watchdog runs before what it watches
    "|^$"  # a chained exception
)


def hook(receiver: Receiver, name: str = "hook", **options: Any) -> Dict[str, Any]:
    """The configuration of a webhook endpoint with secrets, whose requests go to ``/<name>/…``."""
    url = receiver.url(f"/{name}/{SECRETS[0]}?token={SECRETS[2]}")
    return {"name": name, "url": url, "headers": {"Authorization": f"Bearer {SECRETS[1]}"}, "timeout": "5s", **options}


class Scene:
    """``with Scene(folder, plugins=[…]) as scene``: receives from entering on, MCDR runs after :meth:`start`.

    Leaving stops MCDR and searches its whole output: it holds no secret and no unexpected traceback.
    """

    def __init__(self, folder: Path, plugins: Sequence[Path], *, language: str = "en_us") -> None:
        self.mcdr = McdrProcess(folder, plugins=plugins, language=language)
        if any(plugin.name == "PrimeNotify.mcdr" for plugin in plugins):
            self.mcdr.ready = STARTED
        self.receiver = Receiver()
        self.prime_backup = PrimeBackup(self.mcdr)

    # -- set-up ------------------------------------------------------------------------------------------------------

    def configure(self, *endpoints: Mapping[str, Any], enabled: bool = True, **sections: Any) -> Path:
        """Writes our config: these endpoints, by default one hook named ``hook``."""
        notification = {"enabled": enabled, "endpoints": list(endpoints or [hook(self.receiver)])}
        sections["watch"] = {"storage": _ANY_DISK, **sections.get("watch", {})}
        return self.mcdr.write_config("prime_notify", {"notification": notification, **sections})

    def configure_prime_backup(self, **changes: Any) -> None:
        self.mcdr.write_config("prime_backup", prime_backup_config(**changes))

    @contextlib.contextmanager
    def prime_backup_with(self, **changes: Any) -> Iterator[None]:
        """Prime Backup has other options during the block."""
        self._use(**changes)
        try:
            self.fresh()
            yield
        finally:
            self._use()

    def _use(self, **changes: Any) -> None:
        self.configure_prime_backup(**changes)
        self.wait_until_attached(self.plugin("reload", "prime_backup"))

    def start(self, *, attached: bool = True) -> Scene:
        """Starts MCDR; with ``attached``, waits until Prime Backup is ready and observed."""
        mark = len(self.mcdr.transcript)
        self.mcdr.start()
        if attached:
            self.wait_until_attached(mark)
        return self

    def wait_until_attached(self, since: int, prime_backup: Optional[PrimeBackup] = None) -> None:
        """Until Prime Backup is ready, observed (said after the place ``since``), and has our command in its tree."""
        prime_backup = prime_backup or self.prime_backup
        self.mcdr.wait_for_line(r"Prime Backup \S+ found: observing backups and restores", since=since)
        prime_backup.wait_until_idle()
        deadline = time.monotonic() + 60
        while "Unknown argument" in "".join(self.mcdr.output_of(f"{prime_backup.prefix} test")):  # later: incomplete
            assert time.monotonic() < deadline, f"the command is not added:\n{self.mcdr.tail()}"
            time.sleep(0.05)

    def reload_config(self) -> None:
        self.mcdr.wait_for_line("Config reloaded", since=self.mcdr.send("!!pn reload"))

    def plugin(self, action: str, plugin: str) -> int:
        """``!!MCDR plugin load|unload|reload``, waiting until it is done; the place in the transcript before it."""
        mark = self.mcdr.send(f"!!MCDR plugin {action} {plugin}")
        self.mcdr.wait_for_line(r"[Ll]oaded: \d+ plugins", since=mark, timeout=60)
        if action != "unload" and plugin in ("prime_notify", "PrimeNotify.mcdr"):
            self.mcdr.wait_for_line(STARTED, since=mark)
        return mark

    # -- what arrives ------------------------------------------------------------------------------------------------

    def fresh(self) -> None:
        """Forgets all requests that have arrived."""
        self.receiver.clear()
        self.receiver.behave(OK)

    def requests(self, name: str = "hook") -> List[Recorded]:
        return [request for request in self.receiver.requests if request.path.startswith(f"/{name}/")]

    def payloads(self, name: str = "hook") -> List[Dict[str, Any]]:
        """The payloads that the hook of that name has received since :meth:`fresh`."""
        return [request.json() for request in self.requests(name)]

    def events(self, name: str = "hook") -> List[str]:
        return [payload["event"] for payload in self.payloads(name)]

    def expect(self, *events: str, name: str = "hook", timeout: float = 120) -> List[Dict[str, Any]]:
        """Waits until the hook has received as many requests; they must be exactly these events, in this order.

        One endpoint's notifications arrive in the order of the events, so one too many before the last is found.
        """
        counted: Callable[[List[Recorded]], bool] = lambda _: len(self.requests(name)) >= len(events)  # noqa: E731
        try:
            self.receiver.wait_for(counted, timeout)
        except AssertionError as error:
            raise AssertionError(f"{error}; wanted: {events}; console:\n{self.mcdr.tail()}") from None
        if self.events(name) != list(events):
            raise AssertionError(f"arrived: {self.events(name)}; wanted: {events}; console:\n{self.mcdr.tail()}")
        return self.payloads(name)

    def backup(self, comment: str = "") -> int:
        """Makes a backup, waits for its notifications, forgets them, and returns its id."""
        self.fresh()
        number = self.prime_backup.backup(comment)
        self.expect("backup_start", "backup_success")
        self.fresh()
        return number

    def check_test_command(self, command: str = "!!pb test notify") -> None:
        """Types the command, and waits until it has delivered to the only endpoint without an error."""
        mark = self.mcdr.send(command)
        self.mcdr.wait_for_line("1 of 1 delivered", since=mark)
        assert self.mcdr.find("Unknown", since=mark) is None

    # -- life --------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Scene:
        self.receiver.start()
        return self

    def __exit__(self, kind: Optional[type], *_: object) -> None:
        try:
            self.mcdr.stop()
        finally:
            self.receiver.close()
        if kind is None:
            self.check_console()

    def check_console(self) -> None:
        lines = self.mcdr.transcript
        for path in sorted((self.mcdr.folder / "logs").glob("*.log")):
            lines += path.read_text(encoding="utf-8", errors="replace").splitlines()
        leaks = [line for line in lines if any(secret in line for secret in SECRETS)]
        assert not leaks, f"secrets in the console: {leaks}"
        tracebacks = unexpected_tracebacks(lines)
        assert not tracebacks, "unexpected tracebacks:\n" + "\n\n".join(tracebacks)


def unexpected_tracebacks(lines: Sequence[str]) -> List[str]:
    """The tracebacks among these lines that no test provokes, each with the line before it."""
    return [
        "\n".join(lines[max(index - 1, 0) : index + 30])
        for index, line in enumerate(lines)
        if line.startswith("Traceback") and not (index and _EXPECTED_BEFORE_TRACEBACK.search(lines[index - 1]))
    ]
