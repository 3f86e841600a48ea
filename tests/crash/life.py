"""One life of the engine, from the start of a process to its end or its being killed: what is to happen in it."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Tuple

__all__ = ["ACCEPTED_FILE", "FAILED", "LIFE_HEADER", "ON_FULL_DISK", "RECORD_FILE", "Life"]

ACCEPTED_FILE = "accepted.log"
"""Lines of ``marker id``: what a life was told to be accepted; ``-`` for an id that is not known yet."""

LIFE_HEADER = "X-Life"
"""Says which life sent a request: one may come in when the next life has begun already."""

RECORD_FILE = "record.json"
"""How often a life that came to its end passed each step, and how many seconds it took."""

ON_FULL_DISK = "-full"
"""In the name of a task that is told while the disk takes nothing."""

FAILED = 3
"""The exit code of a life that went wrong by itself."""


@dataclass(frozen=True)
class Life:
    """``endpoints`` are paths at ``url``. ``label`` begins the marks (in the message) of the events told in it.

    Killed at the ``passed``-th pass of ``step``, or about ``after`` seconds after its beginning, where these are given.
    ``drop``: dead letters are given up, not replayed. ``full``: the disk takes nothing for a while.
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
