"""Endpoints that a mistake switches off. Every list keeps them, so that people miss nothing."""

from __future__ import annotations

from dataclasses import dataclass

from prime_notify.config.levels import level_of
from prime_notify.config.problem import Problem
from prime_notify.text.redaction import Redactor

__all__ = ["BrokenEndpoint", "broken_endpoint"]

_LONGEST_NAME = 64


@dataclass(frozen=True)
class BrokenEndpoint:
    """An endpoint that a mistake in the config switches off.

    ``type``: as written, or empty where that is no text. ``enabled``: whether it would be on without the mistake.
    ``visible_to``: the permission level that sees it. ``problem``: the first one that switches it off.
    """

    name: str
    type: str
    enabled: bool
    visible_to: int
    problem: Problem


def broken_endpoint(raw: object, redact: Redactor, default_name: str, problem: Problem) -> BrokenEndpoint:
    """The broken endpoint of the document's value ``raw``. It has ``default_name`` where its own name is no name."""
    written = raw if isinstance(raw, dict) else {}
    name = _shown(written.get("name"), redact) or default_name
    visible_to = level_of(written["visible_to"]) if written.get("visible_to") is not None else 0
    kind = _shown(written.get("type", "webhook"), redact)
    return BrokenEndpoint(name, kind, written.get("enabled") is not False, visible_to, problem)


def _shown(value: object, redact: Redactor) -> str:
    """A name or a type as it may be shown; empty for anything else."""
    text = value.strip() if isinstance(value, str) else ""
    return redact(text) if text.isprintable() and len(text) <= _LONGEST_NAME else ""
