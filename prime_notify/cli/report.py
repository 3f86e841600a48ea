"""What a command has to say: lines for people, the same as data for programs, and an exit code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

__all__ = ["FAILED", "OK", "UNUSABLE", "CliError", "Report", "table"]

OK = 0
FAILED = 1
"""What was asked about is not well: dead letters, an endpoint that fails, something undelivered, a broken config."""
UNUSABLE = 2
"""It could not even be tried: a mistake in the command, or a folder that cannot be used."""


class CliError(Exception):
    """Why a command could not do its work, for people to read."""

    def __init__(self, message: str, code: int = UNUSABLE) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Report:
    """``data`` is what ``--json`` prints."""

    lines: Sequence[str]
    data: Mapping[str, Any] = field(default_factory=dict)
    code: int = OK


def table(rows: Sequence[Sequence[str]]) -> Sequence[str]:
    """Rows in aligned columns; the last column is as long as it likes."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
