"""The general webhook."""

from __future__ import annotations

import json

import pytest

from prime_notify.model.notification import Texts
from prime_notify.model.outcome import Delivered, Permanent
from tests.support.messages import NOW, answer, channel, message

URL = "https://example.com/hook?token=t"
SERVERCHAN = ["https://sctapi.ftqq.com/SCTkey.send", "https://12.push.ft07.com/send/sctp12tkey.send"]


def test_it_posts_the_payload_with_its_texts() -> None:
    sent = message(backup={"id": 7, "comment": "备份"}, cost_s=1.5)
    request = channel("webhook", url=URL).render(sent)
    assert (request.method, request.url) == ("POST", URL)
    assert json.loads(request.body) == {
        **sent.payload.to_dict(),
        "title": "Backup #7 done",
        "body": "Event: backup_success\nBackup: #7",
        "desp": "**Backup** #7 done",
    }


def test_headers_identify_the_notification_and_the_moment_of_the_attempt() -> None:
    assert dict(channel("webhook", url=URL).render(message()).headers) == {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": message().payload.id,
        "webhook-timestamp": str(int(NOW)),
        "Idempotency-Key": message().payload.id,
    }


def test_a_traceback_is_sent_where_it_is_asked_for() -> None:
    failed = message("backup_failure", error={"type": "OSError", "message": "full", "traceback": "Traceback ..."})
    with_it = channel("webhook", url=URL, traceback=True).render(failed)
    without = channel("webhook", url=URL).render(failed)
    assert json.loads(with_it.body)["error"]["traceback"] == "Traceback ..."
    assert json.loads(without.body)["error"] == {"type": "OSError", "message": "full"}


def test_the_body_of_a_success_does_not_matter() -> None:
    assert channel("webhook", url=URL).judge(answer(200, {"code": 1})) == Delivered(200)


@pytest.mark.parametrize("url", SERVERCHAN)
def test_a_refusal_of_serverchan_is_seen_behind_http_200(url: str) -> None:
    hook = channel("webhook", url=url)
    assert hook.judge(answer(200, {"code": 0, "message": ""})) == Delivered(200)
    assert isinstance(hook.judge(answer(200, {"code": 40001, "message": "bad key"})), Permanent)


@pytest.mark.parametrize("url", SERVERCHAN)
def test_texts_keep_within_serverchans_limits(url: str) -> None:
    long = message(texts=Texts("标题" * 40, "body", "长文" * 20_000))
    document = json.loads(channel("webhook", url=url).render(long).body)
    assert len(document["title"]) == 32
    assert len(document["desp"].encode()) <= 32 * 1024


def test_another_host_is_not_taken_for_serverchan() -> None:
    hook = channel("webhook", url="https://sctapi.ftqq.com.example.org/x.send")
    assert hook.judge(answer(200, {"code": 40001})) == Delivered(200)
