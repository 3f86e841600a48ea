"""Nothing that the plugin writes can be read by other users of the machine, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Dict, Iterator

import pytest

from prime_notify.clock import SystemClock
from prime_notify.loading.files import write_default_config, write_helpers
from prime_notify.outbox.database import Database
from prime_notify.outbox.folder import DataFolder, leave_events
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.values import Received, TaskChange
from prime_notify.private_files import create_private, make_private
from tests.support.build import event, notification

pytestmark = pytest.mark.skipif(os.name != "posix", reason="only POSIX has these modes")


@pytest.fixture(autouse=True)
def permissive_umask() -> Iterator[None]:
    former = os.umask(0)
    yield
    os.umask(former)


def modes(folder: Path) -> Dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}


def data_folder(path: Path) -> DataFolder:
    return DataFolder(path, SystemClock(), lambda level, key, **values: None, longest_wait=lambda: 1.0)


def taken(path: Path) -> DataFolder:
    folder = data_folder(path)
    assert folder.take()
    folder.outbox.put(notification(), ["phone"], TaskChange(), at=0.0)
    return folder


def test_the_folder_and_every_file_in_it_are_the_owners_alone(tmp_path: Path) -> None:
    write_default_config(tmp_path / "config.json")
    write_helpers(tmp_path)
    folder = taken(tmp_path)
    found = modes(tmp_path)
    folder.release()
    assert {OUTBOX_FILE, f"{OUTBOX_FILE}-wal", f"{OUTBOX_FILE}-shm", "owner.lock", "owner.json"} < set(found)
    assert found.pop(tmp_path.name) == found.pop("docs") == 0o700
    assert set(found.values()) == {0o600}
    manual = {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "docs").rglob("*")}
    assert manual == {0o600, 0o700}


def test_files_of_an_older_version_are_tightened(tmp_path: Path) -> None:
    former = Database(tmp_path / OUTBOX_FILE)  # still open, as its log and index are there
    former.write("test", lambda connection: connection.execute("PRAGMA user_version"))
    for name in ("owner.lock", "owner.json", f"{OUTBOX_FILE}.damaged-1", f"{OUTBOX_FILE}.salvage-wal"):
        (tmp_path / name).touch()
    for path in (*tmp_path.iterdir(), tmp_path):
        path.chmod(0o755)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "config.json").chmod(0o644)
    folder = taken(tmp_path)
    found = modes(tmp_path)
    folder.release()
    former.close()
    assert found.pop("config.json") == 0o644  # the owner's own file is left alone
    assert {name for name, mode in found.items() if mode & 0o077} == set()


def test_a_damaged_file_moved_aside_is_private(tmp_path: Path) -> None:
    (tmp_path / OUTBOX_FILE).write_bytes(b"garbage" * 1000)
    folder = taken(tmp_path)
    found = modes(tmp_path)
    folder.release()
    assert any(".damaged-" in name for name in found)
    assert {name for name, mode in found.items() if mode & 0o077} == set()


def test_an_event_that_another_process_leaves_is_private(tmp_path: Path) -> None:
    leave_events(tmp_path, [Received("1", event(), 1.0, server_running=True)])
    assert {name for name, mode in modes(tmp_path).items() if mode & 0o077} <= {tmp_path.name}


def test_stricter_modes_stay_and_a_failure_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strict = tmp_path / "strict"
    strict.touch(0o400)
    make_private(strict)
    assert modes(tmp_path)["strict"] == 0o400
    make_private(tmp_path / "absent")
    create_private(tmp_path / "absent" / "file")

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError("not the owner")

    loose = tmp_path / "loose"
    loose.touch(0o644)
    monkeypatch.setattr(Path, "chmod", refuse)
    create_private(loose)
    taken(tmp_path).release()
    assert modes(tmp_path)["loose"] == 0o644
