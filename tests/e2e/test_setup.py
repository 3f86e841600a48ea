"""A new owner's first endpoint, set up by commands in a real MCDReforged, and endpoints that come, go and get names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

from prime_notify.loading.saving import copy_of
from scripts.first_mistakes import MISTAKES, words_about
from tests.support.receiver import Answer, json_answer
from tests.support.scene import SECRETS, Scene, hook


@pytest.fixture
def scene(tmp_path: Path, prime_notify: Path, plugin_named: Callable[[str], Path]) -> Iterator[Scene]:
    """A server without a config of ours, as it is after the installation."""
    with Scene(tmp_path, [prime_notify, plugin_named("api_user")]) as scene:
        yield scene.start(attached=False)


def endpoints(scene: Scene) -> List[Dict[str, Any]]:
    document = json.loads(scene.mcdr.config_path("prime_notify").read_text(encoding="utf-8"))
    found: List[Dict[str, Any]] = document["notification"]["endpoints"]
    return found


def test_two_lines_in_the_console_lead_to_a_message_and_the_key_is_in_no_log(scene: Scene) -> None:
    path = scene.mcdr.config_path("prime_notify")
    before = path.read_bytes()
    scene.receiver.behave(json_answer({"id": "1"}))
    mark = scene.mcdr.send("!!pn setup")
    scene.mcdr.wait_for_line("- discord – Posts to a channel of Discord", since=mark)
    mark = scene.mcdr.send("!!pn setup discord")
    scene.mcdr.wait_for_line("Type: !!pn setup value <value>, such as https://discord.com", since=mark)
    mark = scene.mcdr.send(f"!!pn setup value {scene.receiver.url(f'/api/webhooks/1/{SECRETS[0]}')}")
    scene.mcdr.wait_for_line("Done: staff works", since=mark)
    [request] = scene.receiver.requests
    assert request.path == f"/api/webhooks/1/{SECRETS[0]}"
    assert request.json()["embeds"]
    assert endpoints(scene)[-1]["name"] == "staff"
    assert copy_of(path).read_bytes() == before
    scene.mcdr.send("!!api backup_success {}")
    scene.receiver.wait_for(2)


def test_a_failed_test_says_what_to_do_and_the_endpoint_can_be_changed(scene: Scene) -> None:
    scene.receiver.behave(json_answer({"message": "Unknown Webhook", "code": 10015}, status=404))
    mark = scene.mcdr.send(f"!!pn setup discord {scene.receiver.url(f'/api/webhooks/1/{SECRETS[0]}')}")
    scene.mcdr.wait_for_line(r"staff: failed \(HTTP 404", since=mark)
    scene.mcdr.wait_for_line("- !!pn setup remove – remove it", since=mark)
    scene.receiver.behave(json_answer({"id": "1"}))
    scene.mcdr.send("!!pn setup change")
    mark = scene.mcdr.send(f"!!pn setup value {scene.receiver.url(f'/api/webhooks/2/{SECRETS[0]}')}")
    scene.mcdr.wait_for_line("Done: staff works", since=mark)
    assert [one["name"] for one in endpoints(scene)].count("staff") == 1


def test_what_waits_for_an_endpoint_is_delivered_under_its_new_name(scene: Scene) -> None:
    scene.receiver.behave(Answer(503))
    scene.configure(hook(scene.receiver, retry="3s"), hook(scene.receiver, "other", fallback=["hook"]))
    scene.reload_config()
    scene.mcdr.send("!!api backup_success {}")
    scene.receiver.wait_for(2)
    scene.fresh()
    mark = scene.mcdr.send("!!pn endpoint rename hook phone")
    scene.mcdr.wait_for_line("hook is named phone now", since=mark)
    scene.receiver.wait_for(lambda _: bool(scene.requests("hook")))
    assert [(one["name"], one.get("fallback")) for one in endpoints(scene)] == [("phone", None), ("other", ["phone"])]
    mark = scene.mcdr.send("!!pn history")
    scene.mcdr.wait_for_line("phone", since=mark)
    mark = scene.mcdr.send("!!pn endpoint remove phone")
    scene.mcdr.wait_for_line("phone was removed from the config", since=mark)
    assert [(one["name"], one.get("fallback")) for one in endpoints(scene)] == [("other", None)]


def test_the_page_of_typical_mistakes_shows_what_the_console_answers(scene: Scene) -> None:
    path = scene.mcdr.config_path("prime_notify")
    unreadable = "The config file cannot be read, so nothing is sent. Correct it, then type !!pn reload"
    for mistake in MISTAKES:
        path.write_bytes(mistake.written.encode(mistake.encoding))
        answer = "\n".join(scene.mcdr.output_of("!!pn reload"))
        missing = [words for words in words_about(mistake, "en") if words not in answer]
        assert [words for words in missing if words != unreadable] == [], mistake.title["en"]
        assert not missing or "the last readable config stays in force" in answer
