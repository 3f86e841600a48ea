"""The rules of an endpoint's filter: for each a function that compares a fact of an event with the option's value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Sequence, Tuple

from prime_notify.config.filter import Rules
from prime_notify.config.units import Duration
from prime_notify.model.event import EventName, Severity, Status, Task, TaskKind
from prime_notify.model.payload import Payload
from prime_notify.text.wildcard import fits

__all__ = ["RULES", "RoutingContext", "RuleResult", "configured_rules", "is_asked_for", "names_event", "outcome_of"]


@dataclass(frozen=True)
class RoutingContext:
    """The knowledge beside the event that rules need.

    ``last``: the status of the last task of each kind; a kind without one counts as successful. ``comment_texts``: a
    backup's comment as people read it, in each language.
    """

    last: Mapping[TaskKind, Status] = field(default_factory=dict)
    comment_texts: Callable[[str], Sequence[str]] = lambda comment: (comment,)


@dataclass(frozen=True)
class RuleResult:
    """Whether an event matches a rule: its ``actual`` facts and the ``expected`` ones.

    ``matches`` and ``actual`` are None where the event lacks the fact.
    """

    matches: Optional[bool]
    actual: Optional[Tuple[str, ...]]
    expected: Tuple[str, ...] = ()


def outcome_of(payload: Payload) -> Optional[Tuple[TaskKind, Status]]:
    """Kind and status of a task, to be remembered as the last of its kind; None for tests and for events that neither
    end a task nor say whether its kind is well."""
    return None if payload.test or not _is_outcome(payload) else (payload.task_kind, payload.status)


def _is_outcome(payload: Payload) -> bool:
    return payload.event.is_end or payload.status.begins_failure or payload.status.ends_failure


def names_event(event: EventName, block: Optional[Sequence[EventName]], own: Optional[Sequence[EventName]]) -> bool:
    """Whether the ``events`` of the block and of an endpoint let an event pass; None: all but those on request."""
    return is_asked_for(event, block, own) and all(events is None or event in events for events in (block, own))


def is_asked_for(event: EventName, block: Optional[Sequence[EventName]], own: Optional[Sequence[EventName]]) -> bool:
    """Whether an event may pass without being named, or one of the two lists is there to name it."""
    return not event.is_on_request or block is not None or own is not None


def configured_rules(rules: Rules) -> Iterator[Tuple[str, Any]]:
    """Name and value of each rule that is set, in the order of the documentation."""
    if not rules.model_fields_set:  # as in most endpoints; the backup waits for this answer
        return
    for name in RULES:
        value = getattr(rules, name, None)
        if value is not None and value is not False:
            yield name, value


def _among(actual: str, expected: Iterable[str]) -> RuleResult:
    values = tuple(str(one.value) if isinstance(one, (EventName, Task, Status)) else one for one in expected)
    return RuleResult(actual in values, (actual,), values)


def _events(payload: Payload, expected: Sequence[EventName], _: RoutingContext) -> RuleResult:
    return _among(payload.event.value, expected)


def _success_only(payload: Payload, _expected: bool, _: RoutingContext) -> RuleResult:
    return _among(payload.status.value, [Status.SUCCESS])


def _error_only(payload: Payload, _expected: bool, _: RoutingContext) -> RuleResult:
    return _among(payload.status.value, _ERRORS)


def _min_severity(payload: Payload, expected: Severity, _: RoutingContext) -> RuleResult:
    matches = payload.severity.rank >= expected.rank
    return RuleResult(matches, (payload.severity.value,), (expected.value,))


def _tasks(payload: Payload, expected: Sequence[Task], _: RoutingContext) -> RuleResult:
    return _among(payload.task.value, expected)


def _operators(payload: Payload, globs: Sequence[str], _: RoutingContext) -> RuleResult:
    operator = payload.operator
    return _someone(operator.type, operator.name, operator.full, globs) if operator else _unknown(globs)


def _sources(payload: Payload, globs: Sequence[str], _: RoutingContext) -> RuleResult:
    source = payload.source
    if source is None:
        return _unknown(globs)
    return _someone(source.type, source.name or "", f"{source.type}:{source.name or ''}", globs)


def _someone(kind: str, name: str, full: str, globs: Sequence[str]) -> RuleResult:
    """A pattern may match the whole, or the type or the name alone."""
    return _any_matches((full, kind, name), globs, actual=(full if name else kind,))


def _tags(payload: Payload, globs: Sequence[str], _: RoutingContext) -> RuleResult:
    tags = payload.backup.tags if payload.backup else None
    if tags is None:
        return _unknown(globs)
    return _any_matches(tuple(name for name, value in tags.items() if value is not None and value is not False), globs)


def _targets(payload: Payload, globs: Sequence[str], _: RoutingContext) -> RuleResult:
    targets = payload.backup.targets if payload.backup else None
    return _unknown(globs) if targets is None else _any_matches(tuple(targets), globs)


def _comment(payload: Payload, globs: Sequence[str], context: RoutingContext) -> RuleResult:
    comment = payload.backup.comment if payload.backup else None
    return _unknown(globs) if comment is None else _any_matches(tuple(context.comment_texts(comment)), globs)


def _min_cost(payload: Payload, expected: Duration, _: RoutingContext) -> RuleResult:
    if payload.event.is_start:
        return RuleResult(False, (payload.status.value,), (str(expected),))
    if payload.cost_s is None:
        return _unknown((str(expected),))
    return RuleResult(payload.cost_s >= expected, (str(Duration(payload.cost_s)),), (str(expected),))


def _on_change(payload: Payload, _expected: bool, context: RoutingContext) -> RuleResult:
    if payload.event.is_start:
        return RuleResult(False, (payload.status.value,))
    if not _is_outcome(payload):
        return _unknown(())
    last = context.last.get(payload.task_kind, Status.SUCCESS)
    return RuleResult(payload.status != last, (payload.status.value, last.value))


_ERRORS = tuple(dict.fromkeys(event.status for event in EventName if event.default_severity is Severity.ERROR))


def _unknown(expected: Sequence[str]) -> RuleResult:
    return RuleResult(None, None, tuple(expected))


def _any_matches(texts: Tuple[str, ...], globs: Sequence[str], actual: Optional[Tuple[str, ...]] = None) -> RuleResult:
    matches = any(fits(glob, text) for glob in globs for text in texts)
    return RuleResult(matches, texts if actual is None else actual, tuple(globs))


RULES: Mapping[str, Callable[[Payload, Any, RoutingContext], RuleResult]] = {
    "events": _events,
    "success_only": _success_only,
    "error_only": _error_only,
    "min_severity": _min_severity,
    "tasks": _tasks,
    "operators": _operators,
    "sources": _sources,
    "tags": _tags,
    "targets": _targets,
    "comment": _comment,
    "min_cost": _min_cost,
    "on_change": _on_change,
}
"""The rules, by the name of their option."""
