"""One text in its many spellings: percent-encoded, JSON-escaped, as HTML, in other case, with white space in between.

Services echo a request in the spelling of their own language: PHP writes ``\\/``, Go ``\\u0026``. Two spellings of a
text have the same :class:`View`, which knows the place of each of its characters in the text.
"""

from __future__ import annotations

import html
import re
from typing import Callable, Dict, List, Match, NamedTuple, Sequence, Tuple

__all__ = ["View", "views"]

_ROUNDS = 6
"""Encodings around each other that are undone; some services encode twice."""

_ESCAPE = re.compile(
    r"(?P<utf8>(?:%|\\x)[c-f][0-9a-f](?:(?:%|\\x)[89ab][0-9a-f]){1,3})"
    r"|(?:%|\\x)(?P<byte>[0-9a-f]{2})"
    r"|(?P<utf16>\\u+d[89ab][0-9a-f]{2}\\u+d[c-f][0-9a-f]{2})"
    r"|\\u+(?P<unit>[0-9a-f]{4})"
    r"|\\u+\{(?P<point>[0-9a-f]{1,6})\}"
    r"|(?-i:\\U)(?P<long>[0-9a-f]{8})"
    r"|\\(?P<octal>[0-3][0-7]{2})"
    r"|\\(?P<control>[abfnrtv])"
    r"|\\(?P<char>[^\w\s])"
    r"|(?P<entity>&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s")
_MAY_BE_ESCAPED = re.compile(r"[%\\&]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f\x7f]")


class View(NamedTuple):
    """A text in one spelling: lower case, its escapes undone.

    Character ``i`` stands for the characters from ``starts[i]`` to ``ends[i]`` of the text itself.
    """

    chars: str
    starts: Sequence[int]
    ends: Sequence[int]


def views(text: str) -> Sequence[Tuple[View, bool]]:
    """The different views of a text, each with whether its white space is left out.

    As it is, and with each further encoding undone, since a secret may look like an escape; with its white space and
    without.
    """
    found = [View(text, range(len(text)), range(1, len(text) + 1))]
    while _MAY_BE_ESCAPED.search(found[-1].chars) and len(found) <= _ROUNDS:
        decoded = _replaced(_ESCAPE, found[-1], _meaning)
        if decoded.chars == found[-1].chars:
            break
        found.append(decoded)
    found = [_without(_INVISIBLE, _folded(view)) for view in found]
    different: Dict[str, Tuple[View, bool]] = {view.chars: (view, False) for view in found}
    for view in found:
        joined = _without(_SPACE, view)
        different.setdefault(joined.chars, (joined, True))
    return list(different.values())


def _folded(view: View) -> View:
    folded = view.chars.casefold()
    if len(folded) == len(view.chars):  # folding makes no text shorter
        return view._replace(chars=folded)
    return _replaced(re.compile(r"."), view, lambda match: match[0].casefold())


def _without(pattern: re.Pattern[str], view: View) -> View:
    return _replaced(pattern, view, lambda match: "") if pattern.search(view.chars) else view


def _replaced(pattern: re.Pattern[str], view: View, replacement: Callable[[Match[str]], str]) -> View:
    """The view with each match replaced. All characters of a replacement stand for the whole match."""
    chars: List[str] = []
    starts: List[int] = []
    ends: List[int] = []
    at = 0
    for match in pattern.finditer(view.chars):
        begin, end = match.span()
        new = replacement(match)
        chars += (view.chars[at:begin], new)
        starts += [*view.starts[at:begin], *[view.starts[begin]] * len(new)]
        ends += [*view.ends[at:begin], *[view.ends[end - 1]] * len(new)]
        at = end
    if not at:
        return view
    chars.append(view.chars[at:])
    return View("".join(chars), [*starts, *view.starts[at:]], [*ends, *view.ends[at:]])


def _meaning(match: Match[str]) -> str:
    kind, written = str(match.lastgroup), match[match.lastgroup or 0]
    if kind == "utf8":
        code = bytes.fromhex(re.sub(r"%|\\x", "", written, flags=re.IGNORECASE))
        try:
            return code.decode("utf-8")
        except UnicodeDecodeError:
            return code.decode("latin-1")
    if kind == "utf16":
        high, low = (int(half, 16) for half in re.findall(r"[0-9a-f]{4}", written, re.IGNORECASE))
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    if kind in ("byte", "unit", "point", "long"):
        code_point = int(written, 16)
        return chr(code_point) if code_point < 0x110000 else match[0]
    if kind == "octal":
        return chr(int(written, 8))
    if kind == "control":
        return " " if written in "fnrtv" else ""
    return html.unescape(written) if kind == "entity" else written
