"""Codes and words of services that answer 200 whatever happens."""

from __future__ import annotations

import re
from typing import Any

import pytest

from prime_notify.channels.common.answers import Answers, Meaning, RefusalKind, number
from prime_notify.model.outcome import Delivered, Permanent, Retry
from tests.support.messages import answer

BUSY = Meaning("wait", RefusalKind.THROTTLED, 60.0)
ANSWERS = Answers(
    service="Svc",
    success=0,
    meanings={1: Meaning("look at it"), 2: Meaning("soon", RefusalKind.RETRY), 3: BUSY},
    patterns=((re.compile("too fast"), BUSY),),
    code_fields=("code", "StatusCode"),
    text_fields=("msg", "StatusMessage"),
    unknown="see the codes",
)


@pytest.mark.parametrize("value", [{"code": 0}, {"code": "0"}, {"StatusCode": 0}, {"code": None, "StatusCode": 0}])
def test_only_the_code_of_success_is_a_success(value: Any) -> None:
    assert ANSWERS.judge(answer(200, value)) == Delivered(200)


@pytest.mark.parametrize("value", [None, [], {}, {"code": False}, {"code": ""}, {"code": 0.0}, {"code": {}}, "ok"])
def test_an_answer_without_a_code_is_tried_again_and_the_url_doubted(value: Any) -> None:
    outcome = ANSWERS.judge(answer(200, value))
    assert isinstance(outcome, Retry)
    assert (outcome.reason, outcome.hint) == ("this is not how Svc answers", "check the URL")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"code": 1, "msg": "no"}, Permanent("Svc refused: code 1: no", 200, hint="look at it")),
        ({"code": 2}, Retry("Svc refused: code 2: without a reason", 200, hint="soon")),
        ({"code": 3, "msg": "x"}, Retry("Svc refused: code 3: x", 200, after=60.0, throttled=True, hint="wait")),
        ({"code": 1, "msg": "too fast"}, Retry("Svc refused: code 1: too fast", 200, 60.0, True, "wait")),
        ({"code": 9, "msg": "?"}, Retry("Svc refused: code 9: ?", 200, hint="see the codes")),
        ({"StatusCode": 1, "StatusMessage": "v1"}, Permanent("Svc refused: code 1: v1", 200, hint="look at it")),
    ],
)
def test_codes_and_words_have_their_meaning(value: Any, expected: object) -> None:
    assert ANSWERS.judge(answer(200, value)) == expected


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("code", [1, 9])
@pytest.mark.parametrize(
    "text", ["系统繁忙，请稍后再试", "请稍后重试", "Please try again later", "temporarily unavailable"]
)
def test_a_refusal_that_says_so_is_tried_again_whatever_its_code(status: int, code: int, text: str) -> None:
    assert isinstance(ANSWERS.judge(answer(status, {"code": code, "msg": text})), Retry)


@pytest.mark.parametrize(
    "value",
    [
        {"code": 0, "StatusCode": 1},
        {"code": 0, "success": False},
        {"code": 0, "ok": False},
        {"code": 0, "error": "no"},
        {"code": 0, "errno": 5},
        {"code": 0, "status": "failed"},
        {"code": 0, "data": {"errcode": 7}},
    ],
)
def test_a_success_beside_a_failure_is_none(value: Any) -> None:
    assert not isinstance(ANSWERS.judge(answer(200, value)), Delivered)


@pytest.mark.parametrize("more", [{"error": ""}, {"error": "SUCCESS"}, {"errno": 0}, {"status": "ok"}, {"data": [1]}])
def test_what_does_not_say_no_is_no_contradiction(more: Any) -> None:
    assert ANSWERS.judge(answer(200, {"code": 0, **more})) == Delivered(200)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_client_error_is_explained_by_the_code_in_its_body(status: int) -> None:
    assert ANSWERS.judge(answer(status, {"code": 1, "msg": "no"})).hint == "look at it"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Permanent), (404, Permanent), (410, Permanent), (429, Retry), (500, Retry), (503, Retry)]
)
@pytest.mark.parametrize("value", [{"code": 0}, {"code": 77, "msg": "words"}, None])
def test_without_a_known_code_the_status_counts(status: int, kind: Any, value: Any) -> None:
    assert isinstance(ANSWERS.judge(answer(status, value)), kind)


@pytest.mark.parametrize("value", [True, "1.0", "٣", 10**9, "9" * 10, None, 1.5])
def test_what_is_no_number_is_no_code(value: Any) -> None:
    assert number(value) is None


@pytest.mark.parametrize(("value", "expected"), [(7, 7), ("-1", -1), ("310000", 310000), (99991400, 99991400)])
def test_codes_may_be_written_in_digits(value: Any, expected: int) -> None:
    assert number(value) == expected
