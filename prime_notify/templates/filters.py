"""The filters of templates, as in ``{{ backup.stored_size|size }}``. Each is pure, and its result is bounded.

None of them gets an absent field, except those in :data:`TAKES_ABSENT`.
"""

from __future__ import annotations

import datetime
import html
import math
import re
from typing import Any, Callable, Dict, List, Optional
from urllib.parse import quote

from prime_notify.templates.budget import LONGEST_VALUE, TOO_LONG, TemplateFailure
from prime_notify.text import humanize
from prime_notify.text.cutting import boundary_before
from prime_notify.text.json_text import to_json
from prime_notify.text.markdown import escape, escape_for_discord
from prime_notify.text.plain import legible
from prime_notify.text.time_zone import time_zone
from prime_notify.text.wording import Wording

__all__ = ["FILTERS", "TAKES_ABSENT", "ZONED", "Safe", "as_json", "as_text"]

_DIRECTIVES = re.compile(r"(?:[^%]|%[aAbBdHIjmMpSyYzZ%f])*")  # without widths: "%999999999d" would fill the memory
_LONGEST_FORMAT = 100
_UTC = datetime.timezone.utc
_LARGEST = 10**15  # of a number that is shown as a size, a time or a date


class Safe(str):
    """A text that is Markdown already. A Markdown template does not escape it again."""

    __slots__ = ()


def as_text(value: Any) -> str:
    """A value as the output shows it: ``true`` rather than ``True``, lists and objects as JSON, None as nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else as_json(value)


def as_json(value: Any) -> str:
    """Compact JSON of any value."""
    return to_json(value).decode("utf-8")


def _number(value: Any) -> float:
    try:
        number = float(value) if isinstance(value, (int, float, str)) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not -_LARGEST < number < _LARGEST:
        raise TemplateFailure(
            Wording(
                '"{value}" is no number that can be shown so',
                '"{value}" 不是可以这样显示的数字',
                value=as_text(value)[:40],
            )
        )
    return number


def _size(value: Any) -> str:
    return humanize.size(max(0, round(_number(value))))


def _duration(value: Any) -> str:
    return humanize.duration(max(0.0, _number(value)))


def _count(value: Any) -> str:
    return humanize.count(round(_number(value)))


def _date(value: Any, format: str = "%Y-%m-%d %H:%M:%S", zone: str = "local") -> str:
    """A formatted time, of unix seconds or of the payload's ``timestamp``. A text (``backup.date``) stays as it is.

    ``zone``: by default the configured one, which :data:`ZONED` filters get.
    """
    if isinstance(value, dict):
        value = value.get("unix", "")
    if isinstance(value, str):
        return value
    if len(format) > _LONGEST_FORMAT or not _DIRECTIVES.fullmatch(format):
        raise TemplateFailure(Wording("date needs a format such as '%Y-%m-%d %H:%M'", "date 的格式如 '%Y-%m-%d %H:%M'"))
    moment = datetime.datetime(1970, 1, 1, tzinfo=_UTC) + datetime.timedelta(seconds=_number(value))
    local = moment.astimezone(_zone(zone))
    # Each directive by itself: Windows encodes the text between them in its code page, or fails
    return re.sub("%.", lambda directive: local.strftime(directive[0]), format)


def _zone(name: str) -> Optional[datetime.tzinfo]:
    if name == "local":
        return None
    try:
        return time_zone(name)
    except ValueError:
        raise TemplateFailure(
            Wording(
                "date needs the zone 'local' or 'utc', a name such as 'Asia/Shanghai', or an offset such as '+08:00'",
                "date 的时区为 'local'、'utc'、名称（如 'Asia/Shanghai'）或偏移（如 '+08:00'）",
            )
        ) from None


def _truncate(value: Any, length: int = 255, end: str = "…") -> str:
    """At most ``length`` characters including ``end``. Characters that appear as one are kept together."""
    text = as_text(value)
    if len(text) <= length:
        return text
    kept = max(0, length - len(end))
    return text[: boundary_before(text, kept)].rstrip() + end[: max(0, length)]


def _default(value: Any, other: Any = "", empty: bool = False) -> Any:
    return other if value is None or (empty and not value) else value


def _join(value: Any, separator: str = ", ") -> str:
    texts = [as_text(item) for item in _listed(value)]
    if sum(map(len, texts)) + len(separator) * len(texts) > LONGEST_VALUE:
        raise TemplateFailure(TOO_LONG)
    return separator.join(texts)


def _replace(value: Any, old: str, new: str) -> str:
    text = as_text(value)
    if not old or len(text) + text.count(old) * len(new) > LONGEST_VALUE:
        raise TemplateFailure(
            Wording(
                "replace needs a text to look for, and a short one to put there",
                "replace 需要要查找的文本，以及简短的替换文本",
            )
        )
    return text.replace(old, new)


def _listed(value: Any) -> List[Any]:
    if isinstance(value, (list, tuple, dict)):
        return list(value)
    raise TemplateFailure(Wording('"{value}" is no list', '"{value}" 不是列表', value=as_text(value)[:40]))


def _at(value: Any, index: int) -> Any:
    items = value if isinstance(value, str) else _listed(value)
    return items[index] if items else None


def _items(value: Any) -> List[Any]:
    if not isinstance(value, dict):
        raise TemplateFailure(Wording("items needs an object, such as backup.tags", "items 需要对象，例如 backup.tags"))
    return list(value.items())


def _sort(value: Any, reverse: bool = False) -> List[Any]:
    return sorted(_listed(value), key=as_text, reverse=reverse)


def _unique(value: Any) -> List[Any]:
    return list({as_json(item): item for item in _listed(value)}.values())


def _round(value: Any, digits: int = 0) -> Any:
    rounded = round(_number(value), digits)
    return rounded if digits > 0 else int(rounded)


def _markdown(value: Any) -> Safe:
    """Markdown that shows exactly this text, without any link or mention."""
    return Safe("\n".join(escape(line) for line in legible(as_text(value)).split("\n")))


def _discord(value: Any) -> Safe:
    """The same for Discord, which shows entities as they are, and mentions people after a backslash, too."""
    return Safe(escape_for_discord(legible(as_text(value))).replace("\\@", "@\u200b"))


def _text(change: Callable[[str], str]) -> Callable[[Any], str]:
    return lambda value: change(as_text(value))


FILTERS: Dict[str, Callable[..., Any]] = {
    "abs": lambda value: abs(_number(value)),
    "capitalize": _text(str.capitalize),
    "count": _count,
    "date": _date,
    "default": _default,
    "discord": _discord,
    "duration": _duration,
    "escape": _text(lambda text: html.escape(text, quote=False)),
    "first": lambda value: _at(value, 0),
    "float": _number,
    "int": lambda value: int(_number(value)),
    "items": _items,
    "join": _join,
    "json": as_json,
    "last": lambda value: _at(value, -1),
    "length": lambda value: len(value if isinstance(value, str) else _listed(value)),
    "lines": lambda value, most=5: "\n".join(as_text(value).splitlines()[: max(0, most)]),
    "lower": _text(str.lower),
    "markdown": _markdown,
    "one_line": _text(lambda text: " ".join(text.split())),
    "replace": _replace,
    "round": _round,
    "size": _size,
    "sort": _sort,
    "string": as_text,
    "title": _text(str.title),
    "trim": _text(str.strip),
    "truncate": _truncate,
    "unique": _unique,
    "upper": _text(str.upper),
    "urlencode": _text(lambda text: quote(text, safe="", errors="replace")),
}
"""All filters, by name."""

ZONED = {"date": 1}
"""Filters that show times, and the place of the argument ``zone`` after the value, counted from 0."""

TAKES_ABSENT = frozenset(("default", "json"))
"""Filters that get an absent field, as None. The others leave it absent."""
