"""pytest's own last word is found in its output, and stays the last word of the whole run."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from scripts.checks import FLOOR, UNTRACED, Checks, Machine, closing_line
from scripts.terminal import Terminal
from scripts.venvs import ROOT


@pytest.mark.parametrize(
    "line",
    [
        "============================== 3 passed in 0.12s ===============================",
        "=================== 1 failed, 812 passed, 3 skipped in 240.12s (0:04:00) ===================",
        "============================ no tests ran in 0.01s =============================",
        "\x1b[32m========================= \x1b[32m\x1b[1m3 passed\x1b[0m\x1b[32m in 0.1s\x1b[0m\x1b[32m ======\x1b[0m",
    ],
)
def test_every_closing_line_of_pytest_is_recognised(line: str) -> None:
    assert closing_line(["collected 3 items", line, "something printed at exit"]) == line


def test_headings_of_pytest_are_no_closing_lines() -> None:
    assert closing_line(["=== test session starts ===", "=== short test summary info ===", "3 passed"]) is None


def test_what_pytest_really_prints_is_recognised(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(): pass\n", encoding="utf-8")
    assert "1 passed" in (closing_line(pytest_output(tmp_path)) or "")


def test_the_first_failing_run_has_the_last_word() -> None:
    checks, printed = checks_writing_to(io.StringIO())
    for code, word in ((0, "9 passed"), (1, "1 failed, 8 passed"), (1, "2 failed")):
        checks.execute(word, [sys.executable, "-c", f"print('=== {word} in 1s ==='); raise SystemExit({code})"])
    checks.sum_up(1.0)
    assert printed.getvalue().splitlines()[-1] == "=== 1 failed, 8 passed in 1s ==="


def test_without_a_failure_the_whole_suite_has_the_last_word() -> None:
    checks, printed = checks_writing_to(io.StringIO())
    for word in ("900 passed", "5 passed"):
        checks.execute(word, [sys.executable, "-c", f"print('=== {word} in 1s ===')"])
    checks.sum_up(1.0)
    assert printed.getvalue().splitlines()[-1] == "=== 900 passed in 1s ==="


def test_a_step_that_failed_is_named_and_gives_its_exit_code() -> None:
    checks, printed = checks_writing_to(io.StringIO())
    checks.execute("mypy --strict", [sys.executable, "-c", "raise SystemExit(2)"])
    checks.sum_up(1.0)
    assert any(line.startswith("FAILED") and "exit code 2" in line for line in printed.getvalue().splitlines())


def test_a_coverage_that_is_too_low_is_named_as_the_reason() -> None:
    checks, printed = checks_writing_to(io.StringIO())
    reason = "FAIL Required test coverage of 95% not reached. Total coverage: 93.06%"
    checks.execute("pytest", [sys.executable, "-c", f"print('{reason}'); raise SystemExit(1)"])
    checks.sum_up(1.0)
    assert printed.getvalue().count(reason) == 2


def test_the_floor_is_what_the_plugin_declares() -> None:
    metadata = (ROOT / "mcdreforged.plugin.json").read_text(encoding="utf-8")
    assert f'"mcdreforged": "{FLOOR.replace("mcdreforged==", ">=")}"' in metadata


def test_the_oldest_and_the_newest_python_get_environments_of_their_own() -> None:
    this = sys.version_info[:2]
    machine = Machine.look({(3, 1): Path("oldest"), this: Path(sys.executable), (3, 99): Path("newest")})
    assert (machine.floor.interpreter, machine.oldest_version, machine.has_older) == (Path("oldest"), "3.1", True)
    assert machine.newest is not None
    assert (machine.newest.interpreter, machine.newest_version) == (Path("newest"), "3.99")
    assert {machine.main.interpreter, machine.demo.interpreter} == {Path(sys.executable)}


@pytest.mark.parametrize("found", [{}, {sys.version_info[:2]: Path(sys.executable)}])
def test_with_one_python_only_the_oldest_mcdreforged_runs_on_it(found: Dict[Tuple[int, int], Path]) -> None:
    machine = Machine.look(found)
    assert machine.newest is None
    assert (machine.floor.interpreter, machine.has_older) == (Path(sys.executable), False)


def test_tests_with_random_examples_are_told_apart_by_their_mark(tmp_path: Path) -> None:
    text = "from hypothesis import given, strategies\n@given(strategies.none())\ndef test_it(_): pass\n"
    (tmp_path / "test_it.py").write_text(f"{text}def test_another(): pass\n", encoding="utf-8")
    assert "1 passed, 1 deselected" in (closing_line(pytest_output(tmp_path, "-m", UNTRACED)) or "")


def test_what_runs_compiles_every_module_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    checks, printed = checks_writing_to(io.StringIO())
    checks.execute("compile", [sys.executable, "-c", "import sys; print('writes:', not sys.dont_write_bytecode)"])
    assert "writes: True" in printed.getvalue()


def checks_writing_to(stream: io.StringIO) -> tuple[Checks, io.StringIO]:
    return Checks(Terminal(stream)), stream


def pytest_output(folder: Path, *arguments: str) -> List[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder), *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return done.stdout.splitlines()
