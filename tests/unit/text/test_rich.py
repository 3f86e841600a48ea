"""The owner's Markdown as lines and spans."""

from __future__ import annotations

from typing import List, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.text.markdown import escape
from prime_notify.text.rich import Line, Span, parse, plain_of, wrapped
from tests.support.examples import examples


def looks(markdown: str) -> List[Tuple[str, str]]:
    """Text and look of each span of the first line."""
    [line] = parse(markdown)
    names = ("bold", "italic", "strike", "code")
    return [
        (span.text, " ".join(filter(None, (*(n for n in names if getattr(span, n)), span.url)))) for span in line.spans
    ]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("plain", [("plain", "")]),
        ("**a** __b__ *c* _d_ ~~e~~", [("a", "bold"), (" ", ""), ("b", "bold"), (" ", ""), ("c", "italic"), (" ", ""),
                                      ("d", "italic"), (" ", ""), ("e", "strike")]),
        ("**a *b* c**", [("a ", "bold"), ("b", "bold italic"), (" c", "bold")]),
        ("***a***", [("a", "bold italic")]),
        ("snake_case_name 2 * 3 * 4", [("snake_case_name 2 * 3 * 4", "")]),
        ("``a`b`` `c`", [("a`b", "code"), (" ", ""), ("c", "code")]),
        ("[a\\]b](https://x.y/(z)) <https://q.w>", [("a]b", "https://x.y/(z)"), (" ", ""), ("https://q.w", "https://q.w")]),
        ("[a](javascript:x) **open", [("[a](javascript:x) **open", "")]),
        ("\\*a\\* &amp; &#64; &nope", [("*a* & @ &nope", "")]),
        ("## Title ##", [("Title", "bold")]),
        ("---", [("———", "")]),
        ("![picture](https://x.y/z.png)", [("picture", "https://x.y/z.png")]),
    ],
)  # fmt: skip
def test_spans(markdown: str, expected: List[Tuple[str, str]]) -> None:
    assert looks(markdown) == expected


def test_lines() -> None:
    found = parse("a\n\n- b\n2. c\n> d\n```py\n*e*\n\n~~~\n```\nf  ")
    assert [(line.kind, line.start, line.text) for line in found] == [
        ("text", "", "a"), ("text", "", ""), ("text", "• ", "• b"), ("text", "2. ", "2. c"), ("quote", "", "d"),
        ("code", "", "*e*"), ("code", "", ""), ("code", "", "~~~"), ("text", "", "f"),
    ]  # fmt: skip


@examples(200)
@given(
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60) | st.text("*_`~[]()<>&#;:/!\\ ab1-.", max_size=60)
)
def test_what_a_player_typed_is_one_plain_span(typed: str) -> None:
    line = " ".join(typed.split())
    assert parse(escape(line)) == ([Line("text", (Span(line),))] if line else [])


@examples(200)
@given(st.text("*_`~[](https://)<>&#;!\\ ab1-.\n", max_size=200))
def test_any_text_is_read(markdown: str) -> None:
    assert isinstance(plain_of(markdown), str)


def test_marks_touch_their_text() -> None:
    assert wrapped(" a b ", "*", "*") == " *a b* "
    assert wrapped("  ", "*", "*") == "  "
