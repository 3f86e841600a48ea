"""What players typed, parsed back by an independent Markdown parser: it is text and nothing else."""

from __future__ import annotations

from typing import Iterable, List

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from prime_notify.text.clean import clean_text
from prime_notify.text.markdown import escape
from prime_notify.text.plain import plain
from tests.support.examples import examples
from tests.support.markdown import HARMLESS, PARSERS, kinds

HOSTILE = [
    "[click](http://evil.com)",
    "![x](http://evil.com/a.png)",
    "[a]: http://evil.com",
    "<http://evil.com> <a href=x>y</a> <!-- c -->",
    "https://evil.com www.evil.com evil.com //evil.com //localhost a@evil.com mailto:a@evil.com",
    "# heading",
    "1. one",
    "1) one",
    "- item",
    "+ item",
    "> quote",
    "```code```",
    "`code`",
    "    code",
    "***",
    "---",
    "===",
    "**bold** __bold__ *i* _i_ ~~gone~~",
    "| a | b |",
    "@everyone <@123> &lt; &#64; &copy;",
    "back\\slash \\",
    "§cred §§aa§",
    "///////",
]

typed = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.text(st.sampled_from("\\`*_{}[]()#+-.!|~<>&@:/=123 aw§\n\t\"'"), max_size=30),
    st.lists(st.sampled_from([*HOSTILE, " ", "http:", "//", "x", "."]), max_size=4).map("".join),
)


def shown(tokens: Iterable[Token]) -> List[str]:
    """The text that a reader sees, by line."""
    return [
        "".join(child.content for child in token.children or [] if child.type == "text")
        for token in tokens
        if token.type == "inline"
    ]


@pytest.mark.parametrize("parser", PARSERS, ids=["commonmark", "gfm"])
@examples(300)
@given(text=typed)
@example(text="1\\) x")
def test_escaped_text_shows_exactly_itself_and_nothing_else(parser: MarkdownIt, text: str) -> None:
    line = plain(clean_text(text, 500), 500)
    assume(line)
    tokens = parser.parse(f"- **Label**: {escape(line)}\n  - {escape(line)}\n- **Next**: x")
    assert kinds(tokens) <= HARMLESS
    assert shown(tokens) == [f"Label: {line}", line, "Next: x"]


@pytest.mark.parametrize("text", ["1.2 GiB (300.0 MiB stored)", "Steve (player)", "world, nether", "3m 12s"])
def test_ordinary_values_stay_readable_in_the_source(text: str) -> None:
    assert escape(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("§aGreen§r done", "Green done"),
        ("§§aa", "a"),
        ("100§", "100"),
        ("a\n\tb\r\n c", "a b c"),
        ("evil\u202egpj.exe", "evilgpj.exe"),
        ("abcdef", "abcd…"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
    ],
)
def test_plain_text_is_one_line_without_colours_and_tricks(text: str, expected: str) -> None:
    assert plain(text, 5 if text == "abcdef" else 50) == expected
