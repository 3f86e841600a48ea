"""The content of a mail: as plain text, and as HTML that mail clients show alike, in light and dark.

Clients ignore most of CSS (https://www.caniemail.com): tables make the layout, each element has its own style, and
nothing is loaded. Text has no colour of its own, nor has the ground: a dark client inverts both, or knows
``color-scheme``. The colours that there are can be read on white and on black.
"""

from __future__ import annotations

import html
import re
from typing import Iterator, List, Mapping, Optional, Sequence

from prime_notify.channels.common.layout import Content, colon
from prime_notify.channels.common.urgency import Tone
from prime_notify.config.message_options import Action
from prime_notify.model.fact import Fact, FactKind
from prime_notify.text.rich import Span, plain_of, rendered

__all__ = ["html_of", "inert", "text_of"]

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue','PingFang SC','Microsoft YaHei',Arial,sans-serif"
_MONO = "font-family:Menlo,Consolas,'Courier New',monospace"
_GREY = "#777777"
_LINE = "#9aa0a6"
_LINK = "#2f7de1"
_TONES: Mapping[Tone, str] = {
    Tone.GOOD: "#1f9d61",
    Tone.WARNING: "#d98a00",
    Tone.BAD: "#e01e3c",
    Tone.RUNNING: "#2f7de1",
}
_BELOW = (FactKind.SERVER, FactKind.TIME)
_FOOTER = "Prime Notify"

_LIVE = re.compile(r"(?<=:/)(?=/)|(?<=www)(?=\.)|(?<=[A-Za-z0-9])(?=@[A-Za-z0-9])", re.IGNORECASE)
_DOT = re.compile(r"(?<=[A-Za-z0-9])(?=\.[A-Za-z]{2})")
_BREAK = "\u200b"
"""Invisible: mail clients make links of addresses in plain text, also of those that a player typed."""

_TYPED = (FactKind.COMMENT, FactKind.OPERATOR, FactKind.SOURCE, FactKind.CREATOR, FactKind.TARGETS, FactKind.TAGS)
"""Facts that players type. A file name in an error stays as it is, so that it can be copied."""


def inert(text: str) -> str:
    """The text without anything that a mail client would make a link of: addresses of the web and of mail."""
    return _LIVE.sub(_BREAK, text)


def text_of(content: Content, language: str) -> str:
    """The mail in plain text: what needs a place of its own first, then the other facts, one a line."""
    separator = colon(language)
    blocks = [f"{_label(fact, separator)}{_value(fact)}" for fact in content.blocks]
    cells = "\n".join(f"{_label(fact, separator)}{_value(fact)}" for fact in content.cells)
    links = "\n".join(f"{action.label}{separator}{action.url}" for action in content.actions)
    parts = [inert(content.title), *blocks, cells, inert(content.traceback), links, f"-- \n{_FOOTER}"]
    return "\n\n".join(filter(None, parts)) + "\n"


def _label(fact: Fact, separator: str) -> str:
    return f"{fact.label}{separator}" + ("\n" if "\n" in fact.value else "")


def _value(fact: Fact) -> str:
    text = plain_of(fact.markdown) if fact.markdown else fact.value
    text = _DOT.sub(_BREAK, text) if fact.kind in _TYPED else text
    return text if fact.markdown else inert(text)


def html_of(content: Content, tone: Tone, language: str) -> str:
    """The mail in HTML. The reason of a failure stands first, in a frame; the other facts are rows of a table."""
    rows = [
        f'<tr><td height="6" bgcolor="{_TONES[tone]}" style="height:6px;line-height:6px;font-size:1px">&nbsp;</td>'
        "</tr>",
        _row(f'<span style="font-size:20px;font-weight:bold">{_escaped(content.title)}</span>', "20px 0 4px 0"),
        *(_block(fact, tone) for fact in content.blocks),
        *_table([fact for fact in content.cells if fact.kind not in _BELOW]),
        *_trace(content.traceback),
        *_buttons(content.actions, tone),
        _footer([fact for fact in content.cells if fact.kind in _BELOW]),
    ]
    code = "zh-CN" if language == "zh_cn" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n'
        f"<title>{html.escape(content.title)}</title>\n</head>\n"
        '<body style="margin:0;padding:0">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">\n'
        '<tr><td align="center" style="padding:16px">\n'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="max-width:600px;text-align:left;{_FONT};font-size:15px;line-height:1.5">\n'
        + "\n".join(rows)
        + "\n</table>\n</td></tr>\n</table>\n</body>\n</html>\n"
    )


def _row(inner: str, padding: str) -> str:
    return f'<tr><td dir="auto" style="padding:{padding};word-break:break-word">{inner}</td></tr>'


def _block(fact: Fact, tone: Tone) -> str:
    """A fact in a frame of its own. The error looks like code, and has the colour of the message."""
    is_error = fact.kind is FactKind.ERROR
    colour, font = (_TONES[tone], f";{_MONO};font-size:14px") if is_error else (_LINE, "")
    label = f'<span style="font-size:13px;color:{_GREY}">{_escaped(fact.label)}</span><br>'
    return (
        '<tr><td style="padding:12px 0 0 0"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'border="0"><tr><td dir="auto" style="border-left:4px solid {colour};padding:2px 0 2px 12px;'
        f'word-break:break-word">{label}<span style="font-weight:normal{font}">{_shown(fact)}</span>'
        "</td></tr></table></td></tr>"
    )


def _table(facts: List[Fact]) -> Iterator[str]:
    if not facts:
        return
    cell = f"padding:5px 0;vertical-align:top;border-bottom:1px solid {_LINE}"
    rows = "".join(
        f'<tr><td width="32%" style="{cell};padding-right:12px;color:{_GREY}">{_escaped(fact.label)}</td>'
        f'<td dir="auto" style="{cell};word-break:break-word">{_shown(fact)}</td></tr>'
        for fact in facts
    )
    yield (
        '<tr><td style="padding:16px 0 0 0"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" '
        f'border="0" style="border-top:1px solid {_LINE}">{rows}</table></td></tr>'
    )


def _trace(traceback: str) -> Iterator[str]:
    if traceback:
        lines = "<br>".join(_indented(line) for line in traceback.split("\n"))
        yield _row(f'<span style="{_MONO};font-size:12px;line-height:1.4">{lines}</span>', "16px 0 0 0")


def _indented(line: str) -> str:
    inner = line.lstrip(" ")
    return "&nbsp;" * (len(line) - len(inner)) + _escaped(inner)


def _buttons(actions: Sequence[Action], tone: Tone) -> Iterator[str]:
    colour = _TONES[tone] if tone is Tone.BAD else _LINK
    for action in actions:
        link = (
            f'<a href="{html.escape(action.url)}" style="display:inline-block;padding:9px 18px;color:#ffffff;'
            f'text-decoration:none;font-weight:bold">{html.escape(action.label)}</a>'
        )
        yield (
            '<tr><td style="padding:16px 0 0 0"><table role="presentation" cellpadding="0" cellspacing="0" border="0">'
            f'<tr><td bgcolor="{colour}" style="border-radius:6px">{link}</td></tr></table></td></tr>'
        )


def _footer(facts: List[Fact]) -> str:
    said = " · ".join([*(_escaped(fact.value) for fact in facts), _FOOTER])
    return _row(f'<span style="font-size:12px;color:{_GREY}">{said}</span>', "20px 0 0 0")


def _shown(fact: Fact) -> str:
    """The value as HTML: the owner's Markdown, or escaped."""
    own = rendered(fact.markdown, _span, _code, lambda line: f"› {line}", "<br>")
    if own:
        return own
    typed = fact.kind in _TYPED
    return "<br>".join(_escaped(line, typed=typed) for line in fact.value.split("\n"))


def _code(code: str) -> str:
    lines = "<br>".join(map(_indented, code.split("\n")))
    return f'<span style="{_MONO};font-size:13px">{lines}</span>'


def _span(span: Span) -> str:
    text = _escaped(span.text)
    for tag, is_so in (("code", span.code), ("s", span.strike), ("i", span.italic), ("b", span.bold)):
        text = f"<{tag}>{text}</{tag}>" if is_so else text
    return f'<a href="{html.escape(span.url)}" style="color:{_LINK}">{text}</a>' if span.url else text


def _escaped(text: Optional[str], *, typed: bool = False) -> str:
    text = inert(text or "")
    return html.escape(_DOT.sub(_BREAK, text) if typed else text)
