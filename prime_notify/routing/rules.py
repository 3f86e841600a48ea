"""The rules of an endpoint's filter: what each looks at in an event, and whether that fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Iterator, Mapping, Optional, Sequence, Tuple

from prime_notify.config.duration import Duration
from prime_notify.config.filter import Rules
from prime_notify.model.event import EventName, Severity, Status, Task, TaskKind
from prime_notify.model.payload import Payload
from prime_notify.text.wildcard import fits

__all__ = ["RULES", "Background", "Look", "outcome_of", "stated"]


@dataclass(frozen=True)
class Background:
    """What a decision needs to know beside the event.

    ``last``: the outcome of the last task of each kind; where there is none, success is assumed.
    ``readings``: a backup's comment as people read it, in each language.
    """

    last: Mapping[TaskKind, Status] = field(default_factory=dict)
    readings: Callable[[str], Sequence[str]] = lambda comment: (comment,)


@dataclass(frozen=True)
class Look:
    """What a rule wants and what it found; ``fits`` and ``found`` are None where the event does not say."""

    fits: Optional[bool]
    found: Optional[Tuple[str, ...]]
    wanted: Tuple[str, ...] = ()


def outcome_of(payload: Payload) -> Optional[Tuple[TaskKind, Status]]:
    """What is to be remembered of an accepted event as the ``last`` of its kind; None for tests, and for what
    ends no task."""
    if payload.test or not payload.event.is_end:
        return None
    return payload.task_kind, payload.status


def stated(rules: Rules) -> Iterator[Tuple[str, Any]]:
    """The rules that are set, by name, in the order in which they are documented."""
    if not rules.model_fields_set:  # most endpoints; a backup waits for the answer
        return
    for name in RULES:
        value = getattr(rules, name, None)
        if value is not None and value is not False:
            yield name, value


def _among(found: str, wanted: Iterable[str]) -> Look:
    words = tuple(str(one.value) if isinstance(one, (EventName, Task, Status)) else one for one in wanted)
    return Look(found in words, (found,), words)


def _events(payload: Payload, wanted: Sequence[EventName], _: Background) -> Look:
    return _among(payload.event.value, wanted)


def _success_only(payload: Payload, _wanted: bool, _: Background) -> Look:
    return _among(payload.status.value, [Status.SUCCESS])


def _error_only(payload: Payload, _wanted: bool, _: Background) -> Look:
    is_failure = payload.event.default_severity is Severity.ERROR
    return Look(is_failure, (payload.status.value,), (Status.FAILURE.value,))


def _min_severity(payload: Payload, wanted: Severity, _: Background) -> Look:
    severe_enough = payload.severity.rank >= wanted.rank
    return Look(severe_enough, (payload.severity.value,), (wanted.value,))


def _tasks(payload: Payload, wanted: Sequence[Task], _: Background) -> Look:
    return _among(payload.task.value, wanted)


def _operators(payload: Payload, globs: Sequence[str], _: Background) -> Look:
    operator = payload.operator
    return _someone(operator.type, operator.name, operator.full, globs) if operator else _unsaid(globs)


def _sources(payload: Payload, globs: Sequence[str], _: Background) -> Look:
    source = payload.source
    if source is None:
        return _unsaid(globs)
    return _someone(source.type, source.name or "", f"{source.type}:{source.name or ''}", globs)


def _someone(kind: str, name: str, full: str, globs: Sequence[str]) -> Look:
    """A pattern may stand for the whole, or for the type or the name alone."""
    return _any_fits((full, kind, name), globs, shown=(full if name else kind,))


def _tags(payload: Payload, globs: Sequence[str], _: Background) -> Look:
    tags = payload.backup.tags if payload.backup else None
    if tags is None:
        return _unsaid(globs)
    return _any_fits(tuple(name for name, value in tags.items() if value is not None and value is not False), globs)


def _targets(payload: Payload, globs: Sequence[str], _: Background) -> Look:
    targets = payload.backup.targets if payload.backup else None
    return _unsaid(globs) if targets is None else _any_fits(tuple(targets), globs)


def _comment(payload: Payload, globs: Sequence[str], background: Background) -> Look:
    comment = payload.backup.comment if payload.backup else None
    return _unsaid(globs) if comment is None else _any_fits(tuple(background.readings(comment)), globs)


def _min_cost(payload: Payload, wanted: Duration, _: Background) -> Look:
    if payload.event.is_start:
        return Look(False, (payload.status.value,), (str(wanted),))
    if payload.cost_s is None:
        return _unsaid((str(wanted),))
    return Look(payload.cost_s >= wanted, (str(Duration(payload.cost_s)),), (str(wanted),))


def _on_change(payload: Payload, _wanted: bool, background: Background) -> Look:
    if payload.event.is_start:
        return Look(False, (payload.status.value,))
    if not payload.event.is_end:
        return _unsaid(())
    before = background.last.get(payload.task_kind, Status.SUCCESS)
    return Look(payload.status != before, (payload.status.value, before.value))


def _unsaid(wanted: Sequence[str]) -> Look:
    return Look(None, None, tuple(wanted))


def _any_fits(texts: Tuple[str, ...], globs: Sequence[str], shown: Optional[Tuple[str, ...]] = None) -> Look:
    found = any(fits(glob, text) for glob in globs for text in texts)
    return Look(found, texts if shown is None else shown, tuple(globs))


RULES: Mapping[str, Callable[[Payload, Any, Background], Look]] = {
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
"""By the name of the option that states them."""
