"""The recipes of the documentation, run as they stand, but for the hosts they name."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Tuple
from urllib.parse import parse_qs, urlsplit

import pytest
from jsonschema import Draft202012Validator

from prime_notify.engine.engine import Engine
from prime_notify.loading.load import load_config
from prime_notify.loading.schema import config_schema
from tests.support.build import event
from tests.support.configs import without_placeholders
from tests.support.receiver import Receiver, Recorded
from tests.support.texts import CATALOGUE

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"
COMMENT = 'a "quoted" <!channel> @everyone \\ `code`'
BACKUP = {"id": 7, "comment": COMMENT, "stored_size": 345678901, "file_count": 1234, "targets": ["world"]}
ERROR = {"type": "OSError", "message": 'No space\nleft on "device" `x`'}


HAPPENED: Dict[str, Dict[str, Any]] = {
    "backup_start": {},
    "backup_success": {"cost_s": 192.4},
    "backup_failure": {"error": ERROR},
    "restore_start": {},
    "restore_success": {},
    "restore_failure": {"error": ERROR},
}
SUCCESSES = ("backup_success", "restore_success")
FAILURES = ("backup_failure", "restore_failure")


def received(name: str, wanted: Sequence[str], folder: Path, caplog: pytest.LogCaptureFixture) -> List[Recorded]:
    """What a receiver gets of all that happened, which is what is ``wanted`` and nothing else."""
    text = (RECIPES / f"{name}.json").read_text(encoding="utf-8")
    with Receiver() as receiver:
        here = f"127.0.0.1:{receiver.port}"
        text = re.sub(r'("url": ")https://[^/"]+', rf"\g<1>http://{here}", text)
        text = re.sub(r"@proxy\.example\.com:3128", f"@{here}", text)
        document = json.loads(text)
        loaded = without_placeholders(load_config(document, environ={}, base_dir=folder))
        assert not loaded.problems, loaded.problems
        assert "example.com" not in text
        log = logging.getLogger("test.recipes")
        engine = Engine(loaded, data_dir=folder, catalogue=CATALOGUE, log=log, server_running=lambda: True)
        engine.start()
        try:
            for number, (what, more) in enumerate(HAPPENED.items()):
                engine.accept(event(what, backup=BACKUP, server={"name": "My Server"}, task_id=f"t{number}", **more))
            assert engine.history is not None
            told = [one.payload.event.value for one in engine.history.page(9) if one.payload and one.deliveries]
            requests = receiver.wait_for(len(wanted))
        finally:
            engine.stop(grace=5.0)
    assert sorted(told) == sorted(wanted)
    assert len(requests) == len(wanted)
    assert "failed" not in caplog.text
    return requests


def slack_form(requests: List[Recorded]) -> None:
    [request] = requests
    assert (request.method, request.header("Content-Type")) == ("POST", "application/x-www-form-urlencoded")
    text = '[backup_success]: My Server #7 a "quoted" &lt;!channel&gt; @everyone \\ `code`'
    assert json.loads(parse_qs(request.body.decode())["payload"][0]) == {"text": text}


def through_proxy(requests: List[Recorded]) -> None:
    assert [one.json()["event"] for one in requests] == list(SUCCESSES)
    for one in requests:
        assert one.target.startswith("http://127.0.0.1")
        assert one.header("Proxy-Authorization") == "Basic dXNlcjpwYXNzd29yZA=="


def put(requests: List[Recorded]) -> None:
    _, success, failure, *_ = requests
    assert (success.method, urlsplit(success.target).path) == ("PUT", "/api/backups/7")
    assert parse_qs(urlsplit(success.target).query) == {"server": ["My Server"]}
    assert success.json() == {
        "title": "✅ Backup #7 done — My Server",
        "message": "all is well",
        "backup": BACKUP,
        "took_seconds": 192.4,
        "stored": "329.7 MiB",
    }
    assert (success.header("X-Severity"), failure.header("X-Severity")) == ("INFO", "ERROR")
    assert failure.json()["message"] == ERROR["message"]
    assert "took_seconds" not in failure.json()


def discord(requests: List[Recorded]) -> None:
    _, success, failure, *_ = (one.json() for one in requests)
    assert success["allowed_mentions"] == {"parse": []}
    (embed,) = success["embeds"]
    assert embed["title"] == "prime_backup backup"
    assert embed["fields"] == [
        {"name": "Size", "value": "329.7 MiB", "inline": True},
        {"name": "Took", "value": "3m 12s", "inline": True},
    ]
    assert "@everyone" not in json.dumps(embed)
    assert "&amp;" not in embed["description"]
    assert (embed["color"], failure["embeds"][0]["color"]) == (3061373, 14757194)
    assert [field["name"] for field in failure["embeds"][0]["fields"]] == ["Size"]


def discord_on_error(requests: List[Recorded]) -> None:
    for what, request in zip(FAILURES, requests):
        content = request.json()["content"]
        assert f"Event: {what}\nFailed: No space left on " in content
        assert "\\`x\\`" in content


def slack_blocks(requests: List[Recorded]) -> None:
    success, failure = (one.json() for one in requests)
    assert [block["type"] for block in success["blocks"]] == ["section", "divider", "section", "section"]
    assert success["blocks"][3]["fields"][1]["text"] == "*Files:*\n`1,234`"
    assert [block["type"] for block in failure["blocks"]] == ["section", "divider", "section"]
    assert failure["blocks"][2]["text"]["text"] == ':x: *Backup failed:*\n```No space\nleft on "device" x```'
    for document in (success, failure):
        assert "<!channel>" not in json.dumps(document)
        assert "$if" not in json.dumps(document)


CHECKS: Dict[str, Tuple[Sequence[str], Callable[[List[Recorded]], None]]] = {
    "tsuru-slack-form": (["backup_success"], slack_form),
    "tsuru-success-through-proxy": (SUCCESSES, through_proxy),
    "tactical-rmm-put": (list(HAPPENED), put),
    "tactical-rmm-discord": (list(HAPPENED), discord),
    "backrest-discord-on-error": (FAILURES, discord_on_error),
    "backrest-slack-blocks": (["backup_success", "backup_failure"], slack_blocks),
}
"""Which events each recipe asks for, and what has to come of them."""


@pytest.mark.parametrize("name", CHECKS)
def test_editors_accept_a_recipe(name: str) -> None:
    document = json.loads((RECIPES / f"{name}.json").read_text(encoding="utf-8"))
    assert document.pop("_about")
    assert list(Draft202012Validator(config_schema()).iter_errors(document)) == []


def test_every_recipe_is_tested() -> None:
    assert {path.stem for path in RECIPES.glob("*.json")} == set(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_recipe_does_what_it_says(name: str, tmp_path: Path, caplog: Any) -> None:
    wanted, check = CHECKS[name]
    check(received(name, wanted, tmp_path, caplog))
