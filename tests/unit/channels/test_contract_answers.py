"""What holds for every channel's reading of answers, whatever talks to it."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any, Dict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.common.registry import channel_types
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.wording import in_language
from tests.support.examples import examples
from tests.support.hostile import json_values
from tests.support.messages import answer, channel, normalized
from tests.unit.channels import refusals
from tests.unit.channels.contract import HTTP_TYPES, every_channel, every_http_channel, make, variants
from tests.unit.channels.unproven import UNPROVEN, UNPROVEN_BOT

_API = "https://slack.com/api"

# Names under which services say how it went: random ones would never get past the first look
_NAMES = """
code message msg errcode errmsg ok error error_code description data result retcode status ret id ts StatusCode
StatusMessage retry_after parameters info urls channel device_key state success wording
"""
_names = st.sampled_from(re.findall(r"\w+", _NAMES))
_words = st.sampled_from([0, 1, 200, 400, 429, 500, True, "ok", "0", "success", "error", 1e400, -1, 2**70, ""])
speaking = st.recursive(
    json_values | _words,
    lambda inner: st.dictionaries(_names, inner, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=5,
)
headers = st.dictionaries(
    st.sampled_from(["retry-after", "date", "location", "x-ratelimit-reset-after", "content-type"]),
    st.text(max_size=30)
    | st.sampled_from(["0", "-1", "1e9", "nan", "Wed, 21 Oct 2026 07:28:00 GMT", "//[", "http://h"]),
)
bodies = st.binary(max_size=80) | speaking.map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass"))


def check(outcome: Outcome) -> None:
    """It can be shown, in both languages, stored and acted upon."""
    if isinstance(outcome, Delivered):
        assert (outcome.detail + outcome.reached).isprintable()
        receipt = outcome.receipt or {}
        assert all(isinstance(name, str) and isinstance(value, str) for name, value in receipt.items())
        assert len(json.dumps(dict(receipt))) < 2000
        return
    assert outcome.reason
    assert outcome.reason.isprintable()
    assert len(outcome.reason) < 500
    assert outcome.hint.isprintable()
    assert in_language(outcome.reason, "zh_cn").isprintable()
    assert not outcome.hint or re.search("[\u4e00-\u9fff]", in_language(outcome.hint, "zh_cn"))
    if isinstance(outcome, Retry) and outcome.after is not None:
        assert 0 <= outcome.after < float("inf")


@every_channel
@examples(150)
@given(data=st.data(), status=st.integers(100, 699) | st.just(200), headers=headers, body=bodies)
def test_any_answer_has_one_outcome(
    type: str, data: st.DataObject, status: int, headers: Dict[str, str], body: bytes
) -> None:
    endpoint = data.draw(st.sampled_from(variants(type)))
    answered = Response(status, headers, body, data.draw(st.booleans()))
    outcome = channel(type, **endpoint).judge(answered)
    check(outcome)
    assert outcome.status == (status if type in HTTP_TYPES else None)
    assert channel(type, **endpoint).judge(answered) == outcome
    if isinstance(outcome, Delivered) and type in HTTP_TYPES:
        assert 200 <= status < 300


@every_channel
@examples(100)
@given(data=st.data(), status=st.sampled_from([200, 200, 0, 1, 201]), body=bodies)
def test_a_receipt_can_be_replied_to_whatever_it_is_made_of(
    type: str, data: st.DataObject, status: int, body: bytes
) -> None:
    sender = channel(type, **data.draw(st.sampled_from(variants(type))))
    outcome = sender.judge(Response(status, {}, body))
    if isinstance(outcome, Delivered) and outcome.receipt is not None:
        sender.render(normalized("backup_success", previous=outcome.receipt))


@every_http_channel
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, Permanent),
        (307, Permanent),
        (400, Permanent),
        (401, Permanent),
        (403, Permanent),
        (404, Permanent),
        (408, Retry),
        (410, Permanent),
        (425, Retry),
        (429, Retry),
        (500, Retry),
        (502, Retry),
        (503, Retry),
    ],
)
def test_a_status_that_is_no_success_has_one_meaning_everywhere(type: str, status: int, kind: Any) -> None:
    for body in (b"<html>whatever</html>", b"", b"null"):
        assert isinstance(make(type).judge(answer(status, body)), kind)


@every_http_channel
def test_how_long_to_wait_is_taken_from_the_answer(type: str) -> None:
    for status in (429, 503):
        outcome = make(type).judge(answer(status, b"", {"retry-after": "77"}))
        assert isinstance(outcome, Retry)
        assert outcome.throttled
        assert outcome.after == 77


# What stands in front of a service, or at a wrong address, answers with 200 too
NOT_THE_SERVICE = [
    b"",
    b"<!DOCTYPE html><html><title>Log in</title></html>",
    b"Hello, world",
    b"null",
    b"[]",
    b"{}",
    b'"fine"',
    b"200",
    b"\xff\xfe\x00",
    b'{"hello": "world"}',
    b'{"error": "invalid token"}',
    b'{"code": "no", "errcode": "no", "retcode": "no", "ok": "no", "status": "no"}',
    b'{"code": null, "errcode": null, "retcode": null, "ok": null, "id": null, "urls": null}',
    b'{"code": -1, "errcode": -1, "retcode": -1, "ok": false, "urls": [{"state": "failed"}]}',
    b'{"code": false, "errcode": false, "retcode": false, "ok": 0}',
    b"[" * 100_000,
]


@every_channel
def test_an_answer_that_is_not_the_services_is_no_success(type: str) -> None:
    kind = channel_types()[type]
    for variant, body in itertools.product(variants(type), NOT_THE_SERVICE):
        outcome = channel(type, **variant).judge(answer(0 if type not in HTTP_TYPES else 200, body))
        if not kind.status_is_answer:
            assert not isinstance(outcome, Delivered), body[:80]
            assert outcome.hint, body[:80]
        elif not body:
            assert isinstance(outcome, Delivered)


@pytest.mark.parametrize("type", sorted(set(HTTP_TYPES) - {"webhook"}))
def test_an_answer_without_the_services_own_proof_is_no_delivery(type: str) -> None:
    """Every channel has a list of such answers; a new one needs its own."""
    for status, value in UNPROVEN[type]:
        outcome = make(type).judge(answer(status, value))
        assert isinstance(outcome, (Retry, Permanent)), value
        assert outcome.reason, value
        assert outcome.hint, value


@pytest.mark.parametrize(("status", "value"), UNPROVEN_BOT)
def test_a_bots_answer_without_its_message_is_no_delivery(status: int, value: Any) -> None:
    assert not isinstance(make("slack", slack=refusals.SLACK_BOT, url=_API).judge(answer(status, value)), Delivered)
