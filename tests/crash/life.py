"""The description of one life of the engine: from the start of a process to its end or its kill."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Tuple

__all__ = ["ACCEPTED_FILE", "ERROR_FILE", "FAILED", "LIFE_HEADER", "ON_FULL_DISK", "RECORD_FILE", "Life"]

ACCEPTED_FILE = "accepted.log"
"""Lines of ``marker id``: the events that the engine accepted. The id is ``-`` while it is not known."""

ERROR_FILE = "error.txt"
"""The traceback of a life that failed without a kill."""

LIFE_HEADER = "X-Life"
"""The header with the life that sent a request. A request may arrive after the next life has begun."""

RECORD_FILE = "record.json"
"""The record of a life that was not killed: how often it passed each step, and its seconds."""

ON_FULL_DISK = "-full"
"""A part of the name of a task that is accepted while the disk refuses."""

FAILED = 3
"""The exit code of a life that failed without a kill."""


@dataclass(frozen=True)
class Life:
    """``endpoints``: paths at ``url``. ``label``: the beginning of the markers, in the messages of its events.

    A life is killed at the ``passed``-th pass of ``step``, or about ``after`` seconds after its beginning; without
    these values, never. ``drop``: dead letters are dropped, not replayed. ``full``: the disk refuses for a while.
    """

    folder: str
    url: str
    endpoints: Tuple[str, ...]
    label: str
    tasks: int
    drop: bool = False
    full: bool = False
    step: str = ""
    passed: int = 0
    after: float = -1.0

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Life:
        values = json.loads(text)
        return cls(**{**values, "endpoints": tuple(values["endpoints"])})
