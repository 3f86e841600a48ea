"""The judge of the crash suite finds each kind of mistake."""

from __future__ import annotations

import itertools
from typing import List, Optional

from tests.crash.verdict import DIGEST, GROUP, REMINDED, Arrival, Promise, judge

numbers = itertools.count()


def arrival(
    event: str = "backup_success",
    *,
    id: str = "n",
    task: str = "t",
    ok: bool = True,
    life: str = "life0",
    to: str = "first",
    request: Optional[int] = None,
) -> Arrival:
    number = next(numbers) if request is None else request
    return Arrival(to, id, event, task, f"mark of {id}", ok, life, number)


def wrong(*arrivals: Arrival, kills: int = 1) -> List[str]:
    return list(judge([], ["first"], arrivals, kills).wrong)


def test_what_was_promised_and_did_not_arrive_is_lost() -> None:
    promises = [Promise("n", "-"), Promise("-", "mark of late"), Promise("gone", "-"), Promise("refused", "-")]
    arrivals = [arrival(), arrival(id="late", task="l"), arrival(id="refused", task="r", ok=False)]
    verdict = judge(promises, ["first"], arrivals, 1)
    assert verdict.lost == ("gone - at first", "refused - at first")


def test_one_repetition_for_each_kill_is_allowed() -> None:
    verdict = judge([Promise("n", "")], ["first", "second"], [arrival(), arrival(life="life1")], 1)
    assert (verdict.duplicates, verdict.bound, verdict.wrong) == (1, 2, ())
    late = [
        arrival(id="a"),
        arrival(id="b", task="u", life="life1"),
        arrival(id="a", life="life2"),
        arrival(id="b", task="u", life="life2"),
    ]
    assert wrong(*late) == []


def test_a_second_repetition_of_what_the_same_life_did_is_wrong() -> None:
    first, second = arrival(id="a"), arrival(id="b", task="u")
    assert wrong(first, second, arrival(id="a"), arrival(id="b", task="u")) == [
        "repeated of life0 at first: ['a', 'b']"
    ]


def test_another_id_for_the_same_event_is_wrong() -> None:
    assert any("under 2 ids" in what for what in wrong(arrival(id="a"), arrival(id="b")))


def test_a_start_after_its_end_is_wrong_and_so_is_a_task_without_an_end() -> None:
    start = arrival("backup_start", id="s")
    assert wrong(start, arrival()) == []
    assert any("start after end" in what for what in wrong(arrival(), start))
    assert any("0 ends" in what for what in wrong(start))


def test_of_a_digest_a_start_is_told_by_its_end_and_all_of_one_may_be_repeated() -> None:
    def told(id: str, request: int, life: str = "life0") -> Arrival:
        return arrival(id=id, to=DIGEST, request=-request, life=life)

    start, end = Promise("-", "t-backup_start"), Promise("-", "t-backup_success")
    arrived = Arrival(DIGEST, "e", "backup_success", "t", end.marker, True, "life0", -9)
    assert judge([start, end], [DIGEST], [arrived], 0).lost == ()
    assert judge([start, end], ["first"], [arrived], 0).lost != ()
    assert len(judge([start], [DIGEST], [], 0).lost) == 1
    again = judge([], [DIGEST], [told("a", 1), told("b", 1), told("a", 2, "life1"), told("b", 2, "life1")], 1)
    assert (again.duplicates, again.wrong) == (1, ())
    assert wrong(told("a", 1), told("b", 2), told("a", 3, "life1"), told("b", 3, "life1"))


def test_of_a_group_one_member_is_enough_and_each_may_repeat_one() -> None:
    promises = [Promise("a", "t-backup_success"), Promise("old", "old")]
    assert judge(promises, [GROUP], [], 0).lost == ("a t-backup_success at turns",)
    told = [arrival(id="a", to=GROUP), arrival(id="b", task="u", to=GROUP)]
    again = [arrival(id=id, task=task, to=GROUP, life="life1") for id, task in (("a", "t"), ("b", "u"))]
    assert judge(promises, [GROUP], [*told, *again], 1).wrong == ()
    third = [arrival(id="c", task="v", to=GROUP), arrival(id="c", task="v", to=GROUP, life="life1")]
    assert wrong(*told, third[0], *again, third[1])


def test_whoever_wants_failures_only_hears_of_them_and_that_they_are_over() -> None:
    failed, fine = Promise("f", "t-backup_failure"), Promise("s", "u-backup_success")
    assert judge([failed, fine], [REMINDED], [], 0).lost == ("f t-backup_failure at reminded",)
    told = arrival("backup_failure", id="f", to=REMINDED)
    reminder = arrival("backup_failure", id="r", to=REMINDED)
    assert wrong(told, reminder) == ["the last that reminded heard is a failure"]
    assert wrong(told, reminder, arrival(id="s", to=REMINDED)) == []


def test_a_kill_while_the_disk_is_full_repeats_what_was_delivered_since_and_loses_what_was_told_since() -> None:
    told_on_disk = [arrival(id=id, task=id) for id in "abc"]
    forgotten = arrival("backup_start", id="f", task="life0-full0")
    repeated = [arrival(id=id, task=id, life="life1") for id in "abc"]
    promises = [Promise(id, f"{id}-backup_success") for id in "abc"]
    verdict = judge(promises, ["first"], [*told_on_disk, forgotten, *repeated], 1, full=True)
    assert (verdict.lost, verdict.wrong, verdict.duplicates, verdict.bound) == ((), (), 3, 6)
    kept = [*promises, Promise("f", "life0-full0-backup_start")]
    verdict = judge(kept, ["first"], [*told_on_disk, forgotten], 1, full=True)
    assert verdict.wrong == ("0 ends of life0-full0 at first",)
