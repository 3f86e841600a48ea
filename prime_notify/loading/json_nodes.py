"""The values of a JSON text with their places in it, so that one of them is changed and the rest stays as it is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, List, Optional, Tuple

__all__ = ["Member", "Node", "parsed"]

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass
class Member:
    """A member of an object. ``start``: the place of its key. The value ends it."""

    key: str
    start: int
    value: Node


@dataclass
class Node:
    """A value from ``start`` to ``end`` of the text. ``value``: as Python has it; of an object, the last of equal keys.

    ``members``: of an object, in the order of the text, equal keys included. ``items``: of a list.
    """

    start: int
    end: int
    value: Any
    members: Optional[List[Member]] = None
    items: Optional[List[Node]] = None

    def get(self, key: str) -> Optional[Node]:
        """The value of a key of an object: the last one, which counts. None where there is no such key."""
        return next((one.value for one in reversed(self.members or []) if one.key == key), None)

    @property
    def parts(self) -> List[Tuple[int, int]]:
        """From where to where each member or item stands."""
        members = [(one.start, one.value.end) for one in self.members or []]
        return members or [(one.start, one.end) for one in self.items or []]


def parsed(text: str) -> Node:
    """The document of a JSON text without byte order mark.

    :raises ValueError: it is no JSON.
    """
    node = _value(text, _skipped(text, 0))
    if _skipped(text, node.end) != len(text):
        raise json.JSONDecodeError("Extra data", text, node.end)
    return node


def _skipped(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match else at


def _value(text: str, at: int) -> Node:
    sign = text[at : at + 1]
    if sign == "{":
        return _object(text, at)
    if sign == "[":
        return _list(text, at)
    value, end = _DECODER.raw_decode(text, at)
    return Node(at, end, value)


def _object(text: str, start: int) -> Node:
    members: List[Member] = []
    at = _skipped(text, start + 1)
    while text[at : at + 1] != "}":
        if members:
            at = _skipped(text, _past(text, at, ","))
        _past(text, at, '"')
        key, end = _DECODER.raw_decode(text, at)
        value = _value(text, _skipped(text, _past(text, _skipped(text, end), ":")))
        members.append(Member(key, at, value))
        at = _skipped(text, value.end)
    return Node(start, at + 1, {one.key: one.value.value for one in members}, members=members)


def _list(text: str, start: int) -> Node:
    items: List[Node] = []
    at = _skipped(text, start + 1)
    while text[at : at + 1] != "]":
        if items:
            at = _skipped(text, _past(text, at, ","))
        items.append(_value(text, at))
        at = _skipped(text, items[-1].end)
    return Node(start, at + 1, [one.value for one in items], items=items)


def _past(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise json.JSONDecodeError(f"Expecting {sign}", text, at)
    return at + 1
