"""A backup whose save never ends is told while it waits, over a reload of the plugin too, and its end as usual."""

from __future__ import annotations

from tests.support.scene import Scene


def test_a_save_that_does_not_end_is_told_once_over_a_reload_and_its_end_as_usual(scene: Scene) -> None:
    scene.configure(watch={"stuck_after": "1s", "backup": {"every": False}})
    scene.reload_config()
    scene.mcdr.send("standin save off")
    try:
        made = scene.prime_backup.make("before the update")
        start, stuck = scene.expect("backup_start", "backup_stuck", timeout=30)
        assert stuck["task_id"] == start["task_id"]
        assert stuck["backup"]["comment"] == "before the update"
        assert stuck["cost_s"] > 1
        assert "save-all flush" in stuck["body"]
        mark = scene.plugin("reload", "prime_notify")
        scene.mcdr.wait_for_line("observing backups and restores", since=mark)
        scene.prime_backup.abort(made)
    finally:
        scene.mcdr.send("standin save on")
    *_, end = scene.expect("backup_start", "backup_stuck", "backup_aborted", timeout=30)
    assert end["task_id"] == start["task_id"]
    assert end["cost_s"] > stuck["cost_s"]
    scene.configure()
    scene.reload_config()
