"""Gotify."""

from __future__ import annotations

import json
from typing import Any, Dict

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from pydantic import ValidationError

from prime_notify.model.notification import Message, Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.examples import examples
from tests.support.hostile import real_messages
from tests.support.markdown import HARMLESS, PARSERS, kinds
from tests.support.messages import answer, channel, composed, message, sent

URL = "https://gotify.example.com"
ACTIONS = [{"label": "Map [1]", "url": "https://example.com/1"}, {"label": "Logs", "url": "https://example.com/2"}]


def gotify(more: Any = None, **options: Any) -> Any:
    return channel("gotify", **{"url": URL, "gotify": {"token": "AbCdEf", **options}, **(more or {})})


def test_a_message_in_markdown_with_the_token_in_a_header() -> None:
    request = gotify({"actions": ACTIONS}).render(message())
    assert (request.method, request.url) == ("POST", f"{URL}/message")
    assert json.loads(request.body) == {
        "title": "Backup #7 done",
        "message": "- Event: backup\\_success\n- Backup: #7\n\n"
        "[Map \\[1\\]](<https://example.com/1>)  \n[Logs](<https://example.com/2>)  ",
        "priority": 2,
        "extras": {
            "client::display": {"contentType": "text/markdown"},
            "client::notification": {"click": {"url": "https://example.com/1"}},
        },
    }
    assert dict(request.headers) == {
        "Content-Type": "application/json; charset=utf-8",
        "X-Gotify-Key": "AbCdEf",
    }


def test_a_plain_message_is_the_body_as_it_is() -> None:
    document = sent(gotify({"actions": ACTIONS[1:]}, markdown=False), message())
    assert document["message"] == "Event: backup_success\nBackup: #7\n\nLogs: https://example.com/2"
    assert document["extras"]["client::display"] == {"contentType": "text/plain"}


@pytest.mark.parametrize(
    ("url", "to"),
    [
        (f"{URL}/", f"{URL}/message"),
        (f"{URL}/sub", f"{URL}/sub/message"),
        (f"{URL}/message", f"{URL}/message"),
        (f"{URL}/message/?token=AbCdEf", f"{URL}/message?token=AbCdEf"),
    ],
)
def test_where_it_is_sent(url: str, to: str) -> None:
    assert gotify({"url": url}).render(message()).url == to


def test_a_token_may_stand_in_the_url() -> None:
    request = channel("gotify", url=f"{URL}/message?token=AbCdEf").render(message())
    assert "X-Gotify-Key" not in request.headers


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": URL}, "write the token of an application"),
        ({"url": URL, "gotify": {"token": "A\u00e9"}}, "the token alone"),
        ({"url": URL, "gotify": {"token": "A", "priority": 11}}, "less than or equal to 10"),
        ({"gotify": {"token": "A"}}, "Field required"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        channel("gotify", **config)


@pytest.mark.parametrize(
    ("event", "option", "priority"),
    [
        ("backup_start", None, 2),
        ("backup_aborted", None, 5),
        ("backup_failure", None, 8),
        ("backup_failure", 3, 3),
        ("backup_failure", {"info": 4}, 8),
        ("backup_success", {"info": 4}, 4),
    ],
)
def test_the_priority_follows_the_severity_unless_the_config_says_otherwise(
    event: str, option: object, priority: int
) -> None:
    assert sent(gotify(priority=option), message(event))["priority"] == priority


def test_a_traceback_is_a_code_block() -> None:
    failed = composed("backup_failure", error={"type": "OSError", "message": "full", "traceback": "A\n```\nB"})
    body = json.loads(gotify({"traceback": True}).render(failed).body)["message"]
    [fence] = [token for token in MarkdownIt().parse(body) if token.type == "fence"]
    assert fence.content == "A\n```\nB\n"


@examples(50)
@given(real_messages())
def test_any_message_is_within_the_limits_and_shows_what_was_typed_as_text(sent: Message) -> None:
    document = json.loads(gotify().render(sent).body)
    assert len(document["title"]) <= 250
    assert len(document["message"].encode()) <= 32 * 1024
    assert document["message"].strip()
    for parser in PARSERS:
        assert kinds(parser.parse(document["message"])) <= HARMLESS


def test_a_long_message_keeps_its_beginning_and_its_links() -> None:
    document = sent(
        gotify({"actions": ACTIONS}, markdown=False), message(texts=Texts("t", "Error: full\n" + "备份" * 20_000, ""))
    )
    assert document["message"].startswith("Error: full\n备份")
    assert document["message"].endswith("…\n\nMap [1]: https://example.com/1\nLogs: https://example.com/2")
    assert len(document["message"].encode()) > 32 * 1024 - 4


def test_links_that_leave_no_room_are_left_out() -> None:
    actions = [{"label": "Far", "url": "https://example.com/" + "x" * 20_000}]
    assert "Far" not in sent(gotify({"actions": actions}), message())["message"]


def test_an_empty_message_still_says_something() -> None:
    assert sent(gotify(), message(texts=Texts("", "", "")))["message"] == "backup_success"


def test_success_is_a_stored_message() -> None:
    assert gotify().judge(answer(200, {"id": 25, "appid": 5, "message": "m"})) == Delivered(200)


@pytest.mark.parametrize("body", [b"", b"<html>portal</html>", b"[]", b'{"id":"25"}'])
def test_200_that_is_not_gotifys_answer_is_tried_again(body: bytes) -> None:
    outcome = gotify().judge(answer(200, body))
    assert isinstance(outcome, Retry)
    assert "check the URL" in outcome.hint


@pytest.mark.parametrize(
    ("status", "said", "kind", "hint"),
    [
        (400, "appid is required when not authenticating with an application token", Permanent, "not a client"),
        (400, "Field 'message' is required", Permanent, "does not understand"),
        (401, "you need to provide a valid access token or user credentials to access this api", Permanent, "token"),
        (403, "you are not allowed to access this api", Permanent, "application"),
        (404, "page not found", Permanent, "web interface"),
        (429, "", Retry, "slows"),
        (500, "database is locked", Retry, "service itself"),
    ],
)
def test_errors_are_told_in_gotifys_words_with_a_remedy(status: int, said: str, kind: Any, hint: str) -> None:
    outcome = gotify().judge(answer(status, {"error": "E", "errorCode": status, "errorDescription": said}))
    assert isinstance(outcome, kind)
    assert outcome.reason.endswith(said or "E")
    assert hint in outcome.hint
