"""What a case came to: what was promised, compared with what arrived."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Dict, List, Mapping, Sequence, Set, Tuple

from tests.crash.life import LIFE_HEADER
from tests.support.receiver import Recorded

__all__ = ["Arrival", "Promise", "Verdict", "judge"]

REFUSING = ("refusing", "dropped")
"""The endpoints that refuse what they get: the first of them only the first time, the other for ever."""


@dataclass(frozen=True)
class Promise:
    """A notification that was reported as accepted: its id, or, where that was not known yet, its marker."""

    id: str
    marker: str


@dataclass(frozen=True)
class Arrival:
    """A request that came in and what it was answered. ``life``: the label of the one that sent it."""

    endpoint: str
    id: str
    event: str
    task: str
    marker: str
    ok: bool
    life: str

    @classmethod
    def of(cls, request: Recorded, ok: bool) -> Arrival:
        payload = request.json()
        assert request.header("webhook-id") == payload["id"]
        endpoint, marker, life = request.path.strip("/"), payload.get("message", ""), request.header(LIFE_HEADER)
        assert life
        return cls(endpoint, payload["id"], payload["event"], payload["task_id"], marker, ok, life)


@dataclass(frozen=True)
class Verdict:
    """``lost``: promised and never delivered. ``duplicates``: delivered more than once, of which ``bound`` are allowed.

    ``wrong``: what else should not be, in words: a duplicate under another id, an end before its start, and the like.
    """

    kills: int
    accepted: int
    lost: Tuple[str, ...]
    duplicates: int
    bound: int
    wrong: Tuple[str, ...]


def judge(promises: Sequence[Promise], endpoints: Sequence[str], arrivals: Sequence[Arrival], kills: int) -> Verdict:
    """Compares what was promised to ``endpoints`` with all arrivals, in their order."""
    lost: List[str] = []
    for endpoint in endpoints:
        here = [one for one in arrivals if one.endpoint == endpoint and one.ok]
        ids, markers = {one.id for one in here}, {one.marker for one in here}
        for promise in promises:
            if promise.id not in ids and promise.marker not in markers:
                lost.append(f"{promise.id} {promise.marker} at {endpoint}")
    copies = collections.Counter((one.endpoint, one.id) for one in arrivals if one.ok)
    wrong = [*_too_many(arrivals), *_other_ids(arrivals), *_out_of_order(arrivals, endpoints)]
    duplicates = sum(count - 1 for count in copies.values())
    return Verdict(kills, len(promises), tuple(lost), duplicates, kills * len(endpoints), tuple(wrong))


def _too_many(arrivals: Sequence[Arrival]) -> List[str]:
    """Of what a life delivered to an endpoint, only the one thing that it was at when it was killed is repeated."""
    by_life: Dict[Tuple[str, str], str] = {}
    repeated: Mapping[Tuple[str, str], List[str]] = collections.defaultdict(list)
    for one in arrivals:
        if one.ok and (one.endpoint, one.id) in by_life:
            repeated[one.endpoint, by_life[one.endpoint, one.id]].append(one.id)
        if one.ok:
            by_life[one.endpoint, one.id] = one.life
    return [f"repeated of {key[1]} at {key[0]}: {ids}" for key, ids in repeated.items() if len(ids) > 1]


def _other_ids(arrivals: Sequence[Arrival]) -> List[str]:
    ids: Mapping[Tuple[str, str], Set[str]] = collections.defaultdict(set)
    for one in arrivals:
        ids[one.task, one.event].add(one.id)
    return [f"{key} went out under {len(of_it)} ids" for key, of_it in ids.items() if len(of_it) > 1]


def _out_of_order(arrivals: Sequence[Arrival], endpoints: Sequence[str]) -> List[str]:
    """Each task has one end, which comes after all tries of its start, except where the start was a dead letter."""
    wrong: List[str] = []
    tasks: Dict[Tuple[str, str], List[Arrival]] = collections.defaultdict(list)
    for one in arrivals:
        tasks[one.endpoint, one.task].append(one)
    for (endpoint, task), those in tasks.items():
        is_end = [not one.event.endswith("_start") for one in those]
        if is_end != sorted(is_end) and endpoint not in REFUSING:
            wrong.append(f"start after end of {task} at {endpoint}")
        ends = {one.id for one, end in zip(those, is_end) if end}
        if len(ends) != 1 and endpoint in endpoints:
            wrong.append(f"{len(ends)} ends of {task} at {endpoint}")
    return wrong
