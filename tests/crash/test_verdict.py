"""The judge of the crash suite sees what it is there to see."""

from __future__ import annotations

from typing import List

from tests.crash.verdict import Arrival, Promise, judge


def arrival(
    event: str = "backup_success", *, id: str = "n", task: str = "t", ok: bool = True, life: str = "life0"
) -> Arrival:
    return Arrival("first", id, event, task, f"mark of {id}", ok, life)


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
    assert wrong(first, second, first, second) == ["repeated of life0 at first: ['a', 'b']"]


def test_another_id_for_the_same_event_is_wrong() -> None:
    assert any("under 2 ids" in what for what in wrong(arrival(id="a"), arrival(id="b")))


def test_a_start_after_its_end_is_wrong_and_so_is_a_task_without_an_end() -> None:
    start = arrival("backup_start", id="s")
    assert wrong(start, arrival()) == []
    assert any("start after end" in what for what in wrong(arrival(), start))
    assert any("0 ends" in what for what in wrong(start))
