"""Programs that a config names."""

from __future__ import annotations

import os
import shutil

__all__ = ["is_surely_missing"]


def is_surely_missing(program: str) -> bool:
    """Whether no such program can be run. Unknown, so False, for a path that depends on the working directory."""
    is_relative = bool(os.path.dirname(program)) and not os.path.isabs(program)  # noqa: PTH117, PTH120
    return not is_relative and shutil.which(program) is None
