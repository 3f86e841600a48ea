"""Checks of a webhook's options: statuses, and bodies that are texts."""

from __future__ import annotations

import re
from typing import Any, Optional

from prime_notify.templates import Mode, check_template, is_expression
from prime_notify.text.wording import Wording

__all__ = ["as_text", "check_text_body", "mode_of", "statuses", "statuses_in", "template"]

_STATUS = re.compile(r"([1-5])(?:xx|(\d\d)(?:-([1-5]\d\d))?)")
_MARKUP = re.compile(r"[/+](xml|html)\b", re.IGNORECASE)


def statuses(text: str) -> str:
    """Returns the text.

    :raises ValueError: it means no HTTP status.
    """
    if not statuses_in(text):
        raise ValueError(
            Wording(
                'write a status or a range of them: 204, "200-299" or "2xx"',
                '请写一个状态码或一个范围：204、"200-299" 或 "2xx"',
            )
        )
    return text


def statuses_in(text: str) -> range:
    """The HTTP statuses that ``204``, ``200-299`` or ``2xx`` mean; none for anything else."""
    match = _STATUS.fullmatch(text.strip().lower())
    if match is None:
        return range(0)
    if match[2] is None:
        return range(int(match[1]) * 100, int(match[1]) * 100 + 100)
    first = int(match[1] + match[2])
    return range(first, int(match[3] or first) + 1)


def check_text_body(body: str, content_type: Optional[str]) -> None:
    """A text whose format has a syntax can be broken by the values in it. A JSON value or a form cannot."""
    if content_type is None:
        check_template(body)
        if not is_expression(body):
            raise ValueError(
                Wording(
                    'write "body" as a JSON value: {{"text": "{{{{ title }}}}"}}; or add a "content_type", '
                    'such as "text/plain"',
                    '请把 "body" 写成 JSON 值：{{"text": "{{{{ title }}}}"}}；或添加 "content_type"，例如 "text/plain"',
                )
            )
    elif "json" in content_type.lower():
        raise ValueError(
            Wording(
                'write "body" as a JSON value, not as text: {{"text": "{{{{ title }}}}"}}',
                '请把 "body" 写成 JSON 值，而不是文本：{{"text": "{{{{ title }}}}"}}',
            )
        )
    elif "x-www-form-urlencoded" in content_type.lower():
        raise ValueError(
            Wording(
                'write "form": {{"text": "{{{{ title }}}}"}} instead of "body"',
                '请用 "form": {{"text": "{{{{ title }}}}"}} 代替 "body"',
            )
        )
    else:
        check_template(body, mode_of(content_type))


def mode_of(content_type: str) -> Mode:
    """The escaping of values in a text of this type."""
    return Mode.XML if _MARKUP.search(content_type) else Mode.TEXT


def template(source: str) -> str:
    """The source of a template, once it is checked."""
    check_template(source)
    return source


def as_text(value: Any) -> Any:
    """``true`` and numbers, which people write without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value
