"""Mattermost."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from pydantic import ValidationError

from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.text.wording import in_language
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, answer, channel, detailed, failed, sent, success

URL = "https://chat.example.com/hooks/abcdefghijklmnopqrstuvwxyz"
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
JOINER = "\u2060"


def mattermost(options: Any = None, **config: Any) -> Any:
    return channel("mattermost", **{"url": URL, "mattermost": options or {}, **config})


def attachment(sender: Any, message: Any) -> Dict[str, Any]:
    [one] = sent(sender, message)["attachments"]
    return dict(one)


def fields(sender: Any, message: Any) -> Dict[str, str]:
    return {field["title"]: field["value"] for field in attachment(sender, message)["fields"]}


def read(text: str) -> str:
    """The text as the server and its clients read it, once it is shown that nothing in it is markup."""
    tokens = [inner for token in MARKDOWN.parse(text) for inner in [token, *(token.children or [])]]
    assert {token.type for token in tokens} <= {
        "paragraph_open", "paragraph_close", "inline", "text", "text_special", "softbreak", "hardbreak",
    }  # fmt: skip
    return "".join(
        token.content if token.type.startswith("text") else "\n" * (token.type == "softbreak") for token in tokens
    )


def test_the_title_is_the_text_and_the_facts_are_an_attachment() -> None:
    body = sent(mattermost(), success())
    assert body["text"] == "#### ✅ Backup #42 done — MyServer"
    found = attachment(mattermost(), success())
    assert found["color"] == "#2eb67d"
    assert found["fallback"] == "✅ Backup #42 done — MyServer"
    assert {"title": "Took", "value": "3m 12s", "short": True} in found["fields"]
    assert set(body) == {"text", "attachments"}


def test_an_error_is_a_block_of_code_and_a_traceback_stands_below() -> None:
    found = attachment(mattermost(traceback=True), failed())
    assert found["text"].startswith("```\nOSError: disk full\n```")
    assert found["text"].endswith("OSError\n```")
    assert found["color"] == "#e01e5a"
    assert found["fallback"].endswith("\nOSError: disk full")


def test_links_stand_below_the_facts() -> None:
    last = attachment(mattermost(actions=ACTIONS), success())["fields"][-1]
    assert last["value"] == "[Panel](https://panel.example.com/x) · [Docs](https://docs.example.com)"
    assert last["title"] == ""


def test_a_link_cannot_be_closed_by_its_address() -> None:
    [action] = [{"label": "a](b)@all", "url": "https://example.com/(x)|y>"}]
    value = attachment(mattermost(actions=[action]), success())["fields"][-1]["value"]
    rendered = MARKDOWN.render(value)
    assert rendered.count("<a ") == 1
    assert 'href="https://example.com/%28x%29%7Cy%3E"' in rendered
    assert f"@{JOINER}all" in rendered


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_a_player_typed_is_markup_or_calls_anybody(typed: str) -> None:
    value = fields(mattermost(), detailed(backup={"id": 7, "comment": typed}))["Comment"]
    shown = "\n".join(read(line) for line in value.split("\n"))
    assert "".join(shown.replace(JOINER, "").split()) == "".join(typed.split())
    assert "@a" not in shown  # the server looks for mentions after it has read the Markdown
    assert "@here" not in shown
    assert "<!" not in value


@pytest.mark.parametrize("typed", ["<!channel>", "<!here> <@U1>", "``` <!all>"])
def test_nothing_in_a_block_of_code_becomes_a_mention(typed: str) -> None:
    """The server rewrites Slack's mentions everywhere."""
    text = attachment(mattermost(), failed(error={"type": "E", "message": typed}))["text"]
    assert "<!" not in text
    assert "<@" not in text
    assert text.count("```") == 2


def test_people_are_mentioned_in_the_text_only_where_they_are_asked_for() -> None:
    mention = {"users": ["steve", "@alex"], "roles": ["admins"], "all": True}
    body = sent(mattermost(mention=mention), failed())
    assert body["text"].split("\n")[1] == "@steve @alex @admins @channel"
    assert "@" not in sent(mattermost(mention=mention), success())["text"]


def test_the_sender_and_the_channel_may_be_others() -> None:
    body = sent(mattermost({"username": "Backups", "icon": ":floppy_disk:", "channel": "town-square"}), success())
    assert (body["username"], body["icon_emoji"], body["channel"]) == ("Backups", ":floppy_disk:", "town-square")
    assert sent(mattermost({"icon": "https://e.com/x.png"}), success())["icon_url"] == "https://e.com/x.png"


@pytest.mark.parametrize(
    ("priority", "level"),
    [("urgent", "urgent"), ({"error": "urgent"}, "urgent"), ({"info": "important"}, None), ("standard", None)],
)
def test_a_priority_may_depend_on_the_severity(priority: Any, level: Any) -> None:
    options = {"priority": priority, "ask_for_acknowledgement": True}
    expected = {"priority": level, "requested_ack": True} if level else None
    assert sent(mattermost(options), failed()).get("priority") == expected


@examples(60)
@given(message=wild_messages)
def test_a_message_is_one_post_on_every_server(message: Any) -> None:
    sender = mattermost(traceback=True, actions=ACTIONS, mention={"users": ["steve"]})
    body = json.loads(sender.render(message).body)
    stored = json.dumps(body["attachments"], ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        stored = stored.replace(char, "\\u0000")  # as Go writes them
    assert len(stored) <= 7600 - 400
    assert len(body["text"]) < 4000


# -- answers ---------------------------------------------------------------------------------------------------------


def error(id: str, message: str, detail: str = "") -> Dict[str, Any]:
    return {"id": f"{id}.app_error", "message": message, "detailed_error": detail, "request_id": "x", "status_code": 0}


GENERAL = "web.incoming_webhook.general"
REFUSALS: List[Any] = [
    (400, error("web.incoming_webhook.invalid", "Invalid webhook."), "create a new one", True),
    (501, error("web.incoming_webhook.disabled", "Incoming webhooks have been disabled"), "System Console", True),
    (404, error("web.incoming_webhook.channel", "Couldn't find the channel."), "mattermost.channel", False),
    (400, error("web.incoming_webhook.user", "Couldn't find the user."), "mattermost.channel", False),
    (403, error("web.incoming_webhook.channel_locked", "This webhook is not permitted"), "unlock", False),
    (403, error("web.incoming_webhook.permissions", "Inappropriate channel permissions."), "creator", False),
    (400, error("web.incoming_webhook.decode", "Unable to parse incoming data."), "report", False),
    (400, error("api.context.invalid_param", "Invalid webhook.priority"), "mattermost.priority", False),
    (400, error(GENERAL, "Failed to handle the payload"), "create a new one", True),
    (404, error(GENERAL, "Failed to handle the payload", "Couldn't find the channel."), "mattermost.channel", False),
    (403, error(GENERAL, "Failed to handle the payload"), "unlock", False),
    (501, error(GENERAL, "Failed to handle the payload"), "System Console", True),
    (
        500,
        error("api.post.create_webhook_post.creating", "Error", "Can not post to deleted channel."),
        "archived",
        False,
    ),
]


@pytest.mark.parametrize(("status", "value", "hint", "disable"), REFUSALS)
def test_a_refusal_says_what_to_do(status: int, value: Any, hint: str, disable: bool) -> None:
    outcome = mattermost().judge(answer(status, value))
    assert isinstance(outcome, Permanent)
    assert hint in outcome.hint
    assert outcome.disable is disable
    assert in_language(outcome.hint, "zh_cn") != outcome.hint


@pytest.mark.parametrize(
    ("status", "value"),
    [
        (500, error("api.post.create_webhook_post.creating", "Error creating post.")),
        (429, error("api.context", "limit exceeded")),
        (429, b"limit exceeded"),
        (502, b"<html>"),
    ],
)
def test_what_passes_by_itself_is_tried_again(status: int, value: Any) -> None:
    outcome = mattermost().judge(answer(status, value))
    assert isinstance(outcome, Retry)
    assert outcome.throttled is (status == 429)


def test_ok_is_the_only_success() -> None:
    assert mattermost().judge(answer(200, b"ok")) == Delivered(200)
    outcome = mattermost().judge(answer(200, error("x.y", "Invalid webhook.")))
    assert isinstance(outcome, Retry)
    assert "Invalid webhook." in outcome.reason


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": "https://chat.example.com/api/v4/posts"}, "incoming webhook"),
        ({"mention": {"users": ["@channel all"]}}, "names, such as steve"),
        ({"mention": {"roles": ["<!all>"]}}, "names, such as steve"),
        ({"options": {"icon": "floppy"}}, "emoji"),
        ({"options": {"priority": "loud"}}, "important"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Any, remedy: str) -> None:
    with pytest.raises(ValidationError) as caught:
        mattermost(**config)
    assert remedy in str(caught.value)


def test_its_webhook_under_the_type_slack_works_as_before() -> None:
    sender = channel("slack", url=URL)
    assert sender.judge(answer(200, b"ok")) == Delivered(200)
    assert isinstance(sender.judge(answer(400, error("web.incoming_webhook.invalid", "Invalid webhook."))), Permanent)
