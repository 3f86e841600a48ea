"""The explanation of a decision."""

from __future__ import annotations

import functools
from typing import Any, List, Mapping, Tuple

import pytest

from prime_notify.config.models import NotificationConfig
from prime_notify.model.event import Severity, Status, Task
from prime_notify.routing import Decision, Explanation, RoutingContext, decide
from prime_notify.routing.explanation import explanation_lines, explanation_title
from prime_notify.routing.groups import GroupChoice
from tests.support.build import endpoint, event
from tests.support.texts import CATALOGUE
from tests.unit.model.strategies import normalized

ENGLISH = functools.partial(CATALOGUE.text, "en_us")
CHINESE = functools.partial(CATALOGUE.text, "zh_cn")
FAILED_BEFORE = {("prime_backup", Task.BACKUP): Status.FAILURE}


def decided(name: str, filters: Mapping[str, Any], **fields: Any) -> Decision:
    payload = normalized(event(name, **fields)).payload
    config = endpoint(filter=filters).config
    return decide(payload, config, NotificationConfig(enabled=True), RoutingContext(FAILED_BEFORE))


def lines(decision: Decision, say: Any = ENGLISH) -> List[str]:
    return [line.text for line in explanation_lines(Explanation("ops", decision), say)]


CASES: List[Tuple[str, Mapping[str, Any], Mapping[str, Any], str]] = [
    ("success", {}, {}, "no rules: all events go to it"),
    ("success", {"success_only": True}, {}, "filter.success_only: success matches success"),
    ("start", {"error_only": True}, {}, "filter.error_only: start does not match failure, overdue"),
    ("start", {"min_severity": "warning"}, {}, "filter.min_severity: info does not match warning or worse"),
    ("success", {"min_cost": "5m"}, {"cost_s": 12.5}, "filter.min_cost: 12.5s does not match 5m or more"),
    ("start", {"min_cost": "5m"}, {}, "filter.min_cost: start does not match 5m or more"),
    ("success", {"on_change": True}, {},
     "filter.on_change: success after failure matches an outcome that differs from the previous one"),
    ("start", {"on_change": True}, {},
     "filter.on_change: start does not match an outcome that differs from the previous one"),
    ("success", {"tags": "a"}, {"backup": {"tags": {}}}, "filter.tags: (none) does not match a"),
    ("success", {"comment": ["a", "b"]}, {"backup": {"comment": "§cx\ny"}},
     "filter.comment: x y does not match a, b"),
    ("success", {"tags": "a"}, {}, "filter.tags: this event has no such value, so it does not match a"),
    ("failure", {"tags": "a"}, {},
     "filter.tags: this event has no such value to compare with a; what went wrong is sent nevertheless"),
    ("start", {"except": {"operators": "console"}}, {"operator": "console:"},
     "filter.except.operators: console matches console, and is kept out"),
    ("start", {"except": {"operators": "x:*"}}, {"operator": "player:Steve"},
     "filter.except.operators: player:Steve does not match x:*, and is not kept out"),
    ("failure", {"except": {"tags": "a"}}, {},
     "filter.except.tags: this event has no such value, so a does not keep it out"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "filters", "fields", "line"), CASES)
def test_each_rule_has_a_line(status: str, filters: Mapping[str, Any], fields: Mapping[str, Any], line: str) -> None:
    assert lines(decided(f"backup_{status}", filters, **fields)) == [line]


def test_what_keeps_the_event_out_comes_first() -> None:
    filters = {"tasks": ["backup"], "error_only": True, "except": {"operators": "console"}}
    decision = decided("backup_start", filters, operator="console:")
    assert [line.passed for line in explanation_lines(Explanation("ops", decision), ENGLISH)] == [False, False, True]


def test_what_is_switched_off_is_said() -> None:
    payload = normalized(event()).payload
    decision = decide(payload, endpoint(enabled=False).config, NotificationConfig(), RoutingContext())
    assert lines(decision) == ["notification.enabled is false", "enabled is false"]


def test_a_report_has_to_be_asked_for() -> None:
    payload = normalized(event("report")).payload
    decision = decide(payload, endpoint().config, NotificationConfig(enabled=True), RoutingContext())
    assert lines(decision) == ['report goes only to endpoints whose "events" name it']
    assert lines(decision, CHINESE) == ['report 只发送给在 "events" 中写明它的推送目标']


def test_the_title_says_what_comes_of_it() -> None:
    sent = Explanation("ops", decided("backup_start", {}))
    assert explanation_title(sent, "backup_start", ENGLISH) == "backup_start goes to ops"
    stopped = Explanation("ops", decided("backup_start", {"error_only": True}))
    assert explanation_title(stopped, "backup_start", ENGLISH) == "backup_start does not go to ops"
    assert explanation_title(stopped, "backup_start", CHINESE) == "backup_start 不会发往 ops"


@pytest.mark.parametrize(("status", "filters", "fields", "line"), CASES)
def test_every_line_exists_in_every_language(
    status: str, filters: Mapping[str, Any], fields: Mapping[str, Any], line: str
) -> None:
    for text in lines(decided(f"backup_{status}", filters, **fields), CHINESE):
        assert text.isprintable()
        assert not any(part in text for part in ("why.", "{", line))


# -- the others -------------------------------------------------------------------------------------------------------


def choice(chosen: str, mode: str = "first_ok", **more: Any) -> GroupChoice:
    return GroupChoice("g", mode, chosen, ("a", "b", "c"), **more)


def beside(severity: str = "error", **more: Any) -> Explanation:
    return Explanation("a", Decision(()), Severity(severity), **more)


def others(explanation: Explanation, say: Any = ENGLISH) -> List[Tuple[bool, str]]:
    """The lines other than those of rules."""
    return [(line.passed, line.text) for line in explanation_lines(explanation, say)][1:]


OTHERS: List[Tuple[Explanation, bool, str]] = [
    (beside(group="g", mode="all"), True, "group g (all): each member gets the events that its own rules let pass"),
    (beside(group="g", mode="first_ok"), False, "group g (first_ok): the rules of no member let it pass"),
    (beside(group="g", mode="first_ok", choice=choice("a")), True,
     "group g (first_ok): a gets it, the first that works"),
    (beside(group="g", mode="first_ok", choice=choice("b")), False,
     "group g (first_ok): b gets it, the first that works"),
    (beside(group="g", mode="round_robin", choice=choice("a", "round_robin")), True,
     "group g (round_robin): a gets it; its turn is the first"),
    (beside(group="g", mode="round_robin", choice=choice("b", "round_robin", previous="a")), False,
     "group g (round_robin): b gets it; its turn comes after that of a"),
    (beside(group="g", mode="round_robin", choice=choice("a", "round_robin", previous="a", has_start=True)), True,
     "group g (round_robin): a gets it, because it got the start of that task"),
    (beside(group="g", mode="round_robin", choice=choice("a", "round_robin", previous="c", none_available=True)), True,
     "group g (round_robin): all members are paused; a gets it, and it waits there"),
    (beside("info", fallbacks=("b", "c")), True, "fallback: b, c would take over warnings and errors, not this"),
    (beside("warning", fallbacks=("b",)), True, "fallback: b takes it over while a keeps failing and is paused"),
    (beside(fallbacks=("b",)), True,
     "fallback: b takes it over while a keeps failing and is paused, or when a gives it up"),
    (beside("info", fallback_of=("b",)), True, "fallback of b: takes over warnings and errors, not this"),
    (beside("warning", fallback_of=("b",)), True,
     "fallback of b: gets it, whatever the rules here say, while b keeps failing and is paused"),
    (beside(fallback_of=("b",)), True,
     "fallback of b: gets it, whatever the rules here say, "
     "while b keeps failing and is paused, or when b gives it up"),
    (beside(pauses={"a": 192.0, "b": 1.0}), False,
     "a keeps failing and is paused; next try in 3m 12s"),
    (beside(pauses={"a": None}), False,
     "a is switched off until the next reload: the service says that the address is gone"),
]  # fmt: skip


@pytest.mark.parametrize(("explanation", "passed", "line"), OTHERS)
def test_groups_fallbacks_and_breakers_have_lines(explanation: Explanation, passed: bool, line: str) -> None:
    assert others(explanation) == [(passed, line)]
    [(_, chinese)] = others(explanation, CHINESE)
    assert chinese.isprintable()
    assert not any(part in chinese for part in ("why.", "{", line))


def test_who_was_passed_over_and_whom_it_stands_in_for_now_is_said() -> None:
    passed_over = beside(group="g", mode="first_ok", choice=choice("c", skipped=("a", "b")), pauses={"a": 1.0})
    assert others(passed_over)[1:] == [
        (True, "skipped, because they keep failing and are paused: a, b"),
        (False, "a keeps failing and is paused; next try in 1.0s"),
    ]
    standing_in = beside(fallback_of=("b",), pauses={"b": 60.0})
    assert others(standing_in)[1:] == [(True, "b keeps failing and is paused; next try in 1m 00s")]


def test_what_another_of_the_group_gets_does_not_go_there() -> None:
    elsewhere = beside(group="g", mode="first_ok", choice=choice("b"))
    assert explanation_title(elsewhere, "backup_failure", ENGLISH) == "backup_failure does not go to a"
