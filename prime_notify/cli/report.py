"""The result of a command: lines for people, the same as data for programs, and an exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

__all__ = ["FAILED", "OK", "UNUSABLE", "CliError", "Report", "table"]

OK = 0
FAILED = 1
"""Something needs a person: dead letters, a failing endpoint, an undelivered notification, a broken config."""
UNUSABLE = 2
"""The command could not begin: it has a mistake, or its folder cannot be used."""


class CliError(Exception):
    """A command could not do its work; the message says why."""

    def __init__(self, message: str, code: int = UNUSABLE) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Report:
    """``lines`` are printed, or with ``--json`` the ``data``."""

    lines: Sequence[str]
    data: Mapping[str, Any] = field(default_factory=dict)
    code: int = OK


def table(rows: Sequence[Sequence[str]]) -> Sequence[str]:
    """Rows in aligned columns; the last column has no limit."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
