"""On how many random examples a property is tried."""

from __future__ import annotations

from typing import Any, Optional

from hypothesis import settings

__all__ = ["examples"]

_ALL = 100
"""``max_examples`` of the profile in which every example is tried: Hypothesis' own number."""


def examples(most: int, parent: Optional[settings] = None, **more: Any) -> settings:
    """``most``, or a fifth of it where what was tried with one Python is tried again with another (conftest.py)."""
    return settings(parent, max_examples=max(5, most * settings().max_examples // _ALL), **more)
