"""Healthchecks."""

from __future__ import annotations

import uuid
from typing import Any, Dict
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from pydantic import ValidationError

from prime_notify.channels.common.lifecycle import run_id
from prime_notify.model.notification import Message, Texts
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.examples import examples
from tests.support.hostile import real_messages
from tests.support.messages import answer, channel, composed, message, payload

URL = "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278"
SLUG = "https://hc-ping.com/PZBcvlR0oTcDyRMTvDCKpw/my-backup"


def check(url: str = URL, more: Any = None, **options: Any) -> Any:
    return channel("healthchecks", url=url, healthchecks=options, **(more or {}))


def signal(sender: Any, event: str, **fields: Any) -> str:
    """What follows the check's UUID in the URL."""
    return urlsplit(sender.render(message(event, **fields)).url).path.partition("b8d8a82ea278")[2]


def test_a_ping_is_a_post_with_the_facts_as_its_body() -> None:
    request = check().render(message())
    assert request.method == "POST"
    assert request.url == f"{URL}?rid={run_id(message().payload)}"
    assert request.body.decode() == "Backup #7 done\n\nEvent: backup_success\nBackup: #7"
    assert dict(request.headers) == {"Content-Type": "text/plain; charset=utf-8"}


@pytest.mark.parametrize(
    ("event", "fields", "options", "expected"),
    [
        ("backup_start", {}, {}, "/start"),
        ("backup_success", {}, {}, ""),
        ("backup_success", {"severity": "warning"}, {}, ""),
        ("backup_failure", {}, {}, "/fail"),
        ("backup_aborted", {}, {}, "/log"),
        ("backup_aborted", {"severity": "error"}, {}, "/fail"),
        ("backup_aborted", {}, {"aborted": "Fail"}, "/fail"),
        ("restore_start", {}, {}, "/log"),
        ("restore_success", {}, {}, "/log"),
        ("restore_failure", {}, {}, "/log"),
        ("restore_success", {}, {"tasks": "restore"}, ""),
        ("restore_failure", {}, {"tasks": ["Backup", "restore"]}, "/fail"),
        ("backup_success", {}, {"tasks": ["restore"]}, "/log"),
        ("backup_failure", {"test": True}, {}, "/log"),
        ("backup_success", {"test": True}, {}, "/log"),
        ("backup_overdue", {}, {}, "/fail"),
        ("backup_stuck", {}, {}, "/log"),
        ("restore_stuck", {}, {"tasks": ["restore"]}, "/log"),
        ("storage_low", {}, {}, "/log"),
        ("storage_low", {}, {"tasks": ["backup", "storage"]}, "/fail"),
        ("storage_ok", {}, {"tasks": ["storage"]}, ""),
        ("storage_ok", {}, {}, "/log"),
        ("report", {}, {}, "/log"),
        ("report", {"severity": "warning"}, {"tasks": ["report"]}, "/log"),
    ],
)
def test_the_signal(event: str, fields: Dict[str, Any], options: Dict[str, Any], expected: str) -> None:
    assert signal(check(**options), event, **fields) == expected


@pytest.mark.parametrize(
    ("url", "pinged"),
    [
        ("https://hc-ping.com/fqOOd6-F4MMNuCEnzTU01w/mc-backup", "/fqOOd6-F4MMNuCEnzTU01w/mc-backup/start"),
        ("https://hc.example.com/ping/5bf66975/", "/ping/5bf66975/start"),
        ("http://localhost:8000/ping/key/log", "/ping/key/log/start"),
        (f"{URL}?create=1", "/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278/start"),
    ],
)
def test_the_signal_follows_any_form_of_ping_url(url: str, pinged: str) -> None:
    asked = urlsplit(check(url).render(message("backup_start")).url)
    assert asked.path == pinged
    given = parse_qs(urlsplit(url).query)
    assert parse_qs(asked.query) == {**given, "rid": [run_id(message().payload)]}


def test_start_and_end_of_one_run_share_a_uuid_and_others_do_not() -> None:
    start, end = payload("backup_start"), payload("backup_failure")
    assert run_id(start) == run_id(end) == str(uuid.UUID(run_id(start)))
    others = [payload(task_id="another"), payload("restore_start"), payload(plugin={"id": "other_plugin"})]
    assert len({run_id(one) for one in [start, *others]}) == 4


def test_a_runs_uuid_stays_what_it_is_for_tasks_that_are_under_way_during_an_update() -> None:
    assert run_id(payload("backup_start")) == "4de13be3-e53c-5b8b-b4ea-8b3da41b2f42"


@pytest.mark.parametrize(
    ("config", "remedy"),
    [
        ({"url": "https://hc-ping.com"}, "ping URL"),
        ({"url": f"{URL}/start"}, 'without "/start"'),
        ({"url": f"{URL}/fail/"}, 'without "/fail"'),
        ({"url": f"{URL}/1?create=1"}, 'without "/1"'),
        ({"url": f"{SLUG}/fail"}, 'without "/fail"'),
        ({"url": f"{SLUG}/log?create=1"}, 'without "/log"'),
        ({"url": f"{SLUG}/255"}, 'without "/255"'),
        ({"url": "https://checks.example.com/ping/the-key/my-backup/start"}, 'without "/start"'),
        ({"url": "https://example.com/hc/ping/PZBcvlR0oTcDyRMTvDCKpw/log/fail"}, 'without "/fail"'),
        ({"url": URL.replace("hc-ping.com", "checks.example.com/ping") + "/start"}, 'without "/start"'),
        ({"url": URL, "healthchecks": {"tasks": []}}, "at least one"),
        ({"url": URL, "healthchecks": {"tasks": ["prune"]}}, "backup"),
        ({"url": URL, "healthchecks": {"aborted": "start"}}, "log"),
    ],
)
def test_a_wrong_config_says_what_to_write(config: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=remedy):
        channel("healthchecks", **config)


@examples(50)
@given(real_messages())
def test_no_body_exceeds_what_is_kept(sent: Message) -> None:
    body = check(more={"traceback": True}).render(sent).body
    assert len(body) <= 10_000
    assert body.decode("utf-8").partition("\n")[0].strip()


def test_a_long_body_uses_the_space_there_is() -> None:
    body = check().render(message(texts=Texts("标题" * 500, "正文" * 5000, ""))).body
    assert 9_990 < len(body) <= 10_000
    assert body.decode("utf-8").endswith("…")


def test_a_traceback_is_sent_where_it_is_asked_for() -> None:
    failed = composed("backup_failure", error={"type": "OSError", "message": "full", "traceback": "A\nB\n"})
    assert check(more={"traceback": True}).render(failed).body.endswith(b"\n\nA\nB")


@pytest.mark.parametrize(("status", "said"), [(200, b"OK"), (201, b"Created")])
def test_success_is_told_in_a_word(status: int, said: bytes) -> None:
    assert check().judge(answer(status, said)) == Delivered(status)


def test_an_unknown_check_behind_http_200_is_no_success() -> None:
    outcome = check().judge(answer(200, b"OK (not found)"))
    assert isinstance(outcome, Permanent)
    assert "copy the ping URL" in outcome.hint


def test_a_ping_that_was_not_recorded_is_sent_again_after_a_minute() -> None:
    outcome = check().judge(answer(200, b"OK (rate limited)"))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (60, True)


@pytest.mark.parametrize("body", [b"", b"<html>portal</html>", b'{"ok":true}'])
def test_200_that_is_not_its_answer_is_tried_again(body: bytes) -> None:
    outcome = check().judge(answer(200, body))
    assert isinstance(outcome, Retry)
    assert "/ping/" in outcome.hint


@pytest.mark.parametrize(
    ("status", "said", "kind", "hint"),
    [
        (400, b"invalid url format", Permanent, "lower case"),
        (404, b"not found", Permanent, "copy the ping URL"),
        (409, b"ambiguous slug", Permanent, "UUID"),
        (429, b"", Retry, "slows"),
        (503, b"", Retry, "service itself"),
    ],
)
def test_errors_come_with_a_remedy(status: int, said: bytes, kind: Any, hint: str) -> None:
    outcome = check().judge(answer(status, said))
    assert isinstance(outcome, kind)
    assert outcome.reason.endswith(said.decode())
    assert hint in outcome.hint


@pytest.mark.parametrize(
    "url",
    [
        SLUG,
        "https://hc-ping.com/PZBcvlR0oTcDyRMTvDCKpw/fail",
        "https://hc-ping.com/PZBcvlR0oTcDyRMTvDCKpw/2024",
        "https://checks.example.com/ping/the-key/log",
        "https://checks.example.com/ping/ping/start",
    ],
)
def test_a_slug_may_be_named_like_a_signal(url: str) -> None:
    assert urlsplit(check(url).render(message("backup_success")).url).path == urlsplit(url).path
    assert urlsplit(check(url).render(message("backup_failure")).url).path == f"{urlsplit(url).path}/fail"
