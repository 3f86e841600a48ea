"""What of a message is kept when there is no room for all of it."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.common.layout import Content, colon, content_of, fit
from prime_notify.config.message_options import Action, Mention
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Texts
from tests.support.examples import examples
from tests.support.hostile import wild_messages
from tests.support.messages import ACTIONS, channel, detailed, failed, message

ERROR = Fact(FactKind.ERROR, "Error", "disk full, and more about it")
SIZE = Fact(FactKind.SIZE, "Size", "1.2 GiB")
FILES = Fact(FactKind.FILES, "Files", "1,234")
CONTENT = Content(
    "Title of it all",
    (ERROR, SIZE, FILES),
    "one\ntwo\nthree",
    (Action(label="Panel", url="https://h"), Action(label="Docs", url="https://d")),
    Mention(users=["U1"]),
)


def size(content: Content) -> int:
    facts = sum(len(fact.label) + len(fact.value) for fact in content.facts)
    actions = sum(len(action.label) + len(action.url) for action in content.actions)
    return len(content.title) + facts + len(content.traceback) + actions + len("".join(content.mention.users))


def within(limit: int) -> Callable[[Content], bool]:
    return lambda content: size(content) <= limit


def endpoint(**config: Any) -> Any:
    return channel("webhook", url="https://h", **config).endpoint


def test_what_fits_stays_as_it_is() -> None:
    assert fit(CONTENT, within(size(CONTENT))) == CONTENT


def test_the_first_lines_of_the_traceback_go_first() -> None:
    assert fit(CONTENT, within(size(CONTENT) - 1)) == dataclasses.replace(CONTENT, traceback="…\ntwo\nthree")
    assert fit(CONTENT, within(size(CONTENT) - 5)) == dataclasses.replace(CONTENT, traceback="…\nthree")
    assert fit(CONTENT, within(size(CONTENT) - 9)) == dataclasses.replace(CONTENT, traceback="")


def test_then_the_least_important_facts_go_whole() -> None:
    bare = dataclasses.replace(CONTENT, traceback="")
    assert fit(CONTENT, within(size(bare) - 1)) == dataclasses.replace(bare, facts=(ERROR, SIZE))
    assert fit(CONTENT, within(size(bare) - 11)) == dataclasses.replace(bare, facts=(ERROR,))


def test_a_long_fact_is_cut_rather_than_dropped_while_it_says_something() -> None:
    only = dataclasses.replace(CONTENT, traceback="", facts=(ERROR,))
    [kept] = fit(CONTENT, within(size(only) - 1)).facts
    assert kept.value == "disk full, and more about…"
    assert fit(CONTENT, within(size(only) - 25)).facts == ()


def test_then_buttons_the_mention_and_the_end_of_the_title_go() -> None:
    left = dataclasses.replace(CONTENT, traceback="", facts=())
    assert fit(CONTENT, within(size(left) - 1)) == dataclasses.replace(left, actions=CONTENT.actions[:1])
    assert fit(CONTENT, within(len(CONTENT.title) + 2)) == dataclasses.replace(left, actions=())
    assert fit(CONTENT, within(len(CONTENT.title))) == Content(CONTENT.title)
    assert fit(CONTENT, within(9)) == Content("Title of…")
    assert fit(CONTENT, lambda content: False) == Content("")


@examples(60)
@given(sent=wild_messages, limit=st.integers(0, 5000))
def test_anything_is_made_to_fit(sent: Any, limit: int) -> None:
    content = content_of(sent, endpoint(traceback=True, actions=ACTIONS), 4096)
    assert size(fit(content, within(limit))) <= limit


def test_the_title_tells_the_event_so_no_fact_does() -> None:
    content = content_of(detailed(), endpoint(), 4096)
    assert content.title == "✅ Backup #42 done — Survival"
    assert [fact.kind.value for fact in content.blocks] == ["comment"]
    assert [fact.kind.value for fact in content.cells] == [
        "backup", "operator", "cost", "size", "files", "server", "time",
    ]  # fmt: skip


def test_a_title_without_words_is_replaced_by_the_events_name() -> None:
    assert content_of(message(texts=Texts(" \u200b", "", "")), endpoint(), 4096).title == "backup_success"


def test_values_have_the_lines_that_their_kind_may_have() -> None:
    error = {"type": "E", "message": "one\n\n  two"}
    content = content_of(failed(error=error), endpoint(), 4096)
    assert [fact.value for fact in content.blocks if fact.kind is FactKind.ERROR] == ["E: one\ntwo"]
    sent = dataclasses.replace(
        message(), facts=(Fact(FactKind.SIZE, "Size", "1\u20282\n3"), Fact(FactKind.TAGS, "T", " "))
    )
    assert [fact.value for fact in content_of(sent, endpoint(), 4096).facts] == ["1 2 3"]


def test_no_fact_takes_more_than_its_share() -> None:
    error = {"type": "E", "message": "\n".join(["长" * 500] * 20)}
    content = content_of(failed(error=error), endpoint(), 3000)
    assert all(len(fact.value.encode()) <= 1000 for fact in content.facts)


@pytest.mark.parametrize(("config", "expected"), [({}, ""), ({"traceback": True}, "boom()")])
def test_a_traceback_comes_where_it_is_asked_for(config: Any, expected: str) -> None:
    content = content_of(failed(), endpoint(**config), 4096)
    assert (expected in content.traceback) if expected else (content.traceback == "")


def test_a_button_that_would_take_the_whole_message_is_left_out() -> None:
    actions = [{"label": "a", "url": "https://h/" + "x" * 500}, {"label": "b", "url": "https://h"}]
    assert [action.label for action in content_of(message(), endpoint(actions=actions), 4000).actions] == ["b"]


def test_the_mention_depends_on_the_severity() -> None:
    calling = endpoint(mention={"users": "U1"})
    assert content_of(detailed(), calling, 4096).mention.users == []
    assert content_of(failed(), calling, 4096).mention.users == ["U1"]


def test_labels_and_values_are_joined_as_the_language_does() -> None:
    assert (colon("en_us"), colon("zh_cn")) == (": ", "：")
