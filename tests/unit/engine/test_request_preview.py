"""The request that would go out, as a person sees it."""

from __future__ import annotations

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.engine.request_preview import preview_of
from prime_notify.model.request import AppriseRequest, CommandRequest, GameRequest, GameText, Request, Span
from prime_notify.text.redaction import Redactor
from tests.support.messages import channel, message

REDACT = Redactor(["hidden-key"])


def test_a_request_is_shown_whole_but_for_its_secrets() -> None:
    headers = {"Content-Type": "application/json", "X-Token": "hidden-key", "Authorization": "Basic aGk6aGk="}
    request = Request(
        "POST", "https://example.com/hidden-key?x=1", headers, b'{"title": "\xe5\xa4\x87", "key": "hidden-key"}'
    )
    assert list(preview_of(request, REDACT)) == [
        "POST https://example.com/***",
        "Content-Type: application/json",
        "X-Token: ***",
        "Authorization: ***",
        "",
        "{",
        '  "title": "备",',
        '  "key": "***"',
        "}",
    ]


def test_a_body_that_is_no_json_is_shown_as_it_is() -> None:
    assert list(preview_of(Request("PUT", "http://h/", {}, b"one\ntwo \xff"), REDACT))[2:] == ["one", "two \ufffd"]
    assert list(preview_of(Request("GET", "http://h/"), REDACT)) == ["GET http://h/***"]


def test_what_went_wrong_with_templates_is_shown_above_it() -> None:
    request = Request("GET", "http://h/", warnings=("the template url failed: hidden-key",))
    lines = preview_of(request, REDACT, ["templates.title failed"])
    assert list(lines)[:2] == ["⚠ templates.title failed", "⚠ the template url failed: ***"]
    assert list(preview_of(CommandRequest(["x"]), REDACT, ["w"]))[:2] == ["⚠ w", "$ x"]


def test_a_program_is_shown_with_its_environment_and_input() -> None:
    request = CommandRequest(["notify", "--key", "hidden-key"], b'{"a":1}', {"B": "hidden-key", "A": "x"})
    assert list(preview_of(request, REDACT)) == ["$ notify --key ***", "A=x", "B=***", "", "{", '  "a": 1', "}"]


def test_of_apprise_only_the_services_are_shown() -> None:
    request = AppriseRequest(["mailto://me:pw@example.com", "tgram://token/chat"], "Title", "one\ntwo", "failure")
    assert list(preview_of(request, REDACT)) == [
        "Apprise (failure) mailto://***, tgram://***", "", "Title", "one", "two",
    ]  # fmt: skip


def test_of_a_message_in_the_game_everything_is_shown_and_to_whom() -> None:
    text = GameText(Span("hidden-key failed"), ((Span("[Panel]", "aqua", "https://p/"),),), ((Span("A: "), Span("b")),))
    operators = GameRequest("g", "N1", {"en_us": text}, "en_us", level=3, show=("chat", "title"))
    assert list(preview_of(operators, REDACT)) == [
        "chat, title -> level >= 3", "", "*** failed", "[Panel] (https://p/)", "A: b",
    ]  # fmt: skip
    assert preview_of(GameRequest("g", "N1", {"en_us": text}, "en_us", players=("A", "B")), REDACT)[0] == "chat -> A, B"
    assert preview_of(GameRequest("g", "N1", {"en_us": text}, "en_us"), REDACT)[0] == "chat -> @a"


@pytest.mark.parametrize("type", sorted(channel_types()))
def test_every_channel_has_a_preview(type: str) -> None:
    made = channel(type, **channel_types()[type].example)
    assert "\n".join(preview_of(made.render(message()), REDACT)).strip()


def test_a_message_that_stands_in_the_url_is_shown_without_its_secrets() -> None:
    request = Request("GET", "http://h/?msg=x", text="status: up\nmsg: hidden-key")
    assert preview_of(request, REDACT)[:3] == ["GET http://h/***", "", "status: up"]
    assert "hidden-key" not in "".join(preview_of(request, REDACT))
