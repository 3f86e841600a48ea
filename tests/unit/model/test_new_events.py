"""A new event is a row of the table and its texts: no other code has to be touched."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts.venvs import ROOT


@pytest.mark.parametrize("path", ["model/with_new_events.py"])
def test_everything_takes_a_new_row(path: str, tmp_path: Path) -> None:
    """In a process of its own, since the table is made when it is imported."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.new_events", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'inner'}", f"tests/unit/{path}"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
