"""Placeholders of examples that were left in a config, such as ``<key>``."""

from __future__ import annotations

import re
from typing import Any, Iterator, Mapping, Tuple

from prime_notify.config.problem import Location
from prime_notify.loading.secrecy import Secrecy, secrecy_at
from prime_notify.text.wording import Wording

__all__ = ["placeholders"]

_BRACKETED = re.compile(r"<[A-Za-z_\u4e00-\u9fff][\w ./\u4e00-\u9fff-]{0,40}>")  # <key>
_PLACEHOLDER = re.compile(
    _BRACKETED.pattern + r"|(?<![A-Za-z0-9])(?:YOUR|ENTER|INSERT|REPLACE|CHANGE)[_-](?:\w|-){2,40}"  # YOUR_KEY
    r"|(?i:(?<![A-Za-z0-9])your[_-]?(?:\w{1,20}[_-])?(?:key|token|secret|id|webhook|password|url|domain)(?![a-z]))"
    r"|(?<![A-Za-z0-9])(?:[xX]{3,}|\*{3,})(?:-[xX*]{3,})*(?![A-Za-z0-9])"  # xxx, xxxx-xxxx
    r"|(?<=[/=:\w-])\.{3}|…"  # T.../B.../..., xoxb-...
    r"|(?i:\b(?:replace|change)[_ -]?me\b)"
    r"|(?:你的|您的|此处填写|填写|替换为|请替换)[\w\u4e00-\u9fff]{0,20}"
)
_REFERENCES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\$\{[^{}]*\}", re.DOTALL)
_LONGEST = 40
_PROSE = ("actions", "body", "filter", "form", "name", "templates")
"""Options with texts of the owner's own, in which such signs mean nothing."""


def placeholders(endpoint: Mapping[str, Any], model: Any) -> Iterator[Tuple[Location, Wording]]:
    """The place of each secret with a placeholder in it, and the remedy."""
    yield from _in(endpoint, (), model)


def _in(value: object, at: Location, model: Any) -> Iterator[Tuple[Location, Wording]]:
    if isinstance(value, dict) and list(value) != ["file"]:
        for key, inner in value.items():
            if key not in _PROSE:
                yield from _in(inner, (*at, key), model)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _in(inner, (*at, index), model)
    elif isinstance(value, str):
        secrecy = secrecy_at(model, at)
        pattern = _PLACEHOLDER if secrecy is Secrecy.SECRET else _BRACKETED
        match = None if secrecy is Secrecy.PUBLIC else pattern.search(_REFERENCES.sub("", value))
        if match:
            yield at, _remedy(match[0][:_LONGEST])


def _remedy(found: str) -> Wording:
    """The remedy. The placeholder is part of its text, not a value of it, which would be masked as the secret."""
    shown = found.replace("{", "{{").replace("}", "}}")
    if found.startswith("<"):
        english, chinese = (
            f"replace {shown} by your own, brackets included",
            f"请把 {shown} 换成自己的内容，尖括号也要去掉",
        )
    else:
        english, chinese = f"replace {shown} by your own", f"请把 {shown} 换成自己的内容"
    return Wording(english, chinese)
