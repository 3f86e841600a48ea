"""Telegram's HTML: https://core.telegram.org/bots/api#html-style

Telegram finds names, addresses, hashtags and commands in plain text by itself, and notifies the people who are named.
It finds none in ``<code>``, so each word in which it might find one is set in ``<code>``. People can still read and
copy it.
"""

from __future__ import annotations

import html
import re
from typing import Iterator, Tuple

from prime_notify.text.cutting import units
from prime_notify.text.rich import Span

__all__ = ["bold", "code", "escape", "pre", "size", "span", "text"]

_WORDS = re.compile(r"(\s+)")
_FINDS = re.compile(
    r"[@/$]"  # names, mail, addresses with a scheme, commands, cashtags
    r"|#(?!\d+\b)"  # hashtags; never digits alone
    r"|\w\.(?=[^\W\d_])"  # example.com
    r"|\d\.\d+\.\d+\.\d"  # 127.0.0.1
)
_TAG = re.compile("<[^>]*>")


def escape(plain: str) -> str:
    """A text for the place between tags, and for attributes in double quotes."""
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def text(plain: str) -> str:
    """Plain text in which Telegram finds nothing."""
    return "".join(code(part) if found else escape(part) for part, found in _parts(plain))


def bold(plain: str) -> str:
    """The same in bold, but for the words in ``<code>``, which cannot be bold."""
    return "".join(code(part) if found else f"<b>{escape(part)}</b>" for part, found in _parts(plain))


def span(one: Span) -> str:
    """A span of the owner's text, with the owner's links. Other words in which Telegram finds something are code."""
    tags = [tag for tag, is_so in (("b", one.bold), ("i", one.italic), ("s", one.strike)) if is_so]
    before, after = "".join(f"<{tag}>" for tag in tags), "".join(f"</{tag}>" for tag in reversed(tags))
    if one.url:
        return f'{before}<a href="{escape(one.url)}">{escape(one.text)}</a>{after}'
    if one.code:
        return code(one.text)
    return "".join(code(part) if found else f"{before}{escape(part)}{after}" for part, found in _parts(one.text))


def code(plain: str) -> str:
    return f"<code>{escape(plain)}</code>"


def pre(plain: str) -> str:
    """A block of code."""
    return f"<pre>{escape(plain)}</pre>"


def size(markup: str) -> int:
    """UTF-16 code units of the shown text: Telegram resolves entities and tags before it counts."""
    return units(html.unescape(_TAG.sub("", markup)))


def _parts(plain: str) -> Iterator[Tuple[str, bool]]:
    """Runs of words and spaces, and whether Telegram might find something in them."""
    run = ""
    for part in _WORDS.split(plain):
        if not _FINDS.search(part):
            run += part
            continue
        if run:
            yield run, False
        yield part, True
        run = ""
    if run:
        yield run, False
