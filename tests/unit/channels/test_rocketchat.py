"""Rocket.Chat."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.text.wording import in_language
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, answer, channel, detailed, failed, sent, success

URL = "https://chat.example.com/hooks/aBcDeFgHiJkLmNoPq/x0x1x2x3x4x5x6x7x8x9"
# packages/message-parser: the beginnings of a mention, a link, a channel, code, emphasis, a picture, a list or a quote
LIVE = re.compile(
    r"@|[*~`\[\]|<>]|://|(?<=\w)\.(?=[a-z])|\d\.\d{1,3}\.\d|#[\w-]"
    r"|(?<![a-z0-9])_|_(?![a-z0-9])|^(?:[-+#] |\d+[.)] |=)",
    re.IGNORECASE | re.MULTILINE,
)


def rocketchat(options: Any = None, **config: Any) -> Any:
    return channel("rocketchat", **{"url": URL, "rocketchat": options or {}, **config})


def attachment(sender: Any, message: Any) -> Dict[str, Any]:
    [one] = sent(sender, message)["attachments"]
    return dict(one)


def test_the_title_is_the_text_and_the_facts_are_an_attachment() -> None:
    body = sent(rocketchat(), success())
    assert body["text"].replace("\u2060", "") == "*✅ Backup #42 done — MyServer*"
    assert body["parseUrls"] is False
    found = attachment(rocketchat(), success())
    assert found["color"] == "#2eb67d"
    assert {"title": "Took", "value": "3m 12s", "short": True} in found["fields"]
    assert not {"text", "actions"} & set(found), "the server refuses what is empty"


def test_an_error_is_a_block_of_code_and_buttons_open_links() -> None:
    found = attachment(rocketchat(traceback=True, actions=ACTIONS), failed())
    assert found["text"].startswith("```\nOSError: disk full\n```")
    assert found["text"].endswith("OSError\n```")
    assert found["actions"] == [
        {"type": "button", "text": "Panel", "url": "https://panel.example.com/x"},
        {"type": "button", "text": "Docs", "url": "https://docs.example.com"},
    ]


@pytest.mark.parametrize("typed", [*HOSTILE, "evil.com/x 10.0.0.1 #general @all"])
def test_nothing_that_a_player_typed_is_markup(typed: str) -> None:
    found = attachment(rocketchat(), detailed(backup={"id": 7, "comment": typed}))
    [value] = [field["value"] for field in found["fields"] if field["title"] == "Comment"]
    assert LIVE.search(value) is None


def test_people_are_mentioned_in_the_text_only_where_they_are_asked_for() -> None:
    mention = {"users": ["steve"], "all": True}
    assert sent(rocketchat(mention=mention), failed())["text"].split("\n")[1] == "@steve @all"
    assert "@" not in sent(rocketchat(mention=mention), success())["text"]


def test_the_sender_and_the_channel_may_be_others() -> None:
    body = sent(rocketchat({"username": "Backups", "icon": ":floppy_disk:", "channel": "#backups"}), success())
    assert (body["username"], body["icon_emoji"], body["channel"]) == ("Backups", ":floppy_disk:", "#backups")


@examples(60)
@given(message=wild_messages)
def test_a_message_is_no_longer_than_clients_show(message: Any) -> None:
    sender = rocketchat(traceback=True, actions=ACTIONS, mention={"users": ["steve"]})
    body = json.loads(sender.render(message).body)
    assert len(json.dumps(body["attachments"], ensure_ascii=False, separators=(",", ":"))) <= 6000
    assert all(field["value"] and field["title"] for field in body["attachments"][0].get("fields", ()))


REFUSALS: List[Any] = [
    (400, {"success": False, "error": "Invalid integration id or token provided."}, "copy the webhook URL", True),
    (401, {"status": "error", "message": "You must be logged in to do this."}, "copy the webhook URL", True),
    (503, {"success": False, "error": "Service Unavailable"}, "switched off", True),
    (
        400,
        {"success": False, "error": "overriding destination channel is disabled for this integration"},
        "leave out rocketchat.channel",
        False,
    ),
    (400, {"success": False, "error": "invalid-channel"}, "no such channel", False),
    (400, {"success": False, "error": "Not enough permission"}, "message-impersonate", False),
    (400, {"success": False, "error": "error-running-script"}, "script failed", False),
    (400, {"success": False, "error": "You have been muted"}, "may not write", False),
    (400, {"success": False, "error": "Notify all in this room not allowed"}, "mention.all", False),
    (400, {"success": False, "error": "Invalid href value provided"}, "actions", False),
    (200, {"success": True, "responses": [{"channel": "#x", "error": "invalid-channel"}]}, "no such channel", False),
]


@pytest.mark.parametrize(("status", "value", "hint", "disable"), REFUSALS)
def test_a_refusal_says_what_to_do(status: int, value: Any, hint: str, disable: bool) -> None:
    outcome = rocketchat().judge(answer(status, value))
    assert isinstance(outcome, Permanent)
    assert hint in outcome.hint
    assert outcome.disable is disable
    assert in_language(outcome.hint, "zh_cn") != outcome.hint


@pytest.mark.parametrize("status", [429, 400])
def test_a_limit_names_the_wait_in_its_text(status: int) -> None:
    """Older servers answer 400."""
    text = (
        "Error, too many requests. Please slow down. You must wait 46 seconds before trying this endpoint again. "
        "[error-too-many-requests]"
    )
    outcome = rocketchat().judge(answer(status, {"success": False, "error": text}))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (46, True)
    assert "ten messages" in outcome.hint


def test_success_is_the_only_success() -> None:
    assert rocketchat().judge(answer(200, {"success": True})) == Delivered(200)
    responses = [{"channel": "#x"}, {"channel": "#y", "error": None}]
    assert rocketchat().judge(answer(200, {"success": True, "responses": responses})) == Delivered(200)
    outcome = rocketchat().judge(answer(200, {"success": False, "error": "unknown-error"}))
    assert isinstance(outcome, Retry)
    assert "unknown-error" in outcome.reason


@pytest.mark.parametrize("value", [{"success": False}, {"success": False, "error": 7}, {"responses": 7}, b"<html>"])
def test_a_refusal_without_words_goes_by_its_status(value: Any) -> None:
    assert isinstance(rocketchat().judge(answer(500, value)), Retry)
    assert isinstance(rocketchat().judge(answer(400, value)), Permanent)


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": "https://chat.example.com/api/v1/chat.postMessage"}, "incoming webhook"),
        ({"mention": {"users": ["steve all"]}}, "usernames, such as steve"),
        ({"options": {"icon": "floppy"}}, "emoji"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError) as caught:
        rocketchat(**config)
    assert remedy in str(caught.value)


def test_its_webhook_under_the_type_slack_works_as_before() -> None:
    sender = channel("slack", url=URL)
    assert sender.judge(answer(200, {"success": True})) == Delivered(200)
    assert isinstance(sender.judge(answer(400, {"success": False, "error": "invalid-channel"})), Permanent)
