"""The ``filter`` of an endpoint: valid rules, mistakes in them, and contradictions among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from prime_notify.channels.webhook import WebhookEndpoint
from prime_notify.config.filter import Filter
from prime_notify.config.models import NotificationConfig
from prime_notify.loading.contradictions import contradiction_in
from prime_notify.loading.schema import config_schema
from prime_notify.model.event import Severity, Status, Task
from prime_notify.routing import RoutingContext, decide
from tests.support import filter_model
from tests.support.build import event
from tests.support.configs import hook, load, load_endpoints, names, problems
from tests.support.examples import examples
from tests.unit.model.strategies import normalized

EVERYTHING = {
    "success_only": False,
    "error_only": True,
    "min_severity": "Warning",
    "tasks": "backup",
    "operators": ["player:*", "console"],
    "sources": "player:Steve",
    "tags": ["scheduled"],
    "targets": ["world*"],
    "comment": "*release*",
    "min_cost": "5m",
    "on_change": True,
    "except": {"events": "restore", "operators": ["prime_backup:*"], "tags": "temporary", "comment": 5},
}


def test_all_of_it_together_is_valid_for_the_loader_and_for_editors():
    loaded = load_endpoints(hook(filter=EVERYTHING, events=["*_failure"]))
    assert loaded.problems == ()
    filters = loaded.endpoints[0].config.filter
    assert (filters.min_severity, filters.tasks, filters.min_cost) == (Severity.WARNING, [Task.BACKUP], 300)
    assert (filters.sources, filters.except_.comment) == (["player:Steve"], ["5"])
    assert len(filters.except_.events) == 5


def test_editors_accept_what_is_right_and_refuse_what_is_wrong():
    validator = Draft202012Validator(config_schema())

    def accepted(**options):
        return not list(validator.iter_errors({"notification": {"endpoints": [hook(**options)]}}))

    exact = {**EVERYTHING, "min_severity": "warning", "tasks": ["backup"]}
    exact["except"] = {**exact["except"], "events": ["restore", "*_start"], "comment": "5"}
    assert accepted(events=["backup", "*_failure"], filter=exact)
    for wrong in ({"min_severity": "bad"}, {"operators": []}, {"tags": ""}, {"except": {"except": {}}}, {"events": []}):
        assert not accepted(filter=wrong)
    assert not accepted(events=["nonsense"])


@pytest.mark.parametrize(
    ("filters", "path", "found", "remedy"),
    [
        ({"min_severity": "eror"}, ".min_severity", '"eror"', 'did you mean "error"?'),
        ({"tasks": ["bakup"]}, ".tasks[0]", '"bakup"', 'did you mean "backup"?'),
        ({"tasks": []}, ".tasks", "[]", "write at least one, or leave the option out"),
        ({"operators": []}, ".operators", "[]", "write at least one, or leave the option out"),
        ({"comment": " "}, ".comment", '" "', "in which * stands for anything"),
        ({"tags": ["a" * 201]}, ".tags[0]", '"' + "a" * 58 + "…", "at most 200 characters"),
        ({"min_cost": "soon"}, ".min_cost", '"soon"', "a duration is"),
        ({"on_change": "maybe"}, ".on_change", '"maybe"', "write true or false"),
        ({"except": {"events": ["failure"]}}, ".except.events[0]", '"failure"', 'did you mean "*_failure"?'),
        ({"except": ["temporary"]}, ".except", '["temporary"]', "write an object"),
        ("error", "", '"error"', "write an object"),
    ],
)
def test_what_cannot_be_read_switches_the_endpoint_off(filters, path, found, remedy):
    loaded = load_endpoints(hook(filter=filters), hook(name="other"))
    assert names(loaded) == ["other"]
    problem = problems(loaded)[f"[0].filter{path}"]
    assert (problem.fatal, problem.found) == (True, found)
    assert remedy in problem.remedy


@pytest.mark.parametrize(
    ("options", "path", "remedy"),
    [
        ({"filter": {"min_severty": "error"}}, "[0].filter.min_severty", 'did you mean "min_severity"?'),
        ({"filter": {"events": ["backup"]}}, "[0].filter.events", 'write "events" beside "filter"'),
        ({"filter": {"event": "backup"}}, "[0].filter.event", 'write "events" beside "filter"'),
        ({"filter": {"except": {"tag": "x"}}}, "[0].filter.except.tag", 'did you mean "tags"?'),
        ({"sucess_only": True}, "[0].sucess_only", 'did you mean "success_only"? that belongs into "filter": {...}'),
        ({"event": "backup"}, "[0].event", 'did you mean "events"? known options'),
        ({"success_only": True}, "[0].success_only", 'move it into "filter": {...}'),
        ({"except": {"tags": "temporary"}}, "[0].except", 'move it into "filter": {...}'),
    ],
)
def test_what_stands_in_the_wrong_place_is_reported_with_its_right_place(options, path, remedy):
    loaded = load_endpoints(hook(**options))
    assert names(loaded) == ["ops"]
    assert list(problems(loaded)) == [path]
    assert problems(loaded)[path].remedy.startswith(remedy)


@pytest.mark.parametrize("filters", [None, {}, {"operators": None, "except": {"tags": None}}, {"error_only": False}])
def test_what_is_left_out_or_null_asks_nothing(filters):
    loaded = load_endpoints({**hook(), "filter": filters})
    assert loaded.problems == ()
    assert loaded.endpoints[0].config.filter == Filter()


# -- contradictions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "path", "others"),
    [
        ({"filter": {"success_only": True, "error_only": True}}, "error_only", "filter.success_only"),
        ({"events": "backup_start", "filter": {"min_severity": "error"}}, "min_severity", "events"),
        ({"events": "backup", "filter": {"tasks": "restore"}}, "tasks", "events"),
        ({"events": "*_start", "filter": {"min_cost": "1s"}}, "min_cost", "events"),
        ({"events": "*_start", "filter": {"on_change": True}}, "on_change", "events"),
        ({"filter": {"success_only": True, "min_severity": "error"}}, "min_severity", "filter.success_only"),
        ({"filter": {"tasks": "backup", "except": {"tasks": "backup"}}}, "except.tasks", "filter.tasks"),
        ({"filter": {"min_cost": "5m", "except": {"min_cost": "5m"}}}, "except.min_cost", "filter.min_cost"),
        ({"filter": {"on_change": True, "except": {"on_change": True}}}, "except.on_change", "filter.on_change"),
    ],
)  # fmt: skip
def test_rules_that_nothing_fits_together_switch_the_endpoint_off(options, path, others):
    loaded = load_endpoints(hook(**options), hook(name="other"))
    assert names(loaded) == ["other"]
    (problem,) = loaded.problems
    assert problem.path == f"notification.endpoints[0].filter.{path}"
    assert problem.remedy == f"it contradicts {others}: nothing can pass both; remove or change one of them"


def test_of_many_rules_only_those_that_contradict_each_other_are_named():
    filters = {"on_change": True, "tasks": "backup", "except": {"success_only": True, "events": ["*_failure"]}}
    filters["except"]["min_severity"] = "warning"
    (problem,) = load_endpoints(hook(events=["backup"], filter=filters)).problems
    assert problem.path == "notification.endpoints[0].filter.except.min_severity"
    assert problem.remedy.startswith(
        "it contradicts filter.tasks and filter.on_change and filter.except.success_only: nothing can pass all of them;"
    )


def test_an_exception_from_everything_is_reported():
    (problem,) = load_endpoints(hook(filter={"except": {"events": ["*"]}})).problems
    assert (problem.fatal, problem.found) == (True, '["*"]')
    assert problem.remedy == "it keeps everything out; leave it out"


def test_an_endpoint_that_the_whole_block_leaves_nothing_is_reported_and_stays():
    loaded = load({"notification": {"events": ["backup"], "endpoints": [hook(events=["restore"])]}})
    (problem,) = loaded.problems
    assert (names(loaded), problem.fatal, problem.path) == (["ops"], False, "notification.endpoints[0].events")
    assert "it contradicts notification.events" in problem.remedy


def test_patterns_that_only_overlap_are_no_contradiction():
    filters = {"operators": ["player:*", "A*"], "except": {"operators": ["player:Steve", "player:?", "A?", "Steve"]}}
    filters |= {"tags": "a:*"}
    filters["except"]["tags"] = "a"
    assert load_endpoints(hook(filter=filters)).problems == ()


USUAL = {
    Status.START: ["info"], Status.SUCCESS: ["info", "warning"],
    Status.FAILURE: ["error"], Status.ABORTED: ["warning"],
}  # fmt: skip


@examples(500)
@given(filter_model.endpoint_documents, filter_model.blocks, st.data())
def test_what_is_called_contradictory_lets_nothing_pass_and_only_that(document, block, data):
    """For events with their usual severity and all facts."""
    endpoint = WebhookEndpoint.model_validate({**document, "enabled": True})
    notification = NotificationConfig.model_validate({**block, "enabled": True})
    contradiction = contradiction_in(endpoint, notification.events)
    texts = {"operators", "sources", "tags", "targets", "comment"}
    stated = {
        rule for where in (document.get("filter", {}), document.get("filter", {}).get("except", {})) for rule in where
    }
    cases = [
        normalized(event(name, severity=severity, cost_s=cost, operator="x:y", source="x:y",
                         backup={"tags": {}, "targets": [], "comment": ""})).payload
        for name in filter_model.EVENTS
        for severity in USUAL[Status(name.split("_")[1])]
        for cost in (0, 1, 90, 300)
    ]  # fmt: skip
    lasts = [{("prime_backup", task): status for task in Task} for status in (Status.SUCCESS, Status.FAILURE)]
    passing = [
        decide(payload, endpoint, notification, RoutingContext(last)).passes for payload in cases for last in lasts
    ]
    if contradiction:
        assert not any(passing)
    elif not stated & texts:
        assert any(passing)
