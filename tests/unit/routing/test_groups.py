"""Which endpoints of a group get what several of them want."""

from __future__ import annotations

from collections import Counter
from typing import Any, Sequence, Set

import pytest

from prime_notify.config.load import Endpoint
from prime_notify.routing.groups import members_after, share_out
from tests.support.build import loaded


def endpoints(*, mode: str = "first_ok", **groups: Any) -> Sequence[Endpoint]:
    written = [{"name": name, "url": "http://h/x", "group": group} for name, group in groups.items()]
    modes = dict.fromkeys(filter(None, groups.values()), mode)
    return loaded(notification={"enabled": True, "groups": modes, "endpoints": written}).endpoints


def shared(mode: str, *, unwell: Set[str] = frozenset(), task_id: str = "t", names: str = "abcd") -> Sequence[str]:  # type: ignore[assignment]
    group = endpoints(mode=mode, a="g", b="g", c="g", d=None)
    return share_out(list(names), group, {"g": mode}, task_id, lambda name: name not in unwell)


def test_all_get_it_unless_the_group_says_otherwise() -> None:
    assert shared("all") == ["a", "b", "c", "d"]
    assert share_out(["a"], endpoints(a="g"), {}, "t", lambda name: True) == ["a"]


@pytest.mark.parametrize(
    ("unwell", "names", "chosen"),
    [
        (set(), "abcd", ["a", "d"]),
        ({"a"}, "abcd", ["b", "d"]),
        ({"a", "b", "c"}, "abcd", ["a", "d"]),
        (set(), "cd", ["c", "d"]),
        (set(), "d", ["d"]),
    ],
)
def test_the_first_that_is_well_gets_it(unwell: Set[str], names: str, chosen: Sequence[str]) -> None:
    assert shared("first_ok", unwell=unwell, names=names) == chosen


def test_tasks_are_spread_evenly_and_each_stays_where_it_is() -> None:
    chosen = {f"t{number}": shared("round_robin", task_id=f"t{number}")[0] for number in range(300)}
    assert all(70 < count < 130 for count in Counter(chosen.values()).values())
    assert all(shared("round_robin", task_id=task)[0] == name for task, name in chosen.items())


def test_only_the_tasks_of_one_that_is_not_well_go_elsewhere() -> None:
    for number in range(30):
        usual = shared("round_robin", task_id=f"t{number}")[0]
        now = shared("round_robin", task_id=f"t{number}", unwell={"a"})[0]
        assert now != "a"
        assert now == usual or usual == "a"
    assert shared("round_robin", unwell={"a", "b", "c"})[0] == shared("round_robin")[0]


def test_groups_share_apart_from_each_other() -> None:
    two = endpoints(a="g", b="h", c="g", d="h")
    assert share_out(list("abcd"), two, {"g": "first_ok", "h": "first_ok"}, "t", lambda name: True) == ["a", "b"]


def test_those_after_an_endpoint_take_over_and_then_those_before() -> None:
    group = endpoints(a="g", b="g", c="g", d=None)
    assert members_after("b", group, {"g": "first_ok"}) == ("c", "a")
    assert members_after("b", group, {"g": "all"}) == ()
    assert members_after("d", group, {"g": "first_ok"}) == ()
    assert members_after("gone", group, {"g": "first_ok"}) == ()
