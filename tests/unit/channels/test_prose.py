"""Messages as running text."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt

from prime_notify.channels.common.prose import (
    collapse_spaces,
    last_lines,
    links_text,
    markdown_link,
    markdown_text,
    plain_text,
    with_traceback,
)
from prime_notify.config.message_options import Action
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.notification import Message, Texts
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, real_messages
from tests.support.markdown import HARMLESS, PARSERS, kinds
from tests.support.messages import composed, message

TRACEBACK = "Traceback:\n" + "\n".join(f"  line {number}" for number in range(50)) + "\nOSError: disk full\n"


def anything(text: str) -> bool:
    return True


def at_most(limit: int) -> Any:
    return lambda text: len(text) <= limit


def of_facts(*facts: Fact, language: str = "en_us") -> Message:
    return dataclasses.replace(message(), facts=facts, language=language)


def test_plain_text_is_the_body() -> None:
    assert plain_text(message(), anything) == "Event: backup_success\nBackup: #7"


def test_plain_text_loses_its_end() -> None:
    assert plain_text(message(), at_most(10)) == "Event: ba…"


def test_markdown_lists_the_facts_with_bold_labels() -> None:
    facts = Fact(FactKind.COMMENT, "Comment", "a *b*"), Fact(FactKind.MESSAGE, "Message", "one\ntwo")
    assert markdown_text(of_facts(*facts), anything) == "- **Comment**: a \\*b\\*\n- **Message**: one\n  - two"


def test_a_colon_is_that_of_the_language() -> None:
    assert markdown_text(of_facts(Fact(FactKind.FILES, "文件数", "3"), language="zh_cn"), anything) == "- **文件数**：3"


def test_a_message_without_facts_is_told_by_its_body() -> None:
    assert markdown_text(message(), anything) == "- Event: backup\\_success\n- Backup: #7"


def test_a_body_of_the_owners_own_is_told_instead_of_the_facts() -> None:
    own = dataclasses.replace(of_facts(Fact(FactKind.FILES, "Files", "3")), custom_body="as in texts.body")
    assert markdown_text(own, anything) == markdown_text(message(), anything)


def test_the_last_facts_go_first_and_the_one_that_is_cut_keeps_whole_escapes() -> None:
    facts = Fact(FactKind.COMMENT, "C", "*" * 10), Fact(FactKind.TIME, "T", "12:00")
    stars = "- **C**: " + r"\*" * 10
    assert markdown_text(of_facts(*facts), at_most(len(stars) + 15)) == f"{stars}\n- **T**: 12:00"
    assert markdown_text(of_facts(*facts), at_most(len(stars) + 12)) == f"{stars}\n- **T**: 1…"
    assert markdown_text(of_facts(*facts), at_most(len(stars))) == stars
    assert markdown_text(of_facts(*facts), at_most(len(stars) - 1)) == "- **C**: " + r"\*" * 9 + "…"
    assert markdown_text(of_facts(*facts), at_most(len(stars) - 2)) == "- **C**: " + r"\*" * 8 + "…"
    assert markdown_text(of_facts(*facts), at_most(5)) == ""


def test_the_event_is_left_to_the_title() -> None:
    facts = Fact(FactKind.EVENT, "Event", "Backup done"), Fact(FactKind.TIME, "T", "12:00")
    assert markdown_text(of_facts(*facts), anything) == "- **T**: 12:00"


def test_a_fact_without_a_value_is_left_out() -> None:
    facts = Fact(FactKind.COMMENT, "C", ""), Fact(FactKind.TIME, "T", "12:00")
    assert markdown_text(of_facts(*facts), anything) == "- **T**: 12:00"


@examples(60)
@given(real_messages())
def test_nothing_that_is_typed_becomes_markup(sent: Message) -> None:
    text = markdown_text(sent, at_most(3000))
    assert len(text) <= 3000
    for parser in PARSERS:
        assert kinds(parser.parse(text)) <= HARMLESS


@pytest.mark.parametrize("markdown", [False, True])
def test_a_traceback_stands_below_the_text(markdown: bool) -> None:
    text = with_traceback("Failed", "Traceback ...\nOSError: full\n", anything, markdown=markdown)
    fenced = "```text\nTraceback ...\nOSError: full\n```"
    assert text == f"Failed\n\n{fenced if markdown else 'Traceback ...' + chr(10) + 'OSError: full'}"


def test_a_traceback_loses_its_beginning_and_says_so() -> None:
    text = with_traceback("Failed", TRACEBACK, at_most(50), markdown=False)
    assert text == "Failed\n\n…\n  line 48\n  line 49\nOSError: disk full"


def test_a_traceback_that_has_no_room_is_left_out() -> None:
    assert with_traceback("Failed", TRACEBACK, at_most(9), markdown=True) == "Failed"


def test_of_a_last_line_that_is_too_long_the_beginning_is_kept() -> None:
    assert last_lines("a\n" + "b" * 100, at_most(5)) == "bbbb…"
    assert last_lines("", at_most(5)) == ""


@pytest.mark.parametrize("typed", [*HOSTILE, "```\n[x](http://evil.com)\n``````\n<b>"])
def test_a_traceback_cannot_leave_its_code_block(typed: str) -> None:
    text = with_traceback("Failed", typed, at_most(4000), markdown=True)
    tokens = MarkdownIt("commonmark").parse(text)
    assert [token.type for token in tokens][3:] in ([], ["fence"])


def test_links_stand_on_lines_of_their_own() -> None:
    actions = [Action(label="Map", url="https://a/b"), Action(label="Logs [1]", url="https://a/<c>\\(d)")]
    assert links_text(actions) == "\n\nMap: https://a/b\nLogs [1]: https://a/<c>\\(d)"
    assert links_text([]) == ""
    html = MarkdownIt("commonmark").render(links_text(actions, markdown=True))
    assert '<a href="https://a/b">Map</a>' in html
    assert '<a href="https://a/%3Cc%3E%5C(d)">Logs [1]</a>' in html


def test_a_link_ends_its_line() -> None:
    assert markdown_link(Action(label="a", url="https://a")).endswith("  ")


def test_one_line_has_no_breaks() -> None:
    assert collapse_spaces(" a\n b\tc ") == "a b c"


def test_texts_that_a_source_set_are_plain_text_as_they_are() -> None:
    assert plain_text(message(texts=Texts("t", "set by a source", "d")), anything) == "set by a source"
    assert composed(body="mine").texts.body == "mine"
