"""ntfy."""

from __future__ import annotations

import base64
import json
from typing import Any, Dict

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.channels.common.lifecycle import run_id
from prime_notify.model.event import EventName
from prime_notify.model.notification import Message, Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.examples import examples
from tests.support.hostile import real_messages
from tests.support.messages import answer, channel, composed, message, sent

ACTIONS = [{"label": f"Button {number}", "url": f"https://example.com/{number}"} for number in range(1, 6)]


def ntfy(more: Any = None, **options: Any) -> Any:
    return channel("ntfy", **{"ntfy": {"topic": "mc-backups-x7", **options}, **(more or {})})


def test_a_message_is_posted_as_json_to_the_servers_root() -> None:
    request = ntfy({"actions": ACTIONS[:1]}, tags="minecraft", icon="https://example.com/i.png").render(message())
    assert (request.method, request.url) == ("POST", "https://ntfy.sh/")
    assert json.loads(request.body) == {
        "topic": "mc-backups-x7",
        "title": "Backup #7 done",
        "message": "Event: backup_success\nBackup: #7",
        "priority": 2,
        "tags": ["white_check_mark", "minecraft"],
        "click": "https://example.com/1",
        "icon": "https://example.com/i.png",
        "actions": [{"action": "view", "label": "Button 1", "url": "https://example.com/1"}],
    }
    assert dict(request.headers) == {
        "Content-Type": "application/json; charset=utf-8",
        "X-Sequence-ID": message().payload.id,
    }


@pytest.mark.parametrize(
    ("url", "topic", "root", "to"),
    [
        ("https://ntfy.sh", "t", "https://ntfy.sh/", "t"),
        ("https://ntfy.sh/", "t", "https://ntfy.sh/", "t"),
        ("https://ntfy.sh/mine", None, "https://ntfy.sh/", "mine"),
        ("https://ntfy.sh/mine/", None, "https://ntfy.sh/", "mine"),
        ("https://ntfy.sh/mine", "mine", "https://ntfy.sh/", "mine"),
        ("https://n.example.com:8443/mine?auth=QmFz", None, "https://n.example.com:8443/?auth=QmFz", "mine"),
        ("https://example.com/ntfy/mine", None, "https://example.com/ntfy/", "mine"),
        ("https://example.com/ntfy", "mine", "https://example.com/ntfy/", "mine"),
    ],
)
def test_the_topic_may_stand_in_the_url(url: str, topic: Any, root: str, to: str) -> None:
    request = channel("ntfy", url=url, ntfy={"topic": topic}).render(message())
    assert request.url == root
    assert json.loads(request.body)["topic"] == to


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({}, "write the topic"),
        ({"url": "https://ntfy.sh/my.topic"}, "write a topic of letters"),
        ({"ntfy": {"topic": "my topic"}}, "write a topic of letters"),
        ({"ntfy": {"topic": "t" * 65}}, "at most 64"),
        ({"url": "https://ntfy.sh/other", "ntfy": {"topic": "mine"}}, "write the topic once"),
        ({"ntfy": {"topic": "t", "user": "me"}}, 'both "user" and "password"'),
        ({"ntfy": {"topic": "t", "password": "secret-word"}}, 'both "user" and "password"'),
        ({"ntfy": {"topic": "t", "token": "tk_1", "user": "me", "password": "p"}}, 'either "token"'),
        ({"ntfy": {"topic": "t", "user": "m:e", "password": "p"}}, 'without ":"'),
        ({"ntfy": {"topic": "t", "token": "Bearer tk_1"}}, "the token alone"),
        ({"ntfy": {"topic": "t", "priority": 6}}, "less than or equal to 5"),
        ({"ntfy": {"topic": "t", "priority": {"info": 0}}}, "greater than or equal to 1"),
        ({"ntfy": {"topic": "t", "tags": ["a,b"]}}, "pattern"),
        ({"ntfy": {"topic": "t", "tags": ["x" * 30] * 20}}, "512 bytes"),
        ({"ntfy": {"topic": "t", "icon": "ftp://x"}}, "pattern"),
        ({"ntfy": {"topic": "t", "click": "https://x/" + "y" * 3100}}, "3072 bytes"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy) as raised:
        channel("ntfy", **config)
    assert "secret-word" not in str(raised.value)


def test_credentials_go_into_the_authorization_header() -> None:
    assert ntfy(token="tk_1").render(message()).headers["Authorization"] == "Bearer tk_1"
    pair = ntfy(user="测试", password="p:w").render(message()).headers["Authorization"]
    assert base64.b64decode(pair.split(" ")[1]).decode() == "测试:p:w"


@pytest.mark.parametrize(
    ("event", "severity", "priority", "tag"),
    [
        ("backup_start", "info", 2, "hourglass_flowing_sand"),
        ("backup_success", "info", 2, "white_check_mark"),
        ("restore_success", "warning", 4, "warning"),
        ("backup_aborted", "warning", 4, "warning"),
        ("backup_failure", "error", 5, "x"),
    ],
)
def test_priority_and_tag_follow_the_severity(event: str, severity: str, priority: int, tag: str) -> None:
    document = sent(ntfy(), message(event, severity=severity))
    assert (document["priority"], document["tags"]) == (priority, [tag])


@pytest.mark.parametrize(
    ("option", "on_info", "on_error"),
    [(3, 3, 3), ("high", 4, 4), ({"info": "min"}, 1, 5), ({"Error": 4}, 2, 4), ("2", 2, 2)],
)
def test_the_config_may_set_priorities(option: object, on_info: int, on_error: int) -> None:
    assert sent(ntfy(priority=option), message())["priority"] == on_info
    assert sent(ntfy(priority=option), message("backup_failure"))["priority"] == on_error


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("✅ Backup #7 done — My\nServer", "Backup #7 done — My Server"),
        ("[Test] ❌ Backup failed", "[Test] Backup failed"),
        ("⚠️ Restore done", "Restore done"),
        ("⏹️ ✅", "✅"),
        ("✅", "✅"),
        ("Mine ✅ here", "Mine ✅ here"),
    ],
)
def test_the_tag_stands_for_the_titles_symbol(title: str, shown: str) -> None:
    assert sent(ntfy(), message(texts=Texts(title, "body", "")))["title"] == shown


def test_every_composed_title_begins_with_a_symbol_that_a_tag_stands_for() -> None:
    for event in EventName:
        title = json.loads(ntfy().render(composed(event.value, test=True)).body)["title"]
        assert title.isascii(), title


def test_three_actions_are_buttons_and_the_others_links() -> None:
    document = sent(ntfy({"actions": ACTIONS}), message())
    assert [action["label"] for action in document["actions"]] == ["Button 1", "Button 2", "Button 3"]
    assert document["message"].endswith("#7\n\nButton 4: https://example.com/4\nButton 5: https://example.com/5")
    marked = sent(ntfy({"actions": ACTIONS}, markdown=True, click="https://example.com/click"), message())
    assert "[Button 4](<https://example.com/4>)" in marked["message"]
    assert (marked["markdown"], marked["click"]) == (True, "https://example.com/click")


def test_links_that_leave_no_room_are_left_out() -> None:
    actions = [*ACTIONS[:3], {"label": "Far", "url": "https://example.com/" + "x" * 3000}]
    assert sent(ntfy({"actions": actions}), message())["message"] == "Event: backup_success\nBackup: #7"


def test_markdown_is_made_of_the_facts() -> None:
    body = json.loads(ntfy(markdown=True).render(composed(backup={"id": 7, "comment": "a *b*"})).body)["message"]
    assert "- **Comment**: a \\*b\\*\n" in body


def test_a_traceback_is_sent_where_it_is_asked_for() -> None:
    failed = composed("backup_failure", error={"type": "OSError", "message": "full", "traceback": "A\nB"})
    assert json.loads(ntfy({"traceback": True}).render(failed).body)["message"].endswith("\n\nA\nB")
    marked = json.loads(ntfy({"traceback": True}, markdown=True).render(failed).body)["message"]
    assert marked.endswith("\n\n```text\nA\nB\n```")


@examples(50)
@given(real_messages())
def test_no_message_exceeds_what_the_server_takes(sent: Message) -> None:
    widest = [{"label": "x" * 40, "url": "https://example.com/" + "y" * 600} for _ in range(3)]
    for sender in (ntfy({"traceback": True}), ntfy({"actions": [*widest, *ACTIONS[:2]]}, markdown=True)):
        body = sender.render(sent).body
        document = json.loads(body)
        assert len(body) < 8192
        assert len(document["message"].encode()) < 4096
        assert len(document["title"].encode()) <= 1024
        assert document["message"].strip()


def test_the_space_there_is_is_used() -> None:
    document = sent(ntfy(), message(texts=Texts("t", "备份" * 3000, "")))
    assert len(document["message"].encode()) > 4085


def test_an_empty_message_still_says_something() -> None:
    assert sent(ntfy(), message(texts=Texts("", " ", "")))["message"] == "backup_success"


def test_the_end_takes_the_starts_place_where_the_config_says_so() -> None:
    updating = ntfy({"lifecycle": "update"})
    start, end = message("backup_start", id="A"), message("backup_success", id="B")
    ids = [updating.render(one).headers["X-Sequence-ID"] for one in (start, end)]
    assert ids == [run_id(start.payload)] * 2
    assert [ntfy().render(one).headers["X-Sequence-ID"] for one in (start, end)] == ["A", "B"]


def test_success_is_a_stored_message() -> None:
    stored = {"id": "hwQ2YpKdmg", "time": 1, "event": "message", "topic": "mc-backups-x7", "message": "m"}
    assert ntfy().judge(answer(200, stored)) == Delivered(200)


def test_a_message_that_went_to_another_topic_is_no_success() -> None:
    outcome = ntfy().judge(answer(200, {"id": "x", "topic": "ntfy"}))
    assert isinstance(outcome, Permanent)
    assert "server's address" in outcome.hint


@pytest.mark.parametrize("body", [b"", b"<html>portal</html>", b"[]", b'{"code":200}'])
def test_200_that_is_not_ntfys_answer_is_tried_again(body: bytes) -> None:
    outcome = ntfy().judge(answer(200, body))
    assert isinstance(outcome, Retry)
    assert "check the URL" in outcome.hint


@pytest.mark.parametrize(
    ("status", "code", "said", "kind", "hint"),
    [
        (400, 40009, "invalid request: topic invalid", Permanent, "letters"),
        (400, 40010, "invalid request: topic name is not allowed", Permanent, "choose another"),
        (400, 40021, "invalid request: icon URL is invalid", Permanent, "ntfy.icon"),
        (401, 40101, "unauthorized", Permanent, "ntfy"),
        (403, 40301, "forbidden", Permanent, "may not write"),
        (404, 40401, "page not found", Permanent, "server's address"),
        (413, 41303, "JSON body too large", Permanent, "shorten"),
        (429, 42901, "limit reached: too many requests", Retry, "slows"),
        (429, 42908, "limit reached: daily message quota reached", Retry, "250"),
        (500, 50001, "internal server error", Retry, "service itself"),
        (507, 50701, "cannot publish to UnifiedPush topic", Retry, "up"),
    ],
)
def test_errors_are_told_in_ntfys_words_with_a_remedy(status: int, code: int, said: str, kind: Any, hint: str) -> None:
    outcome = ntfy().judge(
        answer(status, {"code": code, "http": status, "error": said, "link": "https://ntfy.sh/docs"})
    )
    assert isinstance(outcome, kind)
    assert outcome.reason.endswith(said)
    assert hint in outcome.hint


def test_a_used_up_day_waits_for_an_hour() -> None:
    outcome = ntfy().judge(answer(429, {"code": 42908, "error": "daily"}))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (3600, True)


def test_a_code_that_is_no_number_is_no_code() -> None:
    assert isinstance(ntfy().judge(answer(400, {"code": ["x"], "error": 5})), Permanent)
