"""A decision in words, for ``!!pn why``: a line for each rule, and for what groups, fallbacks and breakers do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Generic, Iterator, List, Sequence, TypeVar

from prime_notify.routing.decision import Reason
from prime_notify.routing.explanation import Explanation
from prime_notify.routing.groups import Share
from prime_notify.text.humanize import duration
from prime_notify.text.plain import plain

__all__ = ["WhyLine", "why_lines", "why_title"]

T = TypeVar("T")
Say = Callable[..., T]
"""Makes a text of ``lang/``: ``say(key, **values)``; the values may be such texts."""

_AT_LEAST = {"min_severity": "why.or_worse", "min_cost": "why.or_more"}
_LONGEST = 120


@dataclass(frozen=True)
class WhyLine(Generic[T]):
    """One line; ``passed``: nothing in it keeps the event from being sent there, which is for its colour."""

    passed: bool
    text: T


def why_title(explanation: Explanation, event: str, say: Say[T]) -> T:
    """The line above: whether the event goes there."""
    key = "why.sent" if explanation.goes_there else "why.not_sent"
    return say(key, event=event, endpoint=explanation.endpoint)


def why_lines(explanation: Explanation, say: Say[T]) -> Sequence[WhyLine[T]]:
    """One line for each rule that is stated, what keeps the event out first; one that says so where there is none.
    Then what else decides."""
    reasons: List[Reason] = sorted(explanation.decision.reasons, key=lambda reason: reason.passed)
    lines = [WhyLine(reason.passed, _text(reason, say)) for reason in reasons] or [WhyLine(True, say("why.no_rule"))]
    return [*lines, *_group(explanation, say), *_fallbacks(explanation, say), *_left_alone(explanation, say)]


def _group(explanation: Explanation, say: Say[T]) -> Iterator[WhyLine[T]]:
    group, mode, share = explanation.group, explanation.mode, explanation.share
    if group is None:
        return
    if share is None:
        yield WhyLine(
            mode == "all", say("why.group.all" if mode == "all" else "why.group.nobody", group=group, mode=mode)
        )
        return
    text = say(f"why.group.{_choice(share)}", group=group, mode=mode, chosen=share.chosen, after=share.after)
    yield WhyLine(share.chosen == explanation.endpoint, text)
    if share.left_alone:
        yield WhyLine(True, say("why.group.passed_over", names=_list(share.left_alone)))


def _choice(share: Share) -> str:
    if share.kept or share.waits:
        return "kept" if share.kept else "waits"
    return "next" if share.mode == "round_robin" and share.after else share.mode


def _fallbacks(explanation: Explanation, say: Say[T]) -> Iterator[WhyLine[T]]:
    """Who takes over from the endpoint, and from whom it does."""
    severity = explanation.severity.value
    if explanation.fallbacks:
        names = _list(explanation.fallbacks)
        yield WhyLine(True, say(f"why.fallback.{severity}", names=names, endpoint=explanation.endpoint))
    for other in explanation.stands_in_for:
        yield WhyLine(True, say(f"why.stands_in.{severity}", other=other))


def _left_alone(explanation: Explanation, say: Say[T]) -> Iterator[WhyLine[T]]:
    for name in (explanation.endpoint, *explanation.stands_in_for):
        if name in explanation.left_alone:
            seconds = explanation.left_alone[name]
            passed = name != explanation.endpoint
            if seconds is None:
                yield WhyLine(passed, say("why.gone", endpoint=name))
            else:
                yield WhyLine(passed, say("why.left_alone", endpoint=name, duration=duration(max(0.0, seconds))))


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
