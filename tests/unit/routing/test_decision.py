"""Which endpoints an event goes to."""

from __future__ import annotations

import functools
from typing import Any, Dict, List, Mapping, Set, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.webhook import WebhookEndpoint
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import NotificationConfig
from prime_notify.messages.machine_texts import comment_readings
from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.payload import Payload
from prime_notify.routing import Decision, RoutingContext, decide, outcome_of, route
from tests.support import filter_model
from tests.support.build import event, loaded
from tests.support.examples import examples
from tests.support.texts import CATALOGUE
from tests.unit.model.strategies import events as wild_events
from tests.unit.model.strategies import normalized

READINGS = functools.partial(comment_readings, catalogue=CATALOGUE)
BLOCK = NotificationConfig(enabled=True)
STEVE = {"type": "player", "name": "Steve"}
SCHEDULER = {"type": "prime_backup", "name": "scheduled_backup"}


def endpoint(**options: Any) -> EndpointConfig:
    return WebhookEndpoint.model_validate({"name": "a", "url": "http://127.0.0.1:9/hook", **options})


def payload(name: str = "backup_success", **fields: Any) -> Payload:
    return normalized(event(name, **fields)).payload


def decision(of: Payload, filters: Mapping[str, Any], last: Mapping[Any, Any] = {}) -> Decision:
    return decide(of, endpoint(filter=filters), BLOCK, RoutingContext(last, READINGS))


def passes(of: Payload, last: Mapping[Any, Any] = {}, **filters: Any) -> bool:
    return decision(of, filters, last).passes


# -- every combination ------------------------------------------------------------------------------------------------


def _known(last: Mapping[Tuple[str, str], str]) -> Dict[Tuple[str, Task], Status]:
    return {(plugin, Task(task)): Status(status) for (plugin, task), status in last.items()}


@examples(1000)
@given(
    filter_model.endpoint_documents,
    filter_model.blocks,
    st.sampled_from(filter_model.EVENTS),
    filter_model.event_fields,
    filter_model.last_outcomes,
)
def test_every_combination_agrees_with_a_plain_model(
    document: Dict[str, Any], block: Dict[str, Any], name: str, fields: Dict[str, Any], last: Dict[Any, str]
) -> None:
    of = payload(name, **fields)
    config, context = NotificationConfig.model_validate(block), RoutingContext(_known(last), READINGS)
    one = WebhookEndpoint.model_validate(document)
    decided = decide(of, one, config, context)
    expected = filter_model.plainly_decided(document, block, of.to_dict(), last)
    assert {reason.path: reason.passed for reason in decided.reasons} == expected
    assert decided.passes is all(expected.values())
    assert list(route(of, config, [one], context)) == (["a"] if decided.passes else [])


@examples(200)
@given(filter_model.endpoint_documents, wild_events)
def test_any_event_at_all_is_decided(document: Dict[str, Any], wild: Event) -> None:
    decided = decide(
        normalized(wild).payload, WebhookEndpoint.model_validate(document), BLOCK, RoutingContext({}, READINGS)
    )
    assert decided.passes in (True, False)


# -- each rule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "fitting", "unfit"),
    [
        ({"success_only": True}, payload("backup_success", severity="warning"), payload("backup_failure")),
        ({"error_only": True}, payload("restore_failure"), payload("backup_aborted", severity="error")),
        ({"min_severity": "warning"}, payload("backup_aborted"), payload("backup_success")),
        ({"tasks": "restore"}, payload("restore_start"), payload("backup_start")),
        ({"operators": "player:*"}, payload(operator=STEVE), payload(operator=SCHEDULER)),
        ({"operators": "steve"}, payload(operator=STEVE), payload(operator=SCHEDULER)),
        ({"operators": "console"}, payload(operator="console:"), payload(operator=STEVE)),
        ({"sources": "player:S*"}, payload(source=STEVE), payload(source={"type": "console"})),
        ({"sources": "console"}, payload(source={"type": "console"}), payload(source=STEVE)),
        ({"tags": "scheduled"}, payload(backup={"tags": {"scheduled": True}}), payload(backup={"tags": {}})),
        (
            {"tags": ["scheduled", "temporary"]},
            payload(backup={"tags": {"temporary": True}}),
            payload(backup={"tags": {"scheduled": False}}),
        ),
        ({"targets": "world*"}, payload(backup={"targets": ["a", "world"]}), payload(backup={"targets": ["a"]})),
        ({"comment": "*release*"}, payload(backup={"comment": "The §aRelease"}), payload(backup={"comment": ""})),
        ({"min_cost": "5m"}, payload(cost_s=300), payload(cost_s=299.999)),
    ],
)
def test_a_rule_lets_pass_what_fits_and_an_exception_keeps_it_out(
    filters: Dict[str, Any], fitting: Payload, unfit: Payload
) -> None:
    assert (passes(fitting, **filters), passes(unfit, **filters)) == (True, False)
    exception = {"except": filters}
    assert (passes(fitting, **exception), passes(unfit, **exception)) == (False, True)


@pytest.mark.parametrize("comment", ["Scheduled backup", "scheduled*", "定时备份"])
def test_a_machine_comment_is_matched_as_people_read_it_in_any_language(comment: str) -> None:
    scheduled = payload(backup={"comment": "__pb_translated__:scheduled_backup"})
    assert passes(scheduled, comment=comment)
    assert not passes(scheduled, comment="__pb*")


@pytest.mark.parametrize("rule", ["operators", "sources", "tags", "targets", "comment", "min_cost"])
@pytest.mark.parametrize(
    ("name", "expected"), [("success", False), ("failure", True), ("aborted", True), ("start", False)]
)
def test_what_an_event_does_not_say_keeps_out_no_failure(rule: str, name: str, expected: bool) -> None:
    silent = payload(f"backup_{name}")
    value = "5m" if rule == "min_cost" else "*"
    assert passes(silent, **{rule: value}) is expected
    assert passes(silent, **{"except": {rule: value}})


def test_a_start_took_no_time_yet() -> None:
    start = payload("backup_start", cost_s=999)
    assert not passes(start, min_cost="0s")
    assert passes(start, **{"except": {"min_cost": "0s"}})


def test_several_rules_have_to_be_passed_all_and_exceptions_each() -> None:
    of = payload(operator=STEVE, backup={"tags": {"temporary": True}})
    assert passes(of, operators="player:*", tags="temporary")
    assert not passes(of, operators="player:*", tags="scheduled")
    assert not passes(of, **{"except": {"operators": "console", "tags": "temporary"}})


# -- on_change --------------------------------------------------------------------------------------------------------


def _passing_on_change(*names: str) -> List[str]:
    """The events that pass ``on_change``, with outcomes remembered as the engine does."""
    last: Dict[Any, Status] = {}
    passing = []
    for name in names:
        plugin, _, of_name = name.rpartition(".")
        of = normalized(event(of_name, plugin or "prime_backup")).payload
        if passes(of, last, on_change=True):
            passing.append(name)
        ended = outcome_of(of)
        if ended:
            last[ended[0]] = ended[1]
    return passing


@pytest.mark.parametrize(
    ("happened", "passing"),
    [
        (["backup_success", "backup_success"], []),
        (["backup_failure"], ["backup_failure"]),
        (
            ["backup_success", "backup_start", "backup_failure", "backup_start", "backup_failure", "backup_success"],
            ["backup_failure", "backup_success"],
        ),
        (["backup_aborted", "backup_aborted", "backup_success"], ["backup_aborted", "backup_success"]),
        (["backup_aborted", "backup_failure"], ["backup_aborted", "backup_failure"]),
        (["backup_failure", "restore_success", "backup_failure"], ["backup_failure"]),
        (["a.backup_failure", "b.backup_success", "a.backup_failure", "a.backup_success"],
         ["a.backup_failure", "a.backup_success"]),
    ],
)  # fmt: skip
def test_only_an_outcome_that_differs_from_the_one_before_is_reported(happened: List[str], passing: List[str]) -> None:
    assert _passing_on_change(*happened) == passing


def test_starts_and_tests_have_no_outcome_to_remember() -> None:
    assert outcome_of(payload("backup_start")) is None
    assert outcome_of(payload("backup_failure", test=True)) is None
    assert outcome_of(payload("restore_aborted")) == (("prime_backup", Task.RESTORE), Status.ABORTED)


# -- all together -----------------------------------------------------------------------------------------------------


def test_the_reasons_say_where_each_rule_stands_and_what_was_found() -> None:
    of = payload("backup_failure", operator=STEVE, cost_s=61)
    config = endpoint(
        enabled=False,
        events=["*_failure"],
        filter={"min_cost": "5m", "tags": "scheduled", "except": {"operators": ["player:*"], "on_change": True}},
    )
    block = NotificationConfig(events=[EventName.BACKUP_START])
    reasons = decide(of, config, block, RoutingContext()).reasons
    assert [(reason.path, reason.passed, reason.actual, reason.expected) for reason in reasons] == [
        ("notification.enabled", False, ("false",), ("true",)),
        ("enabled", False, ("false",), ("true",)),
        ("notification.events", False, ("backup_failure",), ("backup_start",)),
        ("events", True, ("backup_failure",), ("backup_failure", "restore_failure")),
        ("filter.tags", True, None, ("scheduled",)),
        ("filter.min_cost", False, ("61s",), ("5m",)),
        ("filter.except.operators", False, ("player:Steve",), ("player:*",)),
        ("filter.except.on_change", False, ("failure", "success"), ()),
    ]


def test_an_event_goes_to_those_endpoints_that_let_it_pass_in_their_order() -> None:
    config = loaded(
        {"name": "all", "url": "http://127.0.0.1:9"},
        {"name": "off", "url": "http://127.0.0.1:9", "enabled": False},
        {"name": "failures", "url": "http://127.0.0.1:9", "events": "*_failure"},
        {"name": "restores", "url": "http://127.0.0.1:9", "filter": {"tasks": ["restore"]}},
    )
    block = config.config.notification
    endpoints = block.endpoints
    assert route(payload("backup_failure"), block, endpoints, RoutingContext()) == [
        "all",
        "failures",
    ]
    assert route(payload("restore_failure"), block, endpoints, RoutingContext()) == [
        "all",
        "failures",
        "restores",
    ]


# what did not happen

_WATCHED = ("backup_overdue", "backup_stuck", "restore_stuck", "storage_low", "storage_ok", "report")


@pytest.mark.parametrize(
    ("rules", "passing"),
    [
        ({"error_only": True}, {"backup_overdue"}),
        ({"success_only": True}, set()),
        ({"min_severity": "warning"}, {"backup_overdue", "backup_stuck", "restore_stuck", "storage_low"}),
        ({"min_severity": "error"}, {"backup_overdue"}),
        ({"tasks": ["storage"]}, {"storage_low", "storage_ok"}),
        ({"tasks": ["backup"]}, {"backup_overdue", "backup_stuck"}),
        ({"on_change": True}, {"backup_overdue", "backup_stuck", "restore_stuck", "storage_low", "storage_ok"}),
        ({"min_cost": "5m"}, {"backup_overdue", "backup_stuck", "restore_stuck", "storage_low"}),
        ({"operators": "player:*"}, {"backup_overdue", "backup_stuck", "restore_stuck", "storage_low"}),
    ],
)
def test_filters_take_what_did_not_happen(rules: Dict[str, Any], passing: Set[str]) -> None:
    config, block = endpoint(filter=rules, events=list(_WATCHED)), NotificationConfig(enabled=True)
    passes = {
        name for name in _WATCHED if decide(normalized(event(name)).payload, config, block, RoutingContext()).passes
    }
    assert passes == passing


def test_the_same_outcome_again_is_no_change() -> None:
    config, block = endpoint(filter={"on_change": True}), NotificationConfig(enabled=True)
    for name, status in (("backup_overdue", Status.OVERDUE), ("storage_low", Status.LOW), ("storage_ok", Status.OK)):
        payload = normalized(event(name)).payload
        context = RoutingContext({payload.task_kind: status})
        assert not decide(payload, config, block, context).passes


@pytest.mark.parametrize("block", [None, ["backup", "report"]])
def test_a_report_goes_where_events_name_it(block: Any) -> None:
    payload, notification = normalized(event("report")).payload, NotificationConfig(enabled=True, events=block)
    context = RoutingContext()
    for asked, passes in ((["report"], True), (["backup"], False), (None, block is not None)):
        assert decide(payload, endpoint(events=asked), notification, context).passes is passes
