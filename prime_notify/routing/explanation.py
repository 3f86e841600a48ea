"""The explanation of ``!!pn why``: whether an event goes to an endpoint, and what rules, groups, fallbacks and breakers
contribute to that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Generic, Iterator, List, Mapping, Optional, Sequence, Tuple, TypeVar

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.model.event import Severity
from prime_notify.routing.decision import Decision, Reason
from prime_notify.routing.groups import GroupChoice, group_of
from prime_notify.text.humanize import duration
from prime_notify.text.plain import plain

__all__ = ["Explanation", "ExplanationLine", "explain", "explanation_lines", "explanation_title"]

T = TypeVar("T")
Say = Callable[..., T]
"""Makes a text of ``lang/``: ``say(key, **values)``. The values may be such texts, too."""

_AT_LEAST = {"min_severity": "why.or_worse", "min_cost": "why.or_more"}
_LONGEST = 120


@dataclass(frozen=True)
class Explanation:
    """Everything that decides whether an event is sent to ``endpoint``.

    ``group`` and ``mode``: of the endpoint. ``choice``: of that group, None where it does not choose, or no member lets
    the event pass. ``fallbacks``: of the endpoint. ``fallback_of``: the endpoints of which it is a fallback itself.
    ``pauses``: the endpoints that a breaker pauses now, with the seconds left; None: until the next reload.
    """

    endpoint: str
    decision: Decision
    severity: Severity = Severity.INFO
    group: Optional[str] = None
    mode: str = ""
    choice: Optional[GroupChoice] = None
    fallbacks: Tuple[str, ...] = ()
    fallback_of: Tuple[str, ...] = ()
    pauses: Mapping[str, Optional[float]] = field(default_factory=dict)

    @property
    def is_sent(self) -> bool:
        """Whether the event is sent to the endpoint."""
        return self.decision.passes and (self.choice is None or self.choice.chosen == self.endpoint)


def explain(
    endpoint: str,
    decision: Decision,
    severity: Severity,
    *,
    enabled: Sequence[EndpointConfig],
    modes: Mapping[str, str],
    choices: Sequence[GroupChoice],
    pauses: Mapping[str, Optional[float]],
) -> Explanation:
    """The explanation for one endpoint. Only endpoints among ``enabled`` are members or fallbacks."""
    names = {one.name for one in enabled}
    own_fallbacks = next((one.fallback or () for one in enabled if one.name == endpoint), ())
    group = group_of(endpoint, enabled)
    return Explanation(
        endpoint,
        decision,
        severity,
        group,
        modes.get(group, "") if group else "",
        next((choice for choice in choices if choice.group == group), None),
        tuple(name for name in own_fallbacks if name in names),
        tuple(one.name for one in enabled if endpoint in names and endpoint in (one.fallback or ())),
        pauses,
    )


@dataclass(frozen=True)
class ExplanationLine(Generic[T]):
    """One line. ``passed``: nothing in it keeps the event from being sent, which decides its colour."""

    passed: bool
    text: T


def explanation_title(explanation: Explanation, event: str, say: Say[T]) -> T:
    """The first line: whether the event is sent to the endpoint."""
    key = "why.sent" if explanation.is_sent else "why.not_sent"
    return say(key, event=event, endpoint=explanation.endpoint)


def explanation_lines(explanation: Explanation, say: Say[T]) -> Sequence[ExplanationLine[T]]:
    """A line for each rule, those that keep the event out first; then group, fallbacks and breakers."""
    reasons: List[Reason] = sorted(explanation.decision.reasons, key=lambda reason: reason.passed)
    lines = [ExplanationLine(reason.passed, _text(reason, say)) for reason in reasons]
    lines = lines or [ExplanationLine(True, say("why.no_rule"))]
    return [*lines, *_group(explanation, say), *_fallbacks(explanation, say), *_pauses(explanation, say)]


def _group(explanation: Explanation, say: Say[T]) -> Iterator[ExplanationLine[T]]:
    group, mode, choice = explanation.group, explanation.mode, explanation.choice
    if group is None:
        return
    if choice is None:
        key = "why.group.all" if mode == "all" else "why.group.nobody"
        yield ExplanationLine(mode == "all", say(key, group=group, mode=mode))
        return
    text = say(f"why.group.{_choice_key(choice)}", group=group, mode=mode, chosen=choice.chosen, after=choice.previous)
    yield ExplanationLine(choice.chosen == explanation.endpoint, text)
    if choice.skipped:
        yield ExplanationLine(True, say("why.group.passed_over", names=_list(choice.skipped)))


def _choice_key(choice: GroupChoice) -> str:
    if choice.has_start or choice.none_available:
        return "kept" if choice.has_start else "waits"
    return "next" if choice.mode == "round_robin" and choice.previous else choice.mode


def _fallbacks(explanation: Explanation, say: Say[T]) -> Iterator[ExplanationLine[T]]:
    """The fallbacks of the endpoint, and the endpoints of which it is one."""
    severity = explanation.severity.value
    if explanation.fallbacks:
        names = _list(explanation.fallbacks)
        yield ExplanationLine(True, say(f"why.fallback.{severity}", names=names, endpoint=explanation.endpoint))
    for other in explanation.fallback_of:
        yield ExplanationLine(True, say(f"why.stands_in.{severity}", other=other))


def _pauses(explanation: Explanation, say: Say[T]) -> Iterator[ExplanationLine[T]]:
    for name in (explanation.endpoint, *explanation.fallback_of):
        if name in explanation.pauses:
            seconds = explanation.pauses[name]
            passed = name != explanation.endpoint
            if seconds is None:
                yield ExplanationLine(passed, say("why.gone", endpoint=name))
            else:
                text = say("why.left_alone", endpoint=name, duration=duration(max(0.0, seconds)))
                yield ExplanationLine(passed, text)


def _text(reason: Reason, say: Say[T]) -> T:
    if reason.rule == "enabled":
        return say("why.switched_off", path=reason.path)
    if reason.rule == "on_request":
        return say("why.on_request", found=_actual(reason, say))
    if reason.rule == "silent":
        return say("why.silent", found=_actual(reason, say), wanted=_expected(reason, say))
    verb = "keeps_out" if reason.excepted else "wants"
    fits = "fits" if reason.passed is not reason.excepted else "fits_not"
    if reason.actual is None:
        fits = "not_said" if reason.excepted or not reason.passed else "not_said_but_passes"
    return say(f"why.{verb}.{fits}", path=reason.path, found=_actual(reason, say), wanted=_expected(reason, say))


def _actual(reason: Reason, say: Say[T]) -> object:
    actual = reason.actual or ()
    if reason.rule == "on_change" and len(actual) > 1:
        return say("why.outcome", now=actual[0], before=actual[1])
    return _list(actual) if any(actual) else say("why.nothing")


def _expected(reason: Reason, say: Say[T]) -> object:
    if reason.rule == "on_change":
        return say("why.change")
    expected = _list(reason.expected)
    return say(_AT_LEAST[reason.rule], value=expected) if reason.rule in _AT_LEAST else expected


def _list(names: Sequence[str]) -> str:
    return plain(", ".join(names), _LONGEST)
