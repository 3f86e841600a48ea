"""One process at a time delivers from a data folder."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from prime_notify.outbox.ownership import OwnedElsewhereError, Ownership, owner_of

HOLD = """
import sys
from pathlib import Path
from prime_notify.outbox.ownership import Ownership
held = Ownership(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_owner_in_the_same_process_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first = Ownership(tmp_path)
    with pytest.raises(OwnedElsewhereError, match=f"process {os.getpid()}"):
        Ownership(tmp_path)
    first.release()
    second = Ownership(tmp_path)
    first.release()  # once more does no harm to the second
    with pytest.raises(OwnedElsewhereError, match="process"):
        Ownership(tmp_path)
    second.release()


def test_an_owner_in_another_process_is_named_and_its_death_frees_the_folder(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(OwnedElsewhereError, match=f"process {other.pid}"):
            Ownership(tmp_path)
        other.kill()
        other.wait()
    Ownership(tmp_path).release()


def test_an_unreadable_note_about_the_owner_is_no_problem(tmp_path: Path) -> None:
    first = Ownership(tmp_path)
    (tmp_path / "owner.json").write_text("[]")
    with pytest.raises(OwnedElsewhereError, match="another process"):
        Ownership(tmp_path)
    first.release()


def test_a_folder_that_does_not_exist_is_an_error_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        Ownership(tmp_path / "missing")


def test_a_lock_file_that_is_no_database_is_an_error_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "owner.lock").write_bytes(b"garbage" * 1000)
    with pytest.raises(sqlite3.Error):
        Ownership(tmp_path)


def test_one_can_ask_who_the_owner_is_without_becoming_it(tmp_path: Path) -> None:
    assert owner_of(tmp_path) is None
    held = Ownership(tmp_path)
    assert owner_of(tmp_path) == f"process {os.getpid()}"
    (tmp_path / "owner.json").unlink()
    assert owner_of(tmp_path) == "another process"
    held.release()
    assert owner_of(tmp_path) is None
    Ownership(tmp_path).release()


def test_nobody_owns_a_folder_that_is_not_there_or_whose_lock_is_no_database(tmp_path: Path) -> None:
    assert owner_of(tmp_path / "missing") is None
    (tmp_path / "owner.lock").write_bytes(b"garbage" * 1000)
    assert owner_of(tmp_path) is None
