"""The options for digests, quiet hours, dedupe, repeat, fallbacks and groups."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from prime_notify.model.event import Severity
from tests.support.configs import hook, load, load_endpoints, problems


def test_the_examples_of_the_reference_work():
    loaded = load_endpoints(
        hook(
            digest={"every": "6h", "max": 20, "at_once": "ERROR"},
            quiet_hours={"from": "23:00", "to": " 7:00", "below": "warning"},
        )
    )
    assert loaded.problems == ()
    config = loaded.endpoints[0].config
    assert (config.digest.every, config.digest.max, config.digest.at_once) == (21600, 20, Severity.ERROR)
    assert (config.quiet_hours.from_, config.quiet_hours.to) == ("23:00", "07:00")
    assert config.quiet_hours.below is Severity.WARNING


def test_by_default_a_digest_has_at_most_fifty_of_every_severity_and_quiet_hours_let_errors_through():
    config = load_endpoints(hook(digest={"every": 60}, quiet_hours={"from": "1:00", "to": "2:00"})).endpoints[0].config
    assert (config.digest.max, config.digest.at_once) == (50, None)
    assert config.quiet_hours.below is Severity.ERROR


@pytest.mark.parametrize(
    ("options", "path", "remedy"),
    [
        ({"digest": {}}, "digest.every", 'add "every"'),
        ({"digest": {"every": "0s"}}, "digest.every", "above zero"),
        ({"digest": {"every": "8d"}}, "digest.every", "at most 7 days"),
        ({"digest": {"every": "soon"}}, "digest.every", "a duration is"),
        ({"digest": {"every": "1h", "max": 1}}, "digest.max", "at least 2"),
        ({"digest": {"every": "1h", "at_once": "info"}}, "digest.at_once", "nothing to collect"),
        ({"digest": {"every": "1h", "at_once": "eror"}}, "digest.at_once", 'did you mean "error"'),
        ({"digest": "6h"}, "digest", "write an object"),
        ({"quiet_hours": {"from": "23:00"}}, "quiet_hours.to", 'add "to"'),
        ({"quiet_hours": {"from": "25:00", "to": "7:00"}}, "quiet_hours.from", "a time of day"),
        ({"quiet_hours": {"from": "7:00", "to": "07:00"}}, "quiet_hours", "the same time"),
        ({"quiet_hours": {"from": "1:00", "to": "2:00", "below": "info"}}, "quiet_hours.below", "nothing is below"),
    ],
)
def test_what_does_not_fit_is_left_out_and_reported_with_its_place(options: Dict[str, Any], path: str, remedy: str):
    loaded = load_endpoints(hook(**options))
    found = problems(loaded)
    assert list(found) == [f"[0].{path}"]
    assert remedy in found[f"[0].{path}"].remedy
    assert "is left out" in found[f"[0].{path}"].remedy
    assert [one.name for one in loaded.endpoints] == ["ops"]


def test_what_shows_a_state_cannot_hold_anything_back():
    endpoint = {"name": "h", "type": "healthchecks", "url": "https://hc-ping.com/4dd5b3a4-3c9e-4ad2-8d49-0ae19b4b5f0a"}
    loaded = load_endpoints({**endpoint, "digest": {"every": "1h"}})
    [problem] = loaded.problems
    assert (problem.path, problem.fatal) == ("notification.endpoints[0].digest", False)
    assert loaded.endpoints[0].config.digest is None


def test_a_fallback_is_the_name_of_another_endpoint():
    loaded = load_endpoints(hook(name="a", fallback="b"), hook(name="b", fallback=["a"]), hook(name="c"))
    assert loaded.problems == ()
    assert [one.config.fallback for one in loaded.endpoints] == [["b"], ["a"], None]


def test_fallbacks_that_are_none_are_left_out_and_reported():
    loaded = load_endpoints(hook(name="mail", fallback=["mial", "phone", "mail", "nobody"]), hook(name="phone"), 7)
    found = problems(loaded)
    assert loaded.endpoints[0].config.fallback == ["phone"]
    assert loaded.endpoints[1].config.fallback is None
    assert 'did you mean "mail"' in found["[0].fallback[0]"].remedy
    assert "cannot be its own fallback" in found["[0].fallback[2]"].remedy
    assert found["[0].fallback[3]"].found == '"nobody"'
    assert not found["[0].fallback[3]"].fatal


def test_a_fallback_that_has_a_problem_itself_is_known():
    assert set(problems(load_endpoints(hook(name="a", fallback=["b"]), hook(name="b", url="nowhere")))) == {"[1].url"}


def test_dedupe_has_a_window():
    loaded = load_endpoints(hook(dedupe={"window": "1h"}))
    assert (loaded.problems, loaded.endpoints[0].config.dedupe.window) == ((), 3600)
    assert "above zero" in problems(load_endpoints(hook(dedupe={"window": 0})))["[0].dedupe.window"].remedy
    assert 'add "window"' in problems(load_endpoints(hook(dedupe={})))["[0].dedupe.window"].remedy


def test_reminders_come_every_minute_at_the_most():
    loaded = load_endpoints(hook(repeat="6h"))
    assert (loaded.problems, loaded.endpoints[0].config.repeat) == ((), 21600)
    for wrong in ("59s", "8d"):
        assert "from 1 minute to 7 days" in problems(load_endpoints(hook(repeat=wrong)))["[0].repeat"].remedy


def _with_groups(groups: Any, *endpoints: Any):
    return load({"notification": {"enabled": True, "groups": groups, "endpoints": list(endpoints)}})


def test_endpoints_share_in_a_group():
    loaded = _with_groups({"phones": "First-OK"}, hook(name="a", group="phones"), hook(name="b", group="phones"))
    assert loaded.problems == ()
    assert loaded.config.notification.groups == {"phones": "first_ok"}
    assert loaded.endpoints[0].config.group == "phones"


def test_groups_that_do_not_fit_are_reported():
    loaded = _with_groups(
        {"phones": "first", "mails": "all"}, hook(name="a", group="mail"), hook(name="b", group="phones")
    )
    found = {problem.path: problem for problem in loaded.problems}
    assert 'did you mean "first_ok"' in found["notification.groups.phones"].remedy
    assert 'did you mean "mails"' in found["notification.endpoints[0].group"].remedy
    assert "no endpoint is in it" in found["notification.groups.mails"].remedy
    assert "until then each endpoint of the group gets everything" in found["notification.groups.phones"].remedy
    assert [one.config.group for one in loaded.endpoints] == [None, None]
    assert len(found) == 3
    assert not any(problem.fatal for problem in loaded.problems)


def test_a_group_without_groups_is_reported():
    assert "there are no groups" in problems(load_endpoints(hook(group="g")))["[0].group"].remedy


def test_a_group_with_nobody_to_share_with_is_reported():
    alone, off = hook(name="a", group="g"), hook(name="b", group="g", enabled=False)
    [problem] = _with_groups({"g": "round_robin"}, alone, off).problems
    assert (problem.path, problem.fatal) == ("notification.groups.g", False)
    assert problem.remedy.startswith('only "a" is in it and enabled; ')
    assert _with_groups({"g": "all"}, alone, off).problems == ()
    assert _with_groups({"g": "first_ok"}, off).problems == ()


def test_what_shows_a_state_shares_nothing():
    pings = {"name": "hc", "type": "healthchecks", "url": "https://hc-ping.com/x", "group": "g"}
    found = _with_groups({"g": "first_ok"}, pings, hook(name="a", group="g"), hook(name="b", group="g"))
    [problem] = found.problems
    assert problem.path == "notification.endpoints[0].group"
    assert problem.remedy.startswith("healthchecks shows a state, so it has to receive everything")
    assert found.endpoints[0].config.group is None
    assert _with_groups({"g": "all"}, pings).problems == ()


def test_a_fallback_that_can_never_take_over_is_reported_and_stays():
    loaded = load_endpoints(hook(name="a", fallback="b"), hook(name="b", enabled=False))
    assert problems(loaded)["[0].fallback[0]"].remedy.startswith("it is not enabled")
    assert loaded.endpoints[0].config.fallback == ["b"]
    members = [hook(name="a", fallback=["b"], group="g"), hook(name="b", group="g")]
    [problem] = _with_groups({"g": "first_ok"}, *members).problems
    assert problem.path == "notification.endpoints[0].fallback[0]"
    assert problem.remedy == 'it takes over anyway, as one of the group "g"; leave it out'
    assert _with_groups({"g": "all"}, *members).problems == ()


def test_a_group_may_have_the_endpoint_that_has_a_problem():
    loaded = _with_groups({"g": "all"}, hook(group="g", url="nowhere"))
    assert [problem.path for problem in loaded.problems] == ["notification.endpoints[0].url"]
