"""Heartbeats of a real MCDReforged."""

from __future__ import annotations

from pathlib import Path

from tests.support.scene import Scene, hook


def test_a_heartbeat_arrives_soon_after_the_start_and_none_after_the_unload(tmp_path: Path, prime_notify: Path) -> None:
    with Scene(tmp_path, [prime_notify]) as scene:
        scene.configure(hook(scene.receiver, "beat", heartbeat="20s", events=["report"]), server={"name": "SMP"})
        scene.start(attached=False)
        [beat] = scene.expect("heartbeat", name="beat")
        assert beat["plugin"]["id"] == "prime_notify"
        assert beat["server"]["name"] == "SMP"
        assert scene.requests("beat")[0].header("Authorization")
        assert "heartbeat at" in "\n".join(scene.mcdr.output_of("!!pn"))
        mark = scene.plugin("unload", "prime_notify")
        assert scene.mcdr.find("Not finished in time", since=mark) is None
