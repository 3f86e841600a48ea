"""The disk of the backups beside a running server: read by psutil, told once, and well again."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Callable, Iterator, List

import psutil
import pytest

from prime_notify.outbox.opening import OUTBOX_FILE
from tests.support.scene import Scene

NOTHING = {"min_free": "1B", "min_days": False}


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    with Scene(tmp_path_factory.mktemp("storage"), [prime_notify, plugin_named("api_user")]) as scene:
        watch(scene, **NOTHING)
        yield scene.start(attached=False)


def watch(scene: Scene, **options: Any) -> None:
    scene.configure(watch={"storage": {"paths": ["server"], **options}})


def rows(scene: Scene) -> List[Any]:
    [file] = scene.mcdr.folder.rglob(OUTBOX_FILE)
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT path, total FROM disk").fetchall()
    finally:
        connection.close()


def test_a_low_disk_is_told_and_when_it_has_room_again(server: Scene) -> None:
    folder = server.mcdr.folder / "server"
    server.fresh()
    watch(server, min_free="8EB")
    server.reload_config()
    [low] = server.expect("storage_low")
    [disk] = low["storage"]["disks"]
    assert Path(disk["path"]) == folder
    assert disk["total"] == psutil.disk_usage(str(folder)).total
    assert disk["low"]
    assert "GiB free" in low["body"] or "TiB free" in low["body"]
    server.mcdr.send("!!api backup_success {}")
    server.expect("storage_low", "backup_success")
    server.fresh()
    watch(server, **NOTHING)
    server.reload_config()
    [well] = server.expect("storage_ok")
    assert 0 < well["storage"]["for_s"] < 600
    assert not well["storage"]["disks"][0]["low"]
    [(path, total)] = rows(server)
    assert (Path(path), total) == (folder, disk["total"])
