"""The cost of a rendering, counted rather than timed: the same template and event always give the same result."""

from __future__ import annotations

from typing import Any, Sized

from prime_notify.text.wording import Wording

__all__ = ["LONGEST_VALUE", "TOO_LONG", "Budget", "TemplateFailure"]

LONGEST_VALUE = 65_536
"""Characters of a text inside a template, at most. The longest text of a payload, a traceback, has half of it."""

_CHARACTERS_PER_STEP = 64
_SHORT = 8  # characters of a number, roughly


TOO_LONG = Wording("it makes too long a text", "生成的文本太长")


class TemplateFailure(Exception):  # noqa: N818 - of a template, not of the program
    """A valid template that does not work with the values of this event."""


class Budget:
    """The cost that all templates of one message at one endpoint may have together.

    ``steps``: nodes evaluated in loops, calls of filters, and every 64 characters of their input and output; a hundred
    steps take about 0.1 ms. ``characters``: of output.
    """

    def __init__(self, steps: int = 50_000, characters: int = 262_144) -> None:
        self._steps = steps
        self._characters = characters

    def step(self, count: int = 1) -> None:
        """:raises TemplateFailure: no steps are left."""
        self._steps -= count
        if self._steps < 0:
            raise TemplateFailure(Wording("it takes too many steps", "所需的步骤太多"))

    def charge_input(self, value: Any) -> None:
        """Charges the value that a filter is about to work on."""
        self.step(_extent(value) // _CHARACTERS_PER_STEP)

    def charge_result(self, value: Any) -> None:
        """Charges the value that a filter or an operator has made."""
        size = len(value) if isinstance(value, Sized) else 0
        if size > LONGEST_VALUE:
            raise TemplateFailure(TOO_LONG)
        self.step(1 + size // _CHARACTERS_PER_STEP)

    def charge_output(self, text: str) -> None:
        """Charges a text that is about to be added to the output."""
        self._characters -= len(text)
        if self._characters < 0:
            raise TemplateFailure(TOO_LONG)


def _extent(value: Any) -> int:
    """The approximate length of the value in JSON, in characters."""
    if isinstance(value, str):
        return _SHORT + len(value)
    if isinstance(value, dict):
        return _SHORT + sum(len(key) + _extent(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return _SHORT + sum(map(_extent, value))
    return _SHORT
