"""A decision in words: one line for each rule. What ``!!pn why`` prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Generic, List, Sequence, TypeVar

from prime_notify.compose.markdown import plain
from prime_notify.routing.decision import Decision, Reason

__all__ = ["WhyLine", "why_lines", "why_title"]

T = TypeVar("T")
Say = Callable[..., T]
"""Makes a text of ``lang/``: ``say(key, **values)``; the values may be such texts."""

_AT_LEAST = {"min_severity": "why.or_worse", "min_cost": "why.or_more"}
_LONGEST = 120


@dataclass(frozen=True)
class WhyLine(Generic[T]):
    """One rule's line; ``passed`` is for its colour."""

    passed: bool
    text: T


def why_title(decision: Decision, event: str, endpoint: str, say: Say[T]) -> T:
    """The line above: whether the event goes there."""
    return say("why.sent" if decision.passes else "why.not_sent", event=event, endpoint=endpoint)


def why_lines(decision: Decision, say: Say[T]) -> Sequence[WhyLine[T]]:
    """One line for each rule that is stated, what keeps the event out first; one that says so where there is none."""
    if not decision.reasons:
        return [WhyLine(True, say("why.no_rule"))]
    reasons: List[Reason] = sorted(decision.reasons, key=lambda reason: reason.passed)
    return [WhyLine(reason.passed, _text(reason, say)) for reason in reasons]


def _text(reason: Reason, say: Say[T]) -> T:
    if reason.rule == "enabled":
        return say("why.switched_off", path=reason.path)
    verb = "keeps_out" if reason.excepted else "wants"
    fits = "fits" if reason.passed is not reason.excepted else "fits_not"
    if reason.found is None:
        fits = "not_said" if reason.excepted or not reason.passed else "not_said_but_passes"
    return say(f"why.{verb}.{fits}", path=reason.path, found=_found(reason, say), wanted=_wanted(reason, say))


def _found(reason: Reason, say: Say[T]) -> object:
    found = reason.found or ()
    if reason.rule == "on_change" and len(found) > 1:
        return say("why.outcome", now=found[0], before=found[1])
    return _list(found) if any(found) else say("why.nothing")


def _wanted(reason: Reason, say: Say[T]) -> object:
    if reason.rule == "on_change":
        return say("why.change")
    wanted = _list(reason.wanted)
    return say(_AT_LEAST[reason.rule], value=wanted) if reason.rule in _AT_LEAST else wanted


def _list(words: Sequence[str]) -> str:
    return plain(", ".join(words), _LONGEST)
