"""Telegram."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any, Dict, List, Optional, Tuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from prime_notify.channels.telegram import markup
from prime_notify.channels.telegram.layout import mention_text
from prime_notify.config.message_options import Mention
from prime_notify.model.fact import FactKind
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.text.clean import clean_text
from prime_notify.text.plain import plain
from tests.support.examples import examples
from tests.support.hostile import HIDING, HOSTILE, MEGABYTE, Wild, wild
from tests.support.messages import answer, channel, failure, start, success
from tests.unit.channels.refusals import TELEGRAM_BOT, TELEGRAM_REFUSALS

ACTIONS = [{"label": "Open the panel", "url": "https://panel.example.com/?a=1&b=2"}]
PREVIOUS = {"chat": "-1001234567890", "message": "17"}
MENTION = {"users": ["42", "@steve"], "all": True}


def telegram(lifecycle: str = "separate", options: Optional[Dict[str, Any]] = None, **config: Any) -> Any:
    return channel("telegram", lifecycle=lifecycle, telegram={**TELEGRAM_BOT, **(options or {})}, **config)


def body(request: Request) -> Dict[str, Any]:
    document: Dict[str, Any] = json.loads(request.body)
    return document


class Reader(HTMLParser):
    """Reads HTML as Telegram does: few tags, properly nested. ``pieces``: what is shown, and the tags around it."""

    TAGS = frozenset(("b", "code", "pre", "a"))

    def __init__(self) -> None:
        super().__init__()
        self.pieces: List[Tuple[str, Tuple[str, ...]]] = []
        self.links: List[str] = []
        self._open: List[str] = []

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        assert tag in self.TAGS
        assert not {"code", "pre"} & {*self._open}, "code contains nothing else"
        self._open.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.pieces.append((data, tuple(self._open)))

    def handle_comment(self, data: str) -> None:
        pytest.fail("a comment")

    @classmethod
    def read(cls, text: str) -> Reader:
        reader = cls()
        reader.feed(text)
        reader.close()
        assert not reader._open
        return reader

    @property
    def shown(self) -> str:
        return "".join(text for text, _ in self.pieces)

    @property
    def outside_code(self) -> str:
        """Where Telegram looks for names, addresses and the like."""
        return "".join(text if not {"code", "pre"} & {*tags} else "\n" for text, tags in self.pieces)


FOUND_BY_TELEGRAM = (
    r"(?<!\w)@[a-zA-Z0-9_]{2,32}",  # names
    r"(?<![\w/<>])/[a-zA-Z0-9_]{1,64}",  # commands
    r"(?<!\w)#\w*[^\W\d]",  # hashtags
    r"(?<![\w$])\$[A-Z]{1,8}",  # cashtags
    r"\w+\.[^\W\d_]{2,}",  # example.com
    r"\d+\.\d+\.\d+\.\d+",
    r"\w+://",
    r"\w@\w",
)
"""After td/telegram/MessageEntity.cpp of github.com/tdlib/td, each a little wider than there."""


# What is sent


def test_a_success_is_a_bold_title_and_a_line_for_each_fact() -> None:
    message = success()
    local = next(fact.value for fact in message.facts if fact.kind is FactKind.TIME)
    request = telegram().render(message)
    assert (request.method, request.url) == ("POST", "https://api.telegram.org/bot123:AA/sendMessage")
    assert body(request) == {
        "chat_id": "-1001234567890",
        "text": (
            "<b>✅ Backup #42 done — MyServer</b>\n\n"
            "<b>Backup</b> #42\n"
            "<b>Comment</b> before the update\n"
            "<b>Operator</b> Steve (player)\n"
            "<b>Took</b> 3m 12s\n"
            "<b>Size</b> 1.2 GiB (329.7 MiB stored)\n"
            "<b>Files</b> 1,234\n"
            "<b>Targets</b> world\n"
            "<b>Server</b> MyServer\n"
            f"<b>Time</b> {local}"
        ),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


def test_a_failure_shows_its_error_as_code_and_what_explains_it_as_a_line() -> None:
    lines = body(telegram().render(failure(message="Raise server.max_wait & wait")))["text"].split("\n")
    assert "<pre>OSError: No space left on device</pre>" in lines
    assert "Raise <code>server.max_wait</code> &amp; wait" in lines


def test_chinese_labels_stand_in_a_chinese_message() -> None:
    assert "<b>备注</b> before the update" in body(telegram().render(success(language="zh_cn")))["text"]


def test_actions_are_buttons_in_rows_of_two() -> None:
    document = body(telegram(actions=ACTIONS * 3).render(success()))
    button = {"text": "Open the panel", "url": "https://panel.example.com/?a=1&b=2"}
    assert document["reply_markup"] == {"inline_keyboard": [[button, button], [button]]}


@pytest.mark.parametrize("url", ["http://localhost:8080/x", "http://nas/", "http://[::1]:80/", "http://panel./"])
def test_an_address_that_telegram_takes_for_no_button_is_a_line(url: str) -> None:
    document = body(telegram(actions=[{"label": "Panel", "url": url}]).render(success()))
    assert document["text"].endswith(f"\n<b>Panel</b> <code>{url}</code>")
    assert "reply_markup" not in document


def test_a_traceback_goes_along_where_it_is_asked_for_and_keeps_its_end() -> None:
    error = {"type": "E", "message": "m", "traceback": "\n".join(f"line {n}" for n in range(2000))}
    text = body(telegram(traceback=True).render(failure(error=error)))["text"]
    assert "<pre>…\nline " in text
    assert text.endswith("line 1999</pre>")
    assert 4000 < len(Reader.read(text).shown) <= 4096
    assert "line" not in body(telegram().render(failure(error=error)))["text"]


def test_those_who_are_to_be_called_are_called_on_failures_and_only_then() -> None:
    sender = telegram(mention=MENTION)
    lines = body(sender.render(failure()))["text"].split("\n")
    assert lines[1] == '<a href="tg://user?id=42">🔔</a> @steve'
    assert "🔔" not in body(sender.render(success()))["text"]


def test_any_number_of_people_can_be_called() -> None:
    assert mention_text(Mention(users=[str(number) for number in range(500)])).count("🔔") == 50


def test_a_topic_and_silence_are_asked_for() -> None:
    document = body(telegram(options={"message_thread_id": "7", "silent": True}).render(success()))
    assert (document["message_thread_id"], document["disable_notification"]) == (7, True)


def test_the_topic_general_is_named_by_no_number() -> None:
    """Telegram refuses 1 (tdlib/telegram-bot-api#798)."""
    assert "message_thread_id" not in body(telegram(options={"message_thread_id": 1}).render(success()))


def test_the_bot_api_server_may_be_another() -> None:
    request = telegram(url="http://localhost:8081/").render(success())
    assert request.url == "http://localhost:8081/bot123:AA/sendMessage"


# One task, one conversation


def test_an_end_replies_to_its_start_and_does_without_when_that_was_deleted() -> None:
    request = telegram("reply").render(success(previous=PREVIOUS))
    assert request.url.endswith("/sendMessage")
    assert body(request)["reply_parameters"] == {
        "chat_id": "-1001234567890",
        "message_id": 17,
        "allow_sending_without_reply": True,
    }


def test_an_end_updates_the_message_of_its_start() -> None:
    request = telegram("update", options={"silent": True, "message_thread_id": 7}).render(success(previous=PREVIOUS))
    document = body(request)
    assert request.url.endswith("/editMessageText")
    assert (document["chat_id"], document["message_id"]) == ("-1001234567890", 17)
    assert set(document) == {"chat_id", "message_id", "text", "parse_mode", "link_preview_options"}


def test_who_is_called_is_called_by_a_reply_since_an_edit_rings_nobodys_phone() -> None:
    sender = telegram("update", mention=MENTION)
    request = sender.render(failure(previous=PREVIOUS))
    assert request.url.endswith("/sendMessage")
    assert body(request)["reply_parameters"]["message_id"] == 17
    assert sender.render(success(previous=PREVIOUS)).url.endswith("/editMessageText")


def test_a_failure_is_a_reply_and_updates_its_start_besides() -> None:
    sender, failed = telegram("update"), failure(previous=PREVIOUS)
    request, update = sender.render(failed), sender.follow_up(failed)
    assert request.url.endswith("/sendMessage")
    assert body(request)["reply_parameters"]["message_id"] == 17
    assert update.url.endswith("/editMessageText")
    assert (body(update)["message_id"], body(update)["text"]) == (17, body(request)["text"])
    assert sender.follow_up(success(previous=PREVIOUS)) is None
    assert telegram("reply").follow_up(failed) is None


@pytest.mark.parametrize(
    ("lifecycle", "previous"),
    [
        ("separate", PREVIOUS),
        ("reply", None),
        ("update", {}),
        ("update", {"message": "1", "channel": "2"}),
        ("reply", {**PREVIOUS, "chat": "-100999"}),
    ],
)
def test_without_a_start_in_the_same_chat_a_message_stands_alone(lifecycle: str, previous: Any) -> None:
    request = telegram(lifecycle).render(success(previous=previous))
    assert request.url.endswith("/sendMessage")
    assert "reply_parameters" not in body(request)


def test_a_chat_by_name_is_found_again_by_its_number() -> None:
    request = telegram("update", options={"chat_id": "@backups"}).render(success(previous=PREVIOUS))
    assert body(request)["chat_id"] == PREVIOUS["chat"]
    assert body(telegram(options={"chat_id": "@backups"}).render(start()))["chat_id"] == "@backups"


def test_the_receipt_says_where_the_message_is() -> None:
    result = {"message_id": 17, "chat": {"id": -1001234567890, "type": "supergroup"}}
    assert telegram().judge(answer(200, {"ok": True, "result": result})) == Delivered(200, receipt=PREVIOUS)


@pytest.mark.parametrize("result", [{"message_id": 1}, {"chat": {"id": "x"}, "message_id": 1}])
def test_a_success_without_a_place_is_one_all_the_same(result: Any) -> None:
    assert telegram().judge(answer(200, {"ok": True, "result": result})) == Delivered(200)


# What was typed


@examples(80)
@given(story=wild)
@example(story=MEGABYTE)
def test_any_message_is_read_by_a_parser_and_within_telegrams_limit(story: Wild) -> None:
    sender = telegram(actions=[*ACTIONS, {"label": "<b>", "url": "http://nas/?a&b"}], traceback=True, mention=MENTION)
    reader = Reader.read(body(sender.render(story.message()))["text"])
    assert 1 <= len(reader.shown.strip()) <= len(reader.shown.encode("utf-16-le")) // 2 <= 4096


@examples(80)
@given(story=wild)
@example(story=MEGABYTE)
def test_telegram_finds_nothing_in_what_was_typed(story: Wild) -> None:
    reader = Reader.read(body(telegram(traceback=True).render(story.message()))["text"])
    assert reader.links == []
    for pattern in FOUND_BY_TELEGRAM:
        assert not re.search(pattern, reader.outside_code), pattern


typed = st.sampled_from(HOSTILE) | st.text(max_size=40) | st.text(st.sampled_from("<>&;/\"'@#$.:a1_ lt\n"), max_size=30)


@examples(300)
@given(text=typed)
@example(text="&lt &amp;lt; &#60;")
def test_text_is_shown_as_it_was_typed(text: str) -> None:
    line = plain(clean_text(text, 500), 500)
    assume(line)
    for written in (markup.text(line), markup.bold(line), markup.pre(line), markup.code(line)):
        assert Reader.read(written).shown == line
        assert markup.size(written) == len(line.encode("utf-16-le")) // 2
    for pattern in FOUND_BY_TELEGRAM:
        assert not re.search(pattern, Reader.read(markup.text(line)).outside_code), pattern
        assert not re.search(pattern, Reader.read(markup.bold(line)).outside_code), pattern


@pytest.mark.parametrize("text", ["1.2 GiB (300.0 MiB stored)", "Steve (player)", "#42", "world, nether", "4.2s"])
def test_ordinary_values_are_ordinary_text(text: str) -> None:
    assert markup.text(text) == text


@pytest.mark.parametrize("text", [*HOSTILE, *HIDING])
def test_a_comment_is_read_as_it_was_typed(text: str) -> None:
    message = success(backup={"id": 1, "comment": text})
    shown = next(fact.value for fact in message.facts if fact.kind is FactKind.COMMENT)
    assert f"Comment {shown}" in Reader.read(body(telegram().render(message))["text"]).shown.split("\n")


def test_the_last_facts_go_first_when_there_is_not_enough_room() -> None:
    error = {"type": "E", "message": "\n".join("😀" * 400 for _ in range(20)), "traceback": "y" * 3000}
    message = failure(error=error, message="_" * 2000, backup={"id": 7, "comment": "&" * 250})
    shown = Reader.read(body(telegram(traceback=True).render(message))["text"]).shown
    assert shown.index("E: 😀") < shown.index("___") < shown.index("Backup #7\nComment &&&")


# What Telegram answers


def refusal(code: int, description: str, sender: Any = None, **parameters: Any) -> Any:
    value: Dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        value["parameters"] = parameters
    return (sender or telegram()).judge(answer(code, value))


@pytest.mark.parametrize(("value", "kind", "words"), TELEGRAM_REFUSALS)
def test_a_refusal_behind_200_is_none_the_less_one(value: Any, kind: Any, words: str) -> None:
    outcome = telegram().judge(answer(200, value))
    assert isinstance(outcome, kind)
    assert outcome.status == 200
    assert words in outcome.hint


@pytest.mark.parametrize(
    ("code", "description", "words"),
    [
        (400, "Bad Request: chat not found", "telegram.chat_id"),
        (400, "Bad Request: PEER_ID_INVALID", "telegram.chat_id"),
        (400, "Bad Request: message thread not found", "message_thread_id"),
        (400, "Bad Request: TOPIC_DELETED", "message_thread_id"),
        (400, "Bad Request: TOPIC_CLOSED", "open it"),
        (400, "Bad Request: BUTTON_URL_INVALID", "actions"),
        (400, "Bad Request: inline keyboard button URL 'http://x' is invalid: Wrong HTTP URL", "actions"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "administrator"),
        (400, "Bad Request: have no rights to send a message", "administrator"),
        (400, "Bad Request: need administrator rights in the channel chat", "administrator"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "administrator"),
        (400, "Bad Request: can't parse entities: Unsupported start tag", "report"),
        (400, "Bad Request: message is too long", "report"),
        (400, "Bad Request: something new", "core.telegram.org"),
        (403, "Forbidden: bot was blocked by the user", "unblock"),
        (403, "Forbidden: bot can't initiate conversation with a user", "Start"),
        (403, "Forbidden: bot can't send messages to bots", "is a bot's"),
        (403, "Forbidden: user is deactivated", "another telegram.chat_id"),
        (403, "Forbidden: the group chat was deleted", "another telegram.chat_id"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "add the bot"),
        (403, "Forbidden: bot is not a member of the channel chat", "add the bot"),
        (403, "Forbidden: something new", "rights"),
        (404, "Not Found", "bot_token"),
        (406, "FROZEN_METHOD_INVALID", "core.telegram.org"),
    ],
)
def test_what_no_retry_can_mend_is_permanent_and_says_what_to_do(code: int, description: str, words: str) -> None:
    outcome = refusal(code, description)
    assert isinstance(outcome, Permanent)
    assert (outcome.reason, outcome.status, outcome.disable) == (f"Telegram refused: {description}", code, False)
    assert words in outcome.hint


def test_a_wrong_token_disables_the_endpoint() -> None:
    outcome = refusal(401, "Unauthorized")
    assert isinstance(outcome, Permanent)
    assert outcome.disable
    assert "@BotFather" in outcome.hint


def test_a_group_that_has_moved_is_named_by_its_new_number() -> None:
    description = "Bad Request: group chat was upgraded to a supergroup chat"
    outcome = refusal(400, description, migrate_to_chat_id=-1009876543210)
    assert isinstance(outcome, Permanent)
    assert '"chat_id": "-1009876543210"' in outcome.hint


def test_an_edit_that_changes_nothing_had_arrived_before() -> None:
    outcome = refusal(400, "Bad Request: message is not modified: specified new message content is the same")
    assert outcome == Delivered(400, detail="the message says so already")


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: message to edit not found",
        "Bad Request: message can't be edited",
        "Bad Request: MESSAGE_ID_INVALID",
        "Bad Request: message to be replied not found",
    ],
)
def test_an_end_whose_start_is_gone_is_sent_as_a_message_of_its_own(description: str) -> None:
    outcome = refusal(400, description, telegram("update"))
    assert isinstance(outcome, Retry)
    assert outcome.separately


@pytest.mark.parametrize(
    ("parameters", "headers", "after"),
    [
        ({"retry_after": 35}, {}, 35),
        ({}, {"retry-after": "9"}, 9),
        ({"retry_after": "soon"}, {}, None),
        ({"retry_after": -1}, {}, None),
        (None, {}, None),
        ([], {}, None),
    ],
)
def test_too_many_messages_slow_the_endpoint_down(parameters: Any, headers: Any, after: Any) -> None:
    value = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": parameters}
    outcome = telegram().judge(answer(429, value, headers))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (after, True)


@pytest.mark.parametrize("code", [500, 502, 503])
def test_telegrams_own_trouble_is_tried_again(code: int) -> None:
    assert isinstance(refusal(code, "Internal Server Error"), Retry)
    assert isinstance(telegram().judge(answer(code, b"<html>Bad Gateway</html>")), Retry)


def test_the_token_is_in_no_repr() -> None:
    sender = telegram()
    assert "123:AA" not in repr(sender.render(start())) + repr(sender.endpoint)


# The config


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ({"bot_token": "bot123:AA"}, 'without "bot"'),
        ({"bot_token": "https://api.telegram.org/bot123:AA"}, "write the token alone"),
        ({"bot_token": "123: AA"}, "write the token alone"),
        ({"chat_id": "backups"}, "the chat's id"),
        ({"chat_id": "https://t.me/backups"}, "the @name"),
        ({"message_thread_id": 0}, "greater than or equal to 1"),
        ({"parse_mode": "HTML"}, "not permitted"),
    ],
)
def test_a_wrong_option_says_what_to_write(options: Dict[str, Any], remedy: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(remedy)) as error:
        telegram(options=options)
    assert "AA" not in str(error.value).replace("123456789:AA...", "")


def test_it_needs_a_bot_and_a_chat() -> None:
    with pytest.raises(ValidationError, match=r"telegram\n.*required"):
        channel("telegram")
    with pytest.raises(ValidationError, match=r"chat_id\n.*required"):
        channel("telegram", telegram={"bot_token": "123:AA"})


def test_whom_to_call_is_an_id_or_a_name() -> None:
    with pytest.raises(ValidationError, match="ids of users"):
        telegram(mention={"users": ["steve"]})
    assert telegram(mention={"users": [42]}).endpoint.mention.users == ["42"]


def test_a_chats_id_may_be_a_number() -> None:
    assert body(telegram(options={"chat_id": -100}).render(success()))["chat_id"] == "-100"
