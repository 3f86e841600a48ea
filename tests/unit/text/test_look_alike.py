"""Look-alikes, parsed back by an independent Markdown parser: they are text and nothing else."""

from __future__ import annotations

import unicodedata
from typing import List, Sequence
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.token import Token

from prime_notify.text.clean import clean_text
from prime_notify.text.markdown import link_target, look_alike
from prime_notify.text.plain import plain
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, typed
from tests.support.markdown import PARSERS

markup = st.text(st.sampled_from("\\`*_{}[]()#+-.!|~<>&@:/=123 aw\n\t\"';"), max_size=30)


def one_line(text: str) -> str:
    """A line as facts have it."""
    return plain(clean_text(text, 4096), 4096)


def honest(children: Sequence[Token]) -> List[Token]:
    """Without what a parser makes a link by itself of a bare domain (evil.com): that shows where it leads."""
    left = []
    for token in children:
        if token.type == "link_open" and token.info == "auto":
            target = str(token.attrs["href"])
        elif token.type != "link_close":
            left.append(token)
            if len(left) > 1 and children[children.index(token) - 1].type == "link_open":
                assert unquote(target) == f"http://{token.content}"
    return left


@examples(200)
@given(text=typed | markup)
def test_whatever_is_typed_is_shown_as_it_is(text: str) -> None:
    line = look_alike(one_line(text))
    for parser in PARSERS:
        for before in ("", "label: ", "> "):
            tokens = parser.parse(before + line)
            kinds = {token.type for token in tokens} - {"blockquote_open", "blockquote_close"}
            assert kinds <= {"paragraph_open", "inline", "paragraph_close"}
            children = honest([child for token in tokens for child in token.children or []])
            assert {child.type for child in children} <= {"text"}
            assert "".join(child.content for child in children) == (before.replace("> ", "") + line).strip()


@given(text=typed)
def test_it_is_the_same_text_to_a_search_that_normalises(text: str) -> None:
    line = one_line(text)
    assert unicodedata.normalize("NFKC", look_alike(line)) == unicodedata.normalize("NFKC", line)


@pytest.mark.parametrize("text", HOSTILE)
def test_nobody_is_called_and_no_tag_is_left(text: str) -> None:
    assert not set(look_alike(text)) & set("<>@[]`*\\")


@pytest.mark.parametrize(
    "text",
    [
        "Backup #42",
        "world_nether",
        "R&D",
        "1.5 GiB",
        "#42",
        "-5",
        "=x",
        "r.0.0.mca",
        "/srv/mc/world",
        "Steve (player)",
        "12:30",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert look_alike(text) == text


def test_the_target_of_a_link_cannot_end_it() -> None:
    target = link_target("https://h/a(b)?c=<d>\\")
    assert target == "https://h/a%28b%29?c=%3Cd%3E%5C"
    [paragraph] = [token for token in PARSERS[0].parse(f"[x]({target})") if token.type == "inline"]
    assert [child.type for child in paragraph.children or []] == ["link_open", "text", "link_close"]
