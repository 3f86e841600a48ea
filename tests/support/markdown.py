"""Markdown as independent parsers read it."""

from __future__ import annotations

from typing import Iterable, Set

from markdown_it import MarkdownIt
from markdown_it.token import Token

__all__ = ["HARMLESS", "PARSERS", "kinds"]

PARSERS = [MarkdownIt("commonmark"), MarkdownIt("gfm-like")]
HARMLESS = {"bullet_list_open", "list_item_open", "paragraph_open", "inline", "strong_open", "text", "softbreak"}
"""What a list of facts consists of."""


def kinds(tokens: Iterable[Token]) -> Set[str]:
    """The kinds of all tokens, however deep."""
    return {
        kind for token in tokens for kind in [token.type, *kinds(token.children or [])] if not kind.endswith("_close")
    }
