"""A JSON text that is changed in one place, in its own style: indentation, line ends, one line or many."""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Optional

from prime_notify.loading.json_nodes import Node, parsed

__all__ = ["Draft", "edited"]

_DEFAULT_INDENT = "  "


class Draft:
    """A text that is being changed once. Its byte order mark and its line ends are kept."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = parsed(text)
        self.newline = "\r\n" if "\r\n" in text else "\n"
        found = re.search(r"\n([ \t]+)\S", text)
        self.unit = found[1] if found else _DEFAULT_INDENT
        self.compact = self.root.members is not None and bool(self.root.members) and "\n" not in text.strip()

    @classmethod
    def of(cls, text: str) -> Draft:
        return cls(text.lstrip("\ufeff"))

    def put(self, start: int, end: int, new: str) -> None:
        """Replace a part of the text. What stands behind it is at another place then."""
        self.text = self.text[:start] + new + self.text[end:]

    def indent_at(self, place: int) -> str:
        """The blanks with which the line of a place begins."""
        line = self.text[self.text.rfind("\n", 0, place) + 1 : place]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def written(self, value: Any, indent: str) -> str:
        """A value as this file would write it, in lines below an ``indent``."""
        if self.compact or not isinstance(value, (dict, list)):
            return json.dumps(value, ensure_ascii=False)
        text = json.dumps(value, ensure_ascii=False, indent=self.unit)
        return text.replace("\n", self.newline + indent)

    def insert(self, node: Node, key: Optional[str], value: Any, *, first: bool = False) -> None:
        """Add a member to an object, or an item (``key`` None) to a list, as the last or the ``first`` one."""
        own = self.indent_at(node.start)
        inner = own + self.unit
        parts = node.parts
        multiline = not self.compact and (not parts or "\n" in self.text[node.start : parts[0][0]])
        if parts and multiline:
            inner = self.indent_at(parts[-1][0])
        name = "" if key is None else json.dumps(key, ensure_ascii=False) + ": "
        written = name + (self.written(value, inner) if multiline else json.dumps(value, ensure_ascii=False))
        gap = self.newline + inner if multiline else " "
        if parts and first:
            self.put(parts[0][0], parts[0][0], f"{written},{gap}")
        elif parts:
            self.put(parts[-1][1], parts[-1][1], f",{gap}{written}")
        else:
            around = (self.newline + inner, self.newline + own) if multiline else ("", "")
            opening, closing = self.text[node.start], self.text[node.end - 1]
            self.put(node.start, node.end, f"{opening}{around[0]}{written}{around[1]}{closing}")

    def remove(self, node: Node, index: int) -> None:
        """Take a member or an item out, with its comma."""
        parts = node.parts
        if len(parts) == 1:
            self.put(node.start + 1, node.end - 1, "")
        elif index:
            self.put(parts[index - 1][1], parts[index][1], "")
        else:
            self.put(parts[0][0], parts[1][0], "")


def edited(text: str, act: Callable[[Draft], None]) -> str:
    """The text after one change. A byte order mark stays."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    draft = Draft.of(text)
    act(draft)
    return mark + draft.text
