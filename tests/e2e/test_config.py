"""The config file of a server: its first start, mistakes, and secrets from files and the environment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Callable, Iterator

import pytest

from tests.support.mcdr import PROJECT
from tests.support.scene import SECRETS, Scene, hook


@pytest.fixture
def fresh_server(tmp_path: Path, prime_notify: Path, plugin_named: Callable[[str], Path]) -> Iterator[Scene]:
    """A server without a config of ours; not started."""
    with Scene(tmp_path, [prime_notify, plugin_named("api_user")]) as scene:
        yield scene


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    with Scene(tmp_path_factory.mktemp("config"), [prime_notify, plugin_named("api_user")]) as scene:
        scene.mcdr.environment["PN_TEST_TOKEN"] = SECRETS[1]
        scene.configure()
        yield scene.start(attached=False)


@pytest.fixture
def scene(server: Scene) -> Iterator[Scene]:
    server.fresh()
    yield server
    server.configure()
    server.reload_config()


def announce(scene: Scene) -> None:
    scene.mcdr.send("!!api backup_success {}")


FIRST_START = {
    "en_us": [
        "A config was written to config/prime_notify/config.json; nothing is sent yet",
        "Type !!pn setup: it sets up your first endpoint, step by step",
        "Or by hand: copy an endpoint of config.examples.json, beside the config, into notification.endpoints, "
        "set notification.enabled to true, then type !!pn reload",
        "Documentation: config/prime_notify/docs/README.md",
        "Notifications are switched off (notification.enabled); endpoints: 0",
    ],
    "zh_cn": [
        "已生成配置文件 config/prime_notify/config.json，目前不会发送任何通知",
        "请执行 !!pn setup，它会一步步带你设置第一个推送目标",
        "也可以手动设置：从旁边的 config.examples.json 中复制一个推送目标到 notification.endpoints，"
        "将 notification.enabled 设为 true，然后执行 !!pn reload",
        "文档：config/prime_notify/docs/README.md",
        "通知已关闭（notification.enabled）；推送目标 0 个",
    ],
}


@pytest.mark.parametrize("language", FIRST_START)
def test_the_first_start_says_what_to_do_next(tmp_path: Path, prime_notify: Path, language: str) -> None:
    with Scene(tmp_path, [prime_notify], language=language) as scene:
        scene.mcdr.start()
        said = [line.partition("[prime_notify]: ")[2] for line in scene.mcdr.transcript if "[prime_notify]: " in line]
        assert [line.replace("\\", "/") for line in said] == FIRST_START[language]
        folder = scene.mcdr.config_path("prime_notify").parent
        for name in ("config.schema", "config.examples"):
            shipped = PROJECT / "schema" / (f"{name}.json" if language == "en_us" else f"{name}.{language}.json")
            assert (folder / f"{name}.json").read_bytes() == shipped.read_bytes()
        assert (folder / "docs" / "recipes" / "offsite" / "offsite_copy.py").is_file()


def test_the_first_config_is_disabled_and_what_the_log_says_works(fresh_server: Scene) -> None:
    scene = fresh_server
    scene.mcdr.start()
    config = json.loads(scene.mcdr.config_path("prime_notify").read_text(encoding="utf-8"))
    assert config["notification"] == {"enabled": False, "endpoints": []}
    assert (scene.mcdr.config_path("prime_notify").parent / config["$schema"]).is_file()

    mark = scene.mcdr.send("!!api backup_success {}")
    scene.mcdr.wait_for_line("the API answered None", since=mark)

    scene.configure()  # as the owner does, following those lines
    scene.reload_config()
    announce(scene)
    scene.expect("backup_success")


def test_a_config_that_cannot_be_parsed_changes_nothing_on_reload_and_is_left_as_it_is(scene: Scene) -> None:
    broken = '{"notification": {"enabled": true, "endpoints": [}'
    path = scene.mcdr.write_config("prime_notify", broken)
    mark = scene.mcdr.send("!!pn reload")
    scene.mcdr.wait_for_line("the last readable config stays in force", since=mark)
    assert path.read_text(encoding="utf-8") == broken
    announce(scene)
    scene.expect("backup_success")


def test_a_bad_endpoint_is_switched_off_with_its_path_and_the_others_work(scene: Scene) -> None:
    scene.configure({"name": "bad", "type": "pigeon", "url": f"http://{SECRETS[0]}/"}, hook(scene.receiver))
    mark = scene.mcdr.send("!!pn reload")
    scene.mcdr.wait_for_line(r"notification\.endpoints\[0\].*webhook", since=mark)
    announce(scene)
    scene.expect("backup_success")


def test_a_config_broken_at_the_start_costs_nothing_but_notifications(fresh_server: Scene) -> None:
    scene = fresh_server
    path = scene.mcdr.write_config("prime_notify", f'{{"notification": "{SECRETS[0]}')
    scene.mcdr.start()
    scene.mcdr.wait_for_line("The config file cannot be read, so nothing is sent")
    assert path.read_text(encoding="utf-8").endswith(SECRETS[0])
    scene.configure()
    scene.reload_config()
    announce(scene)
    scene.expect("backup_success")


def test_secrets_may_come_from_the_environment_and_from_files(scene: Scene) -> None:
    (scene.mcdr.config_path("prime_notify").parent / "url.txt").write_text(
        scene.receiver.url(f"/hook/{SECRETS[0]}") + "\n", encoding="utf-8"
    )
    scene.configure(
        {"name": "hook", "url": {"file": "url.txt"}, "headers": {"Authorization": "Bearer ${PN_TEST_TOKEN}"}}
    )
    scene.reload_config()
    announce(scene)
    scene.expect("backup_success")
    [request] = scene.requests()
    assert request.header("Authorization") == f"Bearer {SECRETS[1]}"


def test_the_proposals_example_works_pasted_verbatim(scene: Scene) -> None:
    example = {
        "notification": {
            "enabled": True,
            "events": ["backup_success", "backup_failure"],
            "endpoints": [
                {
                    "name": "phone",
                    "type": "bark",
                    "url": scene.receiver.url(f"/phone/{SECRETS[0]}"),
                    "timeout": "5s",
                    "bark": {"group": "prime_backup", "sound": "minuet", "badge": 1},
                },
                {"name": "serverchan", "url": scene.receiver.url(f"/chan/{SECRETS[0]}.send"), "timeout": "5s"},
                {
                    "name": "ops",
                    "type": "webhook",
                    "url": scene.receiver.url("/ops/hook"),
                    "headers": {"Authorization": f"Bearer {SECRETS[1]}"},
                    "events": ["backup_failure"],
                },
            ],
        }
    }
    scene.mcdr.write_config("prime_notify", example)
    scene.reload_config()
    for event in ("restore_success", "backup_success", "backup_failure"):
        scene.mcdr.send(f"!!api {event} {{}}")
    scene.expect("backup_failure", name="ops")
    scene.expect("backup_success", "backup_failure", name="chan")
    scene.receiver.wait_for(lambda _: len(scene.requests("phone")) == 2)
    bark = scene.payloads("phone")[0]
    assert bark["group"] == "prime_backup"
    assert bark["badge"] == 1
    assert bark["level"] == "passive"
