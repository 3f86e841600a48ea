"""The owner's Markdown, read into lines and spans, for services that have another rich text.

The part of CommonMark that people write in a notification: headings, lists, quotes, code, bold, italic, strike-through
and links. What a player typed is escaped in it (:func:`prime_notify.text.markdown.escape`), so it stays text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from typing import Callable, Iterator, List, NamedTuple, Tuple

from prime_notify.text.markdown import link_target, look_alike

__all__ = ["Line", "Span", "look_alike_markdown", "parse", "plain_of", "rendered", "wrapped"]

_LONGEST = 64 * 1024  # characters
_LINE = 4096  # characters; a longer one is text
_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*")
_RULE = re.compile(r"\s{0,3}([-*_])(?:\s*\1){2,}\s*")
_ITEM = re.compile(r"(\s*)([-*+]|\d{1,9}[.)])\s+(.*)")
_QUOTE = re.compile(r"\s{0,3}>\s?(.*)")
_INLINE = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<ticks>`+)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|!?\[(?P<label>(?:\\.|[^\[\]\\])*)\]\(\s*<?(?P<url>https?://(?:[^\s()<>]|\([^\s()<>]*\))+)>?\s*\)"
    r"|<(?P<address>https?://[^\s<>]+)>"
    r"|(?P<star>\*\*|\*|~~)(?=\S)(?P<starred>(?:\\.|[^\\])+?)(?<=\S)(?P=star)(?!\*)"
    r"|(?<!\w)(?P<line>__|_)(?=\S)(?P<lined>(?:\\.|[^\\])+?)(?<=\S)(?P=line)(?!\w)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
)


@dataclass(frozen=True)
class Span:
    """Text of one look. ``url``: of a link."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    url: str = ""


class Line(NamedTuple):
    """One line. ``kind``: text, quote, or code, whose neighbours are one block. ``start``: the mark of an item."""

    kind: str
    spans: Tuple[Span, ...]
    start: str = ""

    @property
    def text(self) -> str:
        return self.start + "".join(span.text for span in self.spans)


def parse(markdown: str) -> List[Line]:
    """The lines of a text in Markdown. Total: what is no markup is text."""
    lines: List[Line] = []
    fence = ""
    for raw in markdown[:_LONGEST].splitlines():
        found = _FENCE.match(raw)
        if fence:
            if found and found[1].startswith(fence) and not raw.strip(fence[0] + " \t"):
                fence = ""
            else:
                lines.append(Line("code", (Span(raw, code=True),)))
        elif found:
            fence = found[1]
        else:
            lines.append(_line(raw.rstrip()))
    return lines


def plain_of(markdown: str) -> str:
    """The text without its markup."""
    return "\n".join(line.start + "".join(map(_plain, line.spans)) for line in parse(markdown)).strip()


def _plain(span: Span) -> str:
    return span.text if span.url in ("", span.text) else f"{span.text} ({span.url})"


def rendered(
    markdown: str,
    span: Callable[[Span], str],
    block: Callable[[str], str],
    quote: Callable[[str], str],
    end: str = "\n",
) -> str:
    """The text in another markup. ``block``: of the raw text of a block of code. ``quote``: of a quoted line."""
    parts: List[str] = []
    code: List[str] = []
    for line in [*parse(markdown), None]:
        if line is not None and line.kind == "code":
            code.append(line.text)
            continue
        if code:
            parts.append(block("\n".join(code)))
            code = []
        if line is not None:
            text = span(Span(line.start)) * bool(line.start) + "".join(map(span, line.spans))
            parts.append(quote(text) if line.kind == "quote" else text)
    return end.join(parts).strip()


def wrapped(text: str, before: str, after: str) -> str:
    """The text between marks, which must touch it: spaces at its ends go outside."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return f"{text[:start]}{before}{inner}{after}{text[start + len(inner) :]}"


def look_alike_markdown(markdown: str, end: str = "\n") -> str:
    """The owner's Markdown for services that render Markdown but cannot escape it (:func:`look_alike`)."""

    def block(code: str) -> str:
        return end.join(f"> {look_alike(line)}" for line in code.splitlines())

    return rendered(markdown, _look_alike_span, block, lambda line: f"> {line}", end)


def _look_alike_span(span: Span) -> str:
    inner = span.text.strip()
    start = span.text.index(inner)
    text = span.text[:start] + look_alike(inner) + span.text[start + len(inner) :]
    if span.url:
        text = wrapped(text, "[", f"]({link_target(span.url)})")
    return wrapped(text, "**", "**") if span.bold else text


def _line(raw: str) -> Line:
    if len(raw) > _LINE:
        return Line("text", (Span(raw),))
    if _RULE.fullmatch(raw):
        return Line("text", (Span("———"),))
    heading = _HEADING.fullmatch(raw)
    if heading:
        return Line("text", _spans(heading[1], Span("", bold=True)))
    quoted = _QUOTE.fullmatch(raw)
    if quoted:
        return Line("quote", _spans(quoted[1], Span("")))
    item = _ITEM.fullmatch(raw)
    if item:
        mark = f"{item[2]} " if item[2][0].isdigit() else "• "
        return Line("text", _spans(item[3], Span("")), f"{item[1]}{mark}")
    return Line("text", _spans(raw[:-1] if raw.endswith("\\") and not raw.endswith("\\\\") else raw, Span("")))


def _spans(text: str, look: Span) -> Tuple[Span, ...]:
    """The spans of a line; neighbours of one look are one."""
    joined: List[Span] = []
    for span in _found(text, look):
        if joined and replace(joined[-1], text="") == replace(span, text="") and not span.code:
            joined[-1] = replace(span, text=joined[-1].text + span.text)
        elif span.text:
            joined.append(span)
    return tuple(joined)


def _found(text: str, look: Span) -> Iterator[Span]:
    end = 0
    for match in _INLINE.finditer(text):
        yield replace(look, text=text[end : match.start()])
        end = match.end()
        yield from _inside(match, look)
    yield replace(look, text=text[end:])


def _inside(match: re.Match[str], look: Span) -> Iterator[Span]:
    found = match.groupdict()
    if found["code"] is not None:
        code = found["code"]
        yield replace(look, text=code[1:-1] if code.strip() and code[0] == code[-1] == " " else code, code=True)
    elif found["url"] is not None:
        label = "".join(span.text for span in _spans(found["label"], Span(""))) or found["url"]
        yield replace(look, text=label, url=html.unescape(found["url"]))
    elif found["address"] is not None:
        yield replace(look, text=found["address"], url=html.unescape(found["address"]))
    elif found["star"] or found["line"]:
        mark, inner = found["star"] or found["line"], found["starred"] or found["lined"]
        changed = replace(
            look,
            bold=look.bold or mark in ("**", "__"),
            italic=look.italic or mark in ("*", "_"),
            strike=look.strike or mark == "~~",
        )
        yield from _found(inner, changed)
    else:
        yield replace(look, text=found["escaped"] or html.unescape(found["entity"]))
