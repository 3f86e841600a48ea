"""Messages in the game."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Sequence

import pytest
from hypothesis import given

from prime_notify.config.models import Config
from prime_notify.loading.load import load_config
from prime_notify.messages.messages import Messages
from prime_notify.model.item import Item, Remark
from prime_notify.model.outcome import Delivered, Retry
from prime_notify.model.request import GameRequest, GameText, Span
from tests.support.build import endpoint, notification
from tests.support.examples import examples
from tests.support.hostile import real_messages
from tests.support.messages import ACTIONS, BACKUP, FAILED, NOW, STEVE, answer, channel, normalized
from tests.support.texts import CATALOGUE

DAY = 86400.0


def minecraft(**options: Any) -> Any:
    return channel("minecraft", minecraft=options)


def words(lines: Sequence[Sequence[Span]]) -> List[str]:
    return ["".join(span.text for span in line) for line in lines]


def failure(**more: Any) -> Any:
    return normalized("backup_failure", error=FAILED, operator=STEVE, backup=BACKUP, **more)


# texts


def test_the_title_has_the_colour_of_the_outcome() -> None:
    colours = {event: minecraft().render(normalized(event)).text.title.color for event in EVENTS}
    assert colours == EVENTS


EVENTS = {
    "backup_start": "aqua",
    "backup_success": "green",
    "backup_aborted": "yellow",
    "restore_failure": "red",
}


def test_the_chat_shows_the_error_and_a_hover_everything() -> None:
    text = minecraft().render(failure()).text
    assert text.title.text == "❌ Backup #42 failed — My server"
    assert words(text.lines) == ["Error: OSError: disk full"]
    assert {"Comment: before the raid", "Operator: Steve (player)", "Error: OSError: disk full"} <= set(
        words(text.hover)
    )
    assert words(minecraft().render(normalized("backup_success", backup=BACKUP)).text.lines) == []


def test_links_stand_below_it_and_open_a_page() -> None:
    text = channel("minecraft", actions=ACTIONS).render(failure()).text
    assert [(span.text, span.url) for span in text.lines[-1]] == [
        ("[Panel]", "https://panel.example.com/x"),
        ("[Docs]", "https://docs.example.com"),
    ]


def test_a_traceback_is_shown_on_hover_where_it_is_asked_for() -> None:
    assert "OSError" in words(channel("minecraft", traceback=True).render(failure()).text.hover)[-1]
    assert "boom()" not in str(minecraft().render(failure()).text)


def test_a_long_text_is_cut() -> None:
    text = minecraft().render(
        normalized("backup_failure", message="\n".join(f"line {n} " + "x" * 500 for n in range(50)))
    )
    assert len(text.text.lines) <= 6
    assert max(map(len, words(text.text.lines))) <= 220
    assert len(str(text.text)) < 16_000


@examples(100)
@given(real_messages())
def test_no_text_of_a_player_is_a_formatting_code_or_breaks_a_line(message: Any) -> None:
    text = minecraft().render(message).text
    for line in [(text.title,), *text.lines, *text.hover]:
        for span in line:
            assert not set("§\n\r\ufe0f") & set(span.text)
            assert json.loads(json.dumps({"text": span.text}))["text"].encode("utf-8")


def test_formatting_codes_and_box_characters_are_left_out() -> None:
    text = minecraft().render(normalized("backup_success", backup={"id": 1, "comment": "§kfree §cop"})).text
    assert "Comment: free op" in words(text.hover)
    assert minecraft().render(normalized("backup_aborted")).text.title.text.startswith("⏹ ")


# recipients


def rendered(**options: Any) -> GameRequest:
    request = minecraft(**options).render(failure())
    assert isinstance(request, GameRequest)
    return request


def test_operators_see_it_by_default() -> None:
    request = rendered()
    assert (request.level, request.players, request.show, request.sound) == (3, (), ("chat",), "")
    assert rendered(level="helper").level == 2


def test_others_may_be_chosen() -> None:
    assert (rendered(to="all").level, rendered(to="All").players) == (None, ())
    assert (rendered(to=["Steve", ".Bedrock_1"]).level, rendered(to=["Steve", ".Bedrock_1"]).players) == (
        None,
        ("Steve", ".Bedrock_1"),
    )
    assert rendered(to="Steve").players == ("Steve",)


@pytest.mark.parametrize("to", ["@a", ["@p[limit=1]"], ["Steve Alex"], ["x\ny"], [""], []])
def test_a_selector_is_no_player(to: Any) -> None:
    document = {"notification": {"endpoints": [{"name": "g", "type": "minecraft", "minecraft": {"to": to}}]}}
    loaded = load_config(document, environ={}, base_dir=Path())
    assert [problem.path.startswith("notification.endpoints[0].minecraft.to") for problem in loaded.problems] == [True]
    assert loaded.endpoints == ()


def test_the_places_are_shown_once_each_and_stay_for_a_while() -> None:
    request = rendered(show=["title", "chat", "title"], stay="30s", sound="minecraft:block.note_block.bell")
    assert (request.show, request.stay, request.sound) == (("title", "chat"), 30.0, "minecraft:block.note_block.bell")


@pytest.mark.parametrize(
    "options", [{"stay": "0"}, {"stay": "10m"}, {"keep": "5s"}, {"sound": "a b"}, {"show": "actionbar"}, {"show": []}]
)
def test_an_option_that_does_not_fit_is_left_out(options: Dict[str, Any]) -> None:
    document = {"notification": {"endpoints": [{"name": "g", "type": "minecraft", "minecraft": options}]}}
    loaded = load_config(document, environ={}, base_dir=Path())
    assert len(loaded.problems) == 1
    assert [one.name for one in loaded.endpoints] == ["g"]


# how long it is kept


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, DAY),
        ({"minecraft": {"to": "all"}}, DAY),
        ({"minecraft": {"to": ["Steve"]}}, 30 * DAY),
        ({"minecraft": {"keep": "2h"}}, 7200.0),
        ({"expire": "1h"}, 3600.0),
        ({"expire": {"backup_failure": "1h"}}, 3600.0),
        ({"expire": {"backup_start": "1h"}}, DAY),
    ],
)
def test_it_is_kept_for_a_while(more: Dict[str, Any], kept: float) -> None:
    request = channel("minecraft", **more).render(failure())
    assert request.keep_until - NOW == pytest.approx(kept)
    assert request.single


def test_a_test_is_not_kept_and_is_none_of_the_history() -> None:
    request = minecraft().render(failure(test=True))
    assert (request.keep_until, request.single) == (0.0, False)


def messages() -> Messages:
    return Messages(Config(), CATALOGUE, "en_us")


def test_a_digest_and_a_reminder_have_ids_of_their_own() -> None:
    config = endpoint("g", type="minecraft").config
    one, other = notification("backup_failure"), notification("backup_success")
    digest = messages().message([Item(one), Item(other)], config, NOW)
    reminder = messages().message([Item(one, Remark.STILL, 1, NOW, again=5)], config, NOW)
    more = messages().message([Item(one, Remark.MORE, 1, NOW)], config, NOW)
    assert [minecraft().render(message).single for message in (digest, reminder, more)] == [False, False, True]


# languages


def test_each_player_reads_the_own_language_unless_the_endpoint_has_one() -> None:
    item = [Item(notification("backup_failure", error=FAILED))]
    free, fixed = endpoint("g", type="minecraft"), endpoint("g", type="minecraft", language="zh_cn")
    request = free.render(messages().message(item, free.config, NOW))
    assert isinstance(request, GameRequest)
    assert {language: text.title.text for language, text in request.texts.items()} == {
        "en_us": "❌ Backup failed — test",
        "zh_cn": "❌ 备份失败 — test",
    }
    only = fixed.render(messages().message(item, fixed.config, NOW))
    assert isinstance(only, GameRequest)
    assert (list(only.texts), only.language) == (["zh_cn"], "zh_cn")


def test_other_endpoints_are_composed_in_one_language() -> None:
    message = messages().message([Item(notification())], endpoint("a").config, NOW)
    assert message.translations == {}


# answers


def test_the_answer_says_who_saw_it() -> None:
    outcome = minecraft().judge(answer(0, b"shown to Steve; kept until 12:00 for Alex"))
    assert outcome == Delivered(reached="shown to Steve; kept until 12:00 for Alex")


def test_any_other_answer_is_a_failure() -> None:
    outcome = minecraft().judge(answer(1, b"no"))
    assert isinstance(outcome, Retry)
    assert (outcome.reason, outcome.hint) == ("the game did not take it: no", "look at the server's console")


def test_a_request_shows_no_text_in_its_repr() -> None:
    assert "disk full" not in repr(rendered())
    assert isinstance(rendered().text, GameText)
