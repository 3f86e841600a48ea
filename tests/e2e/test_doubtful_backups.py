"""Backups that Prime Backup calls a success, and that deserve a warning."""

from __future__ import annotations

from tests.support.scene import Scene


def test_a_missing_world_is_a_warning(scene: Scene) -> None:
    aside = scene.mcdr.world.with_name("renamed")
    scene.mcdr.world.rename(aside)
    try:
        scene.prime_backup.make("where is it")
        _, success = scene.expect("backup_start", "backup_success")
    finally:
        aside.rename(scene.mcdr.world)
    assert success["severity"] == "warning"
    assert success["message"].startswith("Nothing was backed up: none of the configured targets was found")


def test_a_server_that_stops_while_it_saves_is_a_warning(scene: Scene) -> None:
    scene.mcdr.send("standin save off")
    mark = scene.prime_backup.make("as it stops")
    scene.expect("backup_start")
    scene.mcdr.send("!!MCDR server stop")
    scene.mcdr.wait_for_line("Backup completed", since=mark)
    _, success = scene.expect("backup_start", "backup_success")
    scene.mcdr.wait_for_line(r"Done \(", since=scene.mcdr.send("!!MCDR server start"))
    scene.mcdr.send("standin save on")
    assert success["severity"] == "warning"
    assert "it may lack the newest changes" in success["message"]
