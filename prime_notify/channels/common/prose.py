"""A message as running text, plain or in Markdown, for services that show one text rather than fields.

A text is cut at its end, where the least important lines stand.
"""

from __future__ import annotations

import re
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

from prime_notify.channels.common.layout import colon
from prime_notify.config.message_options import Action
from prime_notify.model.fact import IN_TITLE
from prime_notify.model.notification import Message
from prime_notify.model.payload import Payload
from prime_notify.text.cutting import cut, cut_chars
from prime_notify.text.markdown import escape

__all__ = [
    "Fits",
    "collapse_spaces",
    "last_lines",
    "links_text",
    "markdown_link",
    "markdown_text",
    "plain_text",
    "traceback_of",
]

Fits = Callable[[str], bool]
"""Whether a text is short enough. When a text is, every beginning of it must be, too."""

_LONGEST = 64 * 1024  # characters; no service takes more
_LINE = 4096  # characters
_BACKTICKS = re.compile("`+")


def plain_text(message: Message, fits: Fits, traceback: Optional[str] = None) -> str:
    """The notification's body, and the end of ``traceback`` below it."""
    return with_traceback(cut(message.texts.body[:_LONGEST], fits), traceback, fits, markdown=False)


def markdown_text(message: Message, fits: Fits, traceback: Optional[str] = None) -> str:
    """A list of the facts, and the end of ``traceback`` below it. Nothing that a player typed is markup in it.

    A message without facts, or with a body by the owner's template, becomes a list of the lines of its body. The
    owner's own Markdown stays as it is, where it fits.
    """
    own = message.custom_markdown or ""
    if own and fits(own):
        return with_traceback(own, traceback, fits, markdown=True)
    return with_traceback(_filled(list(_items(message)), fits), traceback, fits, markdown=True)


def with_traceback(text: str, traceback: Optional[str], fits: Fits, *, markdown: bool) -> str:
    """``text`` with as many of the last lines of ``traceback`` below it as fit."""
    before, after = "\n\n", ""
    if markdown:
        longest = max((len(run) for run in _BACKTICKS.findall(traceback or "")), default=0)
        fence = "`" * max(3, longest + 1)
        before, after = f"\n\n{fence}text\n", f"\n{fence}"
    tail = last_lines(traceback or "", lambda lines: fits(text + before + lines + after))
    return text + before + tail + after if tail else text


def links_text(actions: Sequence[Action], *, markdown: bool = False) -> str:
    """A line for each action, to stand below a text; empty without actions."""
    lines = [markdown_link(one) if markdown else f"{one.label}: {one.url}" for one in actions]
    return "\n\n" + "\n".join(lines) if lines else ""


def markdown_link(action: Action) -> str:
    """``[label](<url>)``, on a line of its own (two spaces end a line in Markdown)."""
    url = action.url.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E")
    return f"[{escape(action.label)}](<{url}>)  "


def collapse_spaces(text: str) -> str:
    """Line breaks and runs of spaces become single spaces."""
    return " ".join(text[:_LONGEST].split())


def last_lines(text: str, fits: Fits) -> str:
    """As many whole lines from the end as fit: the end of a traceback names the error."""
    lines = text.rstrip()[-_LONGEST:].splitlines()

    def last(count: int) -> str:
        left_out = ["…"] if count < len(lines) else []
        return "\n".join([*left_out, *lines[len(lines) - count :]])

    low, high = 0, len(lines) + 1  # `low` lines fit, `high` do not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(last(middle)) else (low, middle)
    return last(low) if low else cut(lines[-1] if lines else "", fits)


def traceback_of(payload: Payload, *, wanted: bool) -> Optional[str]:
    """The traceback of a failure, where it is ``wanted``."""
    return payload.error.traceback if wanted and payload.error else None


def _items(message: Message) -> Iterator[Tuple[str, str]]:
    """The beginning of each line in Markdown, and the text after it, not escaped yet."""
    facts = () if message.custom_body is not None else message.facts
    if not facts:
        for line in message.texts.body[:_LONGEST].splitlines():
            yield "- ", cut_chars(line, _LINE)
    separator = colon(message.language)
    for fact in facts:
        if fact.kind in IN_TITLE:
            continue
        first, *more = [cut_chars(line, _LINE) for line in fact.value[:_LONGEST].splitlines()] or [""]
        yield f"- **{escape(fact.label)}**{separator}", first
        for line in more:
            yield "  - ", line


def _filled(items: Sequence[Tuple[str, str]], fits: Fits) -> str:
    """As many lines as fit. The first line that does not fit is cut before it is escaped, so no escape is torn
    apart.
    """
    lines: List[str] = []
    for start, raw in items:

        def with_line(text: str, start: str = start) -> str:
            return "\n".join([*lines, start + escape(text)])

        kept = cut(raw, lambda text: fits(with_line(text)))
        if kept:
            lines.append(start + escape(kept))
        if kept != raw:
            break
    return "\n".join(lines)
