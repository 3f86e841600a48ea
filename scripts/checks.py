"""The checks that CI runs: format, lint, types, the whole suite with coverage, and the oldest and newest versions.

=========== ============================ ==============================================
environment holds                        runs
=========== ============================ ==============================================
venv        this Python, newest MCDR     ruff, mypy, the whole suite, most of it with coverage
venv-floor  oldest Python, oldest MCDR   end-to-end and unit tests
venv-newest newest Python, newest MCDR   unit tests
venv-demo   this Python, newest MCDR     the demo
=========== ============================ ==============================================

pip installs the later environments while the checks run in the first one.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from scripts.pack import requirements_inside
from scripts.terminal import Terminal
from scripts.venvs import ROOT, Making, Venv, VenvError, find_interpreters, read_requirements

__all__ = ["FLOOR", "MIN_COVERAGE", "UNTRACED", "Checks", "Machine", "Options", "closing_line"]

FLOOR = "mcdreforged==2.14.0"
"""The oldest MCDReforged that mcdreforged.plugin.json allows."""

MIN_COVERAGE = 95
"""Percent of the package's lines and branches that the tests must cover."""

UNTRACED = "once or hypothesis"
"""The marks of the tests that run without coverage, which would slow them down most. Hypothesis marks its own tests."""

_TEST_LIMIT = 180  # seconds that one test may take
_WORKERS = min(8, 1 + (os.cpu_count() or 1))  # one more than the cores, since each of them waits at times
_EVERYWHERE = "not e2e and not once"  # tests/conftest.py: the tests that every Python runs
_AGAIN = "--hypothesis-profile=again"  # tests/conftest.py: fewer examples, for the same tests with another Python
_TOOLS = ("ruff", "mypy", "types-")  # needed in the first environment only

_CLOSING = re.compile(r"^(?:\033\[[\d;]*m)*=+ .*\b(?:passed|failed|errors?|skipped|deselected|no tests ran)\b.*=+\S*$")


def closing_line(output: Sequence[str]) -> Optional[str]:
    """The last of these lines in which pytest sums up ("=== 3 passed in 0.12s ==="). None without such a line."""
    return next((line for line in reversed(output) if _CLOSING.match(line)), None)


@dataclass(frozen=True)
class Options:
    """``quick``: no end-to-end tests, and one Python only. ``prime_backup``: a packed real one, used by the tests."""

    quick: bool = False
    prime_backup: Optional[Path] = None


@dataclass
class _Step:
    """One line of the closing table."""

    name: str
    ok: Optional[bool]  # None: skipped
    seconds: float = 0.0
    note: str = ""
    closing: Optional[str] = None


@dataclass(frozen=True)
class Machine:
    """The environments of this machine's Pythons. ``newest``: None if the newest Python is the one that runs this."""

    main: Venv
    floor: Venv
    newest: Optional[Venv]
    demo: Venv
    oldest_version: str
    newest_version: str

    @classmethod
    def look(cls, interpreters: Mapping[Tuple[int, int], Path]) -> Machine:
        """``interpreters``: by version, oldest first. May be empty."""
        this = (sys.version_info[:2], Path(sys.executable))
        found = list(interpreters.items()) or [this]
        (oldest_version, oldest), (newest_version, newest) = found[0], found[-1]
        return cls(
            main=_venv("venv"),
            floor=_venv("venv-floor", oldest),
            newest=None if newest == Path(sys.executable) else _venv("venv-newest", newest),
            demo=_venv("venv-demo"),
            oldest_version="{}.{}".format(*oldest_version),
            newest_version="{}.{}".format(*newest_version),
        )

    @property
    def has_older(self) -> bool:
        return self.floor.interpreter != Path(sys.executable)


def _venv(name: str, interpreter: Path = Path(sys.executable)) -> Venv:
    return Venv(ROOT / ".dev" / name, interpreter)


@dataclass
class Checks:
    """Runs all steps, one after another, even after a failure, and prints a summary."""

    terminal: Terminal
    options: Options = field(default_factory=Options)
    steps: List[_Step] = field(default_factory=list)

    def run(self) -> int:
        """The exit code: 0 when everything passed."""
        began = time.monotonic()
        machine = Machine.look(find_interpreters())
        with Making(self._wanted(machine)) as making:
            try:
                self._main(making, machine)
                if not self.options.quick:
                    self._floor(making, machine)
                    self._newest(making, machine)
                    self._demo(making, machine)
            except VenvError as error:
                self.terminal.say(str(error), "red")
                self.steps.append(_Step("virtual environment", ok=False, note="see above"))
        self.sum_up(time.monotonic() - began)
        return 1 if any(step.ok is False for step in self.steps) else 0

    # -- the steps ---------------------------------------------------------------------------------------------------

    def _wanted(self, machine: Machine) -> Dict[Venv, List[str]]:
        """The requirements of each environment, in the order of use."""
        prime_backup = self.options.prime_backup
        wanted = {machine.main: _requirements(prime_backup, tools=True)}
        if not self.options.quick:
            wanted[machine.floor] = [FLOOR, *_requirements(prime_backup, tools=False)]
            if machine.newest is not None:
                wanted[machine.newest] = _requirements(None, tools=False)
            wanted[machine.demo] = read_requirements(ROOT / "requirements.txt")
        return wanted

    def _main(self, making: Making, machine: Machine) -> None:
        venv = machine.main
        self._ensure(making, venv)
        self._command("ruff format", venv, "-m", "ruff", "format", "--check", ".")
        self._command("ruff check", venv, "-m", "ruff", "check", ".")
        self._command("mypy --strict", venv, "-m", "mypy")
        coverage = ["--cov", "--cov-branch", "--cov-report=term", f"--cov-fail-under={MIN_COVERAGE}"]
        if self.options.quick:
            self._pytest("unit tests", venv, "-m", _EVERYWHERE)
            return
        self._pytest("unit and end-to-end tests, with coverage", venv, "-m", f"not ({UNTRACED})", *coverage)
        self._pytest("random examples, and what is run once", venv, "-m", UNTRACED)

    def _floor(self, making: Making, machine: Machine) -> None:
        self._ensure(making, machine.floor)
        label = f"MCDReforged {FLOOR.split('==')[1]}, Python {machine.oldest_version}"
        if machine.has_older:
            self._pytest(f"unit and e2e, {label}", machine.floor, "-m", "not once", _AGAIN)
        else:
            self._pytest(f"e2e, {label}", machine.floor, "tests/e2e")
            self._skip("unit tests, oldest Python", "no older Python found on PATH or under pyenv")

    def _newest(self, making: Making, machine: Machine) -> None:
        if machine.newest is None:
            self._skip("unit tests, newest Python", "no newer Python found on PATH or under pyenv")
            return
        self._ensure(making, machine.newest)
        self._pytest(f"unit tests, Python {machine.newest_version}", machine.newest, "-m", _EVERYWHERE, _AGAIN)

    def _demo(self, making: Making, machine: Machine) -> None:
        """The newcomer's first command, in an environment that has only the demo's own requirements."""
        self._ensure(making, machine.demo)
        self.execute("demo", [sys.executable, "-m", "scripts.dev", "demo"])

    # -- running a step ----------------------------------------------------------------------------------------------

    def _ensure(self, making: Making, venv: Venv) -> None:
        began = time.monotonic()
        self.terminal.say(f"\n▶ {venv.folder.name}", "bold")
        made = making.wait(venv)
        note = f"made in {made.seconds:.1f} s" if made.anew else "re-used"
        self.terminal.say(f"{note}: {venv.run('-c', _VERSIONS).strip()}")
        self.steps.append(_Step(venv.folder.name, ok=True, seconds=time.monotonic() - began, note=note))

    def _pytest(self, name: str, venv: Venv, *arguments: str) -> None:
        colour = "yes" if self.terminal.colour else "no"
        side_by_side = ["-n", str(_WORKERS), "--dist", "loadfile", "--no-loadscope-reorder"]
        common = [f"--color={colour}", f"--timeout={_TEST_LIMIT}", *side_by_side]
        self._command(name, venv, "-m", "pytest", *common, *arguments)

    def _command(self, name: str, venv: Venv, *arguments: str) -> None:
        self.execute(name, [str(venv.python), *arguments])

    def execute(self, name: str, command: List[str]) -> None:
        """Runs one command as a step, and shows its output."""
        self.terminal.say(f"\n▶ {name}", "bold")
        began = time.monotonic()
        code, output = self._stream(command)
        note = _why_failed(code, output) if code else ""
        self.steps.append(_Step(name, code == 0, time.monotonic() - began, note, closing_line(output)))

    def _stream(self, command: List[str]) -> Tuple[int, List[str]]:
        """Runs the command and shows its output as it comes. Returns the exit code and the lines."""
        environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)  # otherwise each of hundreds of processes compiles everything
        if self.options.prime_backup is not None:
            environ["PRIME_BACKUP_PLUGIN"] = str(self.options.prime_backup.resolve())
        lines: List[str] = []
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                lines.append(line.rstrip())
                self.terminal.say(lines[-1])
        return process.returncode, lines

    def _skip(self, name: str, reason: str) -> None:
        self.terminal.say(f"\n▶ {name}", "bold")
        self.terminal.say(f"skipped: {reason}", "yellow")
        self.steps.append(_Step(name, ok=None, note=reason))

    def sum_up(self, seconds: float) -> None:
        """Prints the table of all steps, and one closing line of pytest."""
        self.terminal.say("\n▶ summary", "bold")
        for step in self.steps:
            mark, colour = {True: ("ok", "green"), False: ("FAILED", "red"), None: ("skipped", "yellow")}[step.ok]
            spent = f"{step.seconds:6.1f} s" if step.ok is not None else " " * 8
            self.terminal.say(f"{self.terminal.style(f'{mark:8}', colour)}{spent}  {step.name:44} {step.note}".rstrip())
        self.terminal.say(f"{'':8}{seconds:6.1f} s  in all")
        last = self._last_word()
        if last:
            self.terminal.say(last)

    def _last_word(self) -> Optional[str]:
        """The closing line of the first pytest that failed, else of the whole suite."""
        spoken = [step for step in self.steps if step.closing]
        failed = [step for step in spoken if step.ok is False]
        return next((step.closing for step in [*failed, *spoken]), None)


_VERSIONS = """
import platform
from importlib.metadata import version
print(f"Python {platform.python_version()}, MCDReforged {version('mcdreforged')}, pydantic {version('pydantic')}")
"""


def _why_failed(code: int, output: Sequence[str]) -> str:
    """The reason in a few words. A low coverage needs its own line, since pytest's closing line does not mention it."""
    return next(
        (line for line in output if "Required test coverage" in line and "not reached" in line), f"exit code {code}"
    )


def _requirements(prime_backup: Optional[Path], *, tools: bool) -> List[str]:
    lines = read_requirements(ROOT / "requirements.txt", ROOT / "requirements.dev.txt")
    if prime_backup is not None:
        lines += requirements_inside(prime_backup)
    return [line for line in lines if tools or not line.startswith(_TOOLS)]
