"""The symbol of the outcome in a composed title, and the services that show it in their own way."""

from __future__ import annotations

import re

from prime_notify.channels.common.urgency import Tone

__all__ = ["on_colour", "without_symbol"]

_SYMBOL = re.compile(r"^((?:\[[^\]]{1,20}\]\s*)?)(?:✅|⚠️|❌|⏳|⏹️|⏰)\s*")
_RED, _PLAIN_CROSS = re.compile("❌|⏰"), "✘"


def without_symbol(title: str) -> str:
    """The title without the symbol at its beginning (perhaps after "[Test]"), for services that show their own one."""
    return _SYMBOL.sub(r"\1", title).rstrip() or title


def on_colour(title: str, tone: Tone) -> str:
    """The title for a heading on the colour of the tone: a red symbol on red cannot be seen.

    The cross in its place is no emoji, so it has the colour of the text.
    """
    return _RED.sub(_PLAIN_CROSS, title) if tone is Tone.BAD else title
