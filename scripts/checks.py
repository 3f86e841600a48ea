"""Everything that CI runs: format, lint, types, the whole suite with coverage, and both ends of what is supported.

=========== ============================ ==============================================
environment holds                        runs
=========== ============================ ==============================================
venv        this Python, newest MCDR     ruff, mypy, the whole suite, most of it with coverage
venv-floor  oldest Python, oldest MCDR   the end-to-end tests, and unit tests
venv-newest newest Python, newest MCDR   unit tests
=========== ============================ ==============================================
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from scripts.pack import requirements_inside
from scripts.terminal import Terminal
from scripts.venvs import ROOT, Venv, VenvError, find_interpreters, read_requirements

__all__ = ["FLOOR", "MIN_COVERAGE", "Checks", "Options", "closing_line"]

FLOOR = "mcdreforged==2.14.0"
"""The oldest MCDReforged that mcdreforged.plugin.json allows."""

MIN_COVERAGE = 95
"""Percent of the package's branches and lines."""

_TEST_LIMIT = 180  # seconds that one test may take
_EVERYWHERE = "not e2e and not once"  # tests/conftest.py: what is run with each Python
_TOOLS = ("ruff", "mypy", "types-")  # needed in the first environment only

_CLOSING = re.compile(r"^(?:\033\[[\d;]*m)*=+ .*\b(?:passed|failed|errors?|skipped|deselected|no tests ran)\b.*=+\S*$")


def closing_line(output: Sequence[str]) -> Optional[str]:
    """pytest's last word in these lines ("=== 3 passed in 0.12s ==="), if it had one."""
    return next((line for line in reversed(output) if _CLOSING.match(line)), None)


@dataclass(frozen=True)
class Options:
    """``quick``: no end-to-end tests and one Python only. ``prime_backup``: a packed one to test against for real."""

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


@dataclass
class Checks:
    """Runs the steps one after another, all of them, and sums up."""

    terminal: Terminal
    options: Options = field(default_factory=Options)
    steps: List[_Step] = field(default_factory=list)

    def run(self) -> int:
        """The exit code: 0 when everything passed."""
        began = time.monotonic()
        interpreters = find_interpreters()
        try:
            self._main(Venv(ROOT / ".dev" / "venv"))
            if not self.options.quick:
                self._floor(interpreters)
                self._newest(interpreters)
                self._demo()
        except VenvError as error:
            self.terminal.say(str(error), "red")
            self.steps.append(_Step("virtual environment", ok=False, note="see above"))
        self.sum_up(time.monotonic() - began)
        return 1 if any(step.ok is False for step in self.steps) else 0

    # -- what is run -------------------------------------------------------------------------------------------------

    def _main(self, venv: Venv) -> None:
        self._ensure(venv, _requirements(self.options.prime_backup, tools=True))
        self._command("ruff format", venv, "-m", "ruff", "format", "--check", ".")
        self._command("ruff check", venv, "-m", "ruff", "check", ".")
        self._command("mypy --strict", venv, "-m", "mypy")
        coverage = ["--cov", "--cov-branch", "--cov-report=term", f"--cov-fail-under={MIN_COVERAGE}"]
        if self.options.quick:
            self._pytest("unit tests", venv, "-m", _EVERYWHERE)
            return
        self._pytest("unit and end-to-end tests, with coverage", venv, "-m", "not once", *coverage)
        self._pytest("what is run once", venv, "-m", "once")

    def _floor(self, interpreters: Dict[Tuple[int, int], Path]) -> None:
        oldest = next(iter(interpreters.values()), Path(sys.executable))
        venv = Venv(ROOT / ".dev" / "venv-floor", oldest)
        self._ensure(venv, [FLOOR, *_requirements(self.options.prime_backup, tools=False)])
        label = f"Python {_version(interpreters, oldest)}"
        self._pytest(f"e2e, MCDReforged {FLOOR.split('==')[1]}, {label}", venv, "-m", "e2e")
        if oldest == Path(sys.executable):
            self._skip("unit tests, oldest Python", "no older Python found on PATH or under pyenv")
        else:
            self._pytest(f"unit tests, {label}", venv, "-m", _EVERYWHERE)

    def _newest(self, interpreters: Dict[Tuple[int, int], Path]) -> None:
        newest = next(reversed(list(interpreters.values())), Path(sys.executable))
        if newest == Path(sys.executable):
            self._skip("unit tests, newest Python", "no newer Python found on PATH or under pyenv")
            return
        venv = Venv(ROOT / ".dev" / "venv-newest", newest)
        self._ensure(venv, _requirements(None, tools=False))
        self._pytest(f"unit tests, Python {_version(interpreters, newest)}", venv, "-m", _EVERYWHERE)

    def _demo(self) -> None:
        """The newcomer's first command; in an environment of its own, so that it proves what it needs."""
        self.execute("demo", [sys.executable, "-m", "scripts.dev", "demo"])

    # -- how ---------------------------------------------------------------------------------------------------------

    def _ensure(self, venv: Venv, requirements: Sequence[str]) -> None:
        began = time.monotonic()
        self.terminal.say(f"\n▶ {venv.folder.name}", "bold")
        made = venv.ensure(requirements)
        note = "made" if made else "re-used"
        self.terminal.say(f"{note}: {venv.run('-c', _VERSIONS).strip()}")
        self.steps.append(_Step(venv.folder.name, ok=True, seconds=time.monotonic() - began, note=note))

    def _pytest(self, name: str, venv: Venv, *arguments: str) -> None:
        colour = "yes" if self.terminal.colour else "no"
        side_by_side = ["-n", str(min(4, os.cpu_count() or 1)), "--dist", "loadfile"]
        common = [f"--color={colour}", f"--timeout={_TEST_LIMIT}", *side_by_side]
        self._command(name, venv, "-m", "pytest", *common, *arguments)

    def _command(self, name: str, venv: Venv, *arguments: str) -> None:
        self.execute(name, [str(venv.python), *arguments])

    def execute(self, name: str, command: List[str]) -> None:
        """Runs one command as a step, showing what it prints."""
        self.terminal.say(f"\n▶ {name}", "bold")
        began = time.monotonic()
        code, output = self._stream(command)
        note = _why_failed(code, output) if code else ""
        self.steps.append(_Step(name, code == 0, time.monotonic() - began, note, closing_line(output)))

    def _stream(self, command: List[str]) -> Tuple[int, List[str]]:
        """Runs the command, passing its output on as it comes; its exit code and its lines."""
        environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
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
        """Prints the table of all steps, and pytest's last word."""
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
    """In a few words; pytest's closing line says nothing of a coverage that is too low."""
    return next(
        (line for line in output if "Required test coverage" in line and "not reached" in line), f"exit code {code}"
    )


def _requirements(prime_backup: Optional[Path], *, tools: bool) -> List[str]:
    lines = read_requirements(ROOT / "requirements.txt", ROOT / "requirements.dev.txt")
    if prime_backup is not None:
        lines += requirements_inside(prime_backup)
    return [line for line in lines if tools or not line.startswith(_TOOLS)]


def _version(interpreters: Dict[Tuple[int, int], Path], wanted: Path) -> str:
    versions = (f"{major}.{minor}" for (major, minor), path in interpreters.items() if path == wanted)
    return next(versions, "of this run")
