"""The choice of a group among its members."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence, Set

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.routing.groups import GroupChoice, GroupState, choose_members, members_after
from tests.support.build import loaded


def endpoints(*, mode: str = "first_ok", **groups: Any) -> Sequence[EndpointConfig]:
    written = [{"name": name, "url": "http://h/x", "group": group} for name, group in groups.items()]
    modes = dict.fromkeys(filter(None, groups.values()), mode)
    return loaded(notification={"enabled": True, "groups": modes, "endpoints": written}).config.notification.endpoints


GROUP = endpoints(a="g", b="g", c="g", d=None)


class Group:
    """A group of three and an endpoint without a group. Turns are remembered."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.turns: Dict[str, str] = {}
        self.paused: Set[str] = set()
        self.choices: Sequence[GroupChoice] = ()

    def next(self, wanted: str = "abcd", *, start_at: str = "") -> str:
        state = GroupState(
            GROUP, {"g": self.mode}, self.turns, lambda name: name not in self.paused, lambda: list(start_at)
        )
        names, self.choices = choose_members(list(wanted), state)
        for choice in self.choices:
            self.turns.update(choice.turn)
        return "".join(names)

    def turns_of(self, count: int, wanted: str = "abc") -> str:
        return "".join(self.next(wanted) for _ in range(count))


def test_all_get_it_unless_the_group_says_otherwise() -> None:
    assert Group("all").next() == "abcd"
    assert choose_members(["a", "d"], GroupState(GROUP, {})) == (["a", "d"], [])


@pytest.mark.parametrize(
    ("paused", "wanted", "chosen"),
    [("", "abcd", "ad"), ("a", "abcd", "bd"), ("abc", "abcd", "ad"), ("", "cd", "cd"), ("", "d", "d")],
)
def test_the_first_that_works_gets_it(paused: str, wanted: str, chosen: str) -> None:
    group = Group("first_ok")
    group.paused = set(paused)
    assert group.next(wanted) == chosen
    assert group.turns == {}


def test_members_take_turns_in_the_order_of_the_config() -> None:
    assert Group("round_robin").turns_of(7) == "abcabca"
    assert Group("round_robin").next() == "ad"


def test_who_is_left_alone_is_passed_over_and_the_others_share_its_turns() -> None:
    group = Group("round_robin")
    group.paused = {"b"}
    assert group.turns_of(4) == "acac"
    group.paused = {"a", "b", "c"}
    assert group.turns_of(4) == "abca"


def test_who_does_not_want_it_has_no_turn() -> None:
    group = Group("round_robin")
    assert group.turns_of(2, "ac") + group.turns_of(2) == "acab"


def test_a_turn_of_one_that_is_not_in_the_group_any_more_is_no_matter() -> None:
    group = Group("round_robin")
    group.turns = {"g": "gone"}
    assert group.turns_of(2) == "ab"


@pytest.mark.parametrize("mode", ["first_ok", "round_robin"])
def test_the_end_of_a_task_goes_where_its_start_went_and_is_no_turn(mode: str) -> None:
    group = Group(mode)
    assert group.next("abc") == "a"
    before = dict(group.turns)
    assert group.next("abc", start_at="dc") == "c"
    assert group.choices[0].has_start
    assert group.turns == before


def test_the_end_goes_elsewhere_where_the_start_went_to_one_that_is_left_alone_or_does_not_want_it() -> None:
    group = Group("round_robin")
    assert group.next("abc") == "a"
    group.paused = {"a"}
    assert group.next("abc", start_at="a") == "b"
    assert group.next("bc", start_at="a") == "c"


def test_a_choice_tells_what_it_went_by() -> None:
    group = Group("round_robin")
    group.next("abc")
    group.paused = {"b"}
    group.next("abc")
    assert group.choices == [GroupChoice("g", "round_robin", "c", ("a", "b", "c"), ("b",), previous="a")]
    group.paused = {"a", "b", "c"}
    group.next("abc")
    assert group.choices == [GroupChoice("g", "round_robin", "a", ("a", "b", "c"), previous="c", none_available=True)]


def test_groups_share_apart_from_each_other() -> None:
    two = endpoints(a="g", b="h", c="g", d="h")
    names, choices = choose_members(list("abcd"), GroupState(two, {"g": "first_ok", "h": "first_ok"}))
    assert names == ["a", "b"]
    assert [choice.group for choice in choices] == ["g", "h"]


@given(st.lists(st.sets(st.sampled_from("abc"), min_size=1), max_size=30), st.sets(st.sampled_from("abc")))
def test_however_they_do_one_gets_it_and_nobody_who_works_gets_two_more_than_another(
    wanting: List[Set[str]], paused: Set[str]
) -> None:
    group = Group("round_robin")
    for wanted in wanting:
        assert len(group.next("".join(sorted(wanted)))) == 1
    group.paused = paused
    turns = group.turns_of(30)
    working = set("abc") - paused or set("abc")
    counts = [turns.count(name) for name in working]
    assert sum(counts) == 30
    assert max(counts) - min(counts) <= 1


def test_those_after_an_endpoint_take_over_and_then_those_before() -> None:
    assert members_after("b", GROUP, {"g": "first_ok"}) == ("c", "a")
    assert members_after("b", GROUP, {"g": "all"}) == ()
    assert members_after("d", GROUP, {"g": "first_ok"}) == ()
    assert members_after("gone", GROUP, {"g": "first_ok"}) == ()
