"""What one rendering may cost, counted rather than timed: the same template and event always come out the same."""

from __future__ import annotations

from typing import Any, Sized

__all__ = ["LONGEST_VALUE", "Budget", "TemplateFailure"]

LONGEST_VALUE = 65_536
"""Characters of any one text inside a template; the longest text of a payload (a traceback) has half of it."""

_CHARACTERS_PER_STEP = 64
_SHORT = 8  # characters that a number has, or so


class TemplateFailure(Exception):  # noqa: N818 - of a template, not of the program
    """A template that was in order, but cannot be filled in with this event's values."""


class Budget:
    """Shared by all templates of one message at one endpoint.

    ``steps``: nodes evaluated in loops, calls of filters, and 64 characters each of what they get and make; some 0.1 ms
    for a hundred. ``characters``: of output.
    """

    def __init__(self, steps: int = 50_000, characters: int = 262_144) -> None:
        self._steps = steps
        self._characters = characters

    def step(self, count: int = 1) -> None:
        """:raises TemplateFailure: too much was done already."""
        self._steps -= count
        if self._steps < 0:
            raise TemplateFailure("it takes too many steps")

    def handle(self, value: Any) -> None:
        """A filter is about to work on this value."""
        self.step(_extent(value) // _CHARACTERS_PER_STEP)

    def made(self, value: Any) -> None:
        """A filter or an operator has made this value."""
        size = len(value) if isinstance(value, Sized) else 0
        if size > LONGEST_VALUE:
            raise TemplateFailure("it makes too long a text")
        self.step(1 + size // _CHARACTERS_PER_STEP)

    def put_out(self, text: str) -> None:
        """This is about to be added to the output."""
        self._characters -= len(text)
        if self._characters < 0:
            raise TemplateFailure("it makes too long a text")


def _extent(value: Any) -> int:
    """About as many characters as the value has in JSON."""
    if isinstance(value, str):
        return _SHORT + len(value)
    if isinstance(value, dict):
        return _SHORT + sum(len(key) + _extent(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return _SHORT + sum(map(_extent, value))
    return _SHORT
