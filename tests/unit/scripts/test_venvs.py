"""Environments are made once, and made anew exactly when they have to be; only real Pythons are offered."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import List, Sequence

import pytest

from scripts.pack import requirements_inside
from scripts.venvs import Making, Venv, VenvError, find_interpreters, read_requirements, run


@pytest.fixture
def package(tmp_path: Path) -> str:
    """A requirement that pip installs from this machine: a wheel of one empty module."""
    wheel = tmp_path / "nothing_at_all-1.0-py3-none-any.whl"
    info = "nothing_at_all-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("nothing_at_all.py", "")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: nothing-at-all\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return str(wheel)


def test_an_environment_is_made_once_and_used_until_it_no_longer_fits(tmp_path: Path, package: str) -> None:
    venv = Venv(tmp_path / "venv")
    assert venv.ensure([package])
    venv.run("-c", "import nothing_at_all")
    leftover = venv.folder / "leftover"
    leftover.touch()

    assert not venv.ensure([package])
    assert leftover.exists()

    assert not venv.is_ready([package, "another"])
    assert not Venv(venv.folder, Path(venv.python)).is_ready([package])  # another interpreter
    next(venv.folder.glob(".requirements*")).unlink()  # as when pip is interrupted
    assert not venv.is_ready([package])


class Stub(Venv):
    """Is made as soon as another is being made as well; for one requirement, never."""

    both = threading.Barrier(2, timeout=30)

    def ensure(self, requirements: Sequence[str]) -> bool:
        self.both.wait()
        if requirements == ["unheard-of"]:
            raise VenvError("no such package")
        return True


def test_environments_are_made_side_by_side_and_one_that_fails_costs_only_itself(tmp_path: Path) -> None:
    good, bad = Stub(tmp_path / "good"), Stub(tmp_path / "bad")
    with Making({good: [], bad: ["unheard-of"]}) as making:
        assert making.wait(good).anew
        with pytest.raises(VenvError, match="no such package"):
            making.wait(bad)


def test_a_failing_command_shows_its_own_words_without_pips_warnings() -> None:
    script = "print('WARNING: a mirror'); print('the reason'); raise SystemExit(3)"
    with pytest.raises(VenvError) as caught:
        run([sys.executable, "-c", script])
    assert "exit code 3:\nthe reason" in str(caught.value)


def test_requirements_are_read_without_comments(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# tools\n\nruff>=0.6  # the linter\npytest\n", encoding="utf-8")
    assert read_requirements(file) == ["ruff>=0.6", "pytest"]


def test_the_requirements_of_a_packed_plugin_are_found_inside(tmp_path: Path) -> None:
    packed = tmp_path / "plugin.mcdr"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("requirements.txt", "# needs\nzstandard\n")
    assert requirements_inside(packed) == ["zstandard"]


def test_a_plugin_without_requirements_needs_nothing(tmp_path: Path) -> None:
    packed = tmp_path / "plugin.mcdr"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mcdreforged.plugin.json", "{}")
    assert requirements_inside(packed) == []


def test_this_python_is_among_those_found_and_each_is_what_it_says() -> None:
    found = find_interpreters()
    assert found[sys.version_info[:2]] == Path(sys.executable)
    assert list(found) == sorted(found)
    for version, interpreter in found.items():
        assert reported_version(interpreter) == list(version)


@pytest.mark.skipif(sys.platform == "win32", reason="a shim is a shell script")
def test_a_name_that_starts_nothing_is_not_taken_for_a_python(tmp_path: Path) -> None:
    other = next(minor for minor in (9, 10) if minor != sys.version_info[1])
    shim = tmp_path / f"python3.{other}"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    environ = {**os.environ, "PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path / "no-pyenv")}
    assert (3, other) not in find_interpreters(environ)


def reported_version(interpreter: Path) -> List[int]:
    script = "import sys; print(*sys.version_info[:2])"
    done = subprocess.run([str(interpreter), "-c", script], stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return [int(part) for part in done.stdout.split()]
