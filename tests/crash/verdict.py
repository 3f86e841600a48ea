"""What a case came to: what was promised, compared with what arrived."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Dict, List, Mapping, Sequence, Set, Tuple

from tests.crash.life import LIFE_HEADER, ON_FULL_DISK
from tests.support.receiver import Recorded

__all__ = ["Arrival", "Promise", "Verdict", "judge"]

REFUSING = ("refusing", "dropped")
"""The endpoints that refuse what they get: the first of them only the first time, the other for ever."""

DIGEST = "digest"
"""The endpoint that gets several in one message, where a start is told by its end."""

REMINDED = "reminded"
"""The endpoint that wants failures only, is reminded of them, and told when they are over."""

GROUP = "turns"
"""The endpoints that take turns, as one: what the first of them gives up, the second one tells instead."""

MEMBERS = (f"{GROUP}-0", f"{GROUP}-1")

_AT_ONCE = {GROUP: len(MEMBERS)}
"""The attempts that a kill can interrupt at an endpoint, where they are not one: each member of the group makes one."""

_ENDS = ("backup_success", "backup_failure", "backup_aborted")


@dataclass(frozen=True)
class Promise:
    """A notification that was reported as accepted: its id, or, where that was not known yet, its marker."""

    id: str
    marker: str


@dataclass(frozen=True)
class Arrival:
    """What a request told of, and what it was answered. ``life``: the label of the one that sent it; ``request``: the
    same number for all that it told of."""

    endpoint: str
    id: str
    event: str
    task: str
    marker: str
    ok: bool
    life: str
    request: int

    @classmethod
    def of(cls, request: Recorded, ok: bool, number: int) -> List[Arrival]:
        """One for each notification that the request tells of."""
        payload = request.json()
        assert request.header("webhook-id") == payload["id"]
        endpoint, life = request.path.strip("/").partition("-")[0], request.header(LIFE_HEADER)
        assert life
        marker = payload.get("message", "").partition("\n")[0]  # below it stands what is said beside it
        alone = [{**payload, "title": marker}]
        return [
            cls(endpoint, one["id"], one["event"], one["task_id"], one["title"], ok, life, number)
            for one in payload.get("extra", {}).get("digest", alone)
        ]


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


def judge(
    promises: Sequence[Promise],
    endpoints: Sequence[str],
    arrivals: Sequence[Arrival],
    kills: int,
    *,
    full: bool = False,
) -> Verdict:
    """Compares what was promised to ``endpoints`` with all arrivals, in their order.

    ``full``: the disk took nothing for a while. A kill in it repeats what was delivered since its beginning, and loses
    what was told since then, which is promised only once it is on the disk.
    """
    if full:
        promised = {promise.marker.rpartition("-")[0] for promise in promises}
        arrivals = [one for one in arrivals if ON_FULL_DISK not in one.task or one.task in promised]
    lost: List[str] = []
    for endpoint in endpoints:
        here = [one for one in arrivals if one.endpoint == endpoint and one.ok]
        known = {name for one in here for name in (one.id, one.marker, f"{one.task}-{one.event}")}
        for promise in promises:
            if not known.intersection(_told_by(promise, endpoint)) and _is_wanted(promise, endpoint):
                lost.append(f"{promise.id} {promise.marker} at {endpoint}")
    plain = [one for one in arrivals if one.endpoint not in (DIGEST, REMINDED)]
    wrong = [*_other_ids(plain), *_out_of_order(_firsts(plain) if full else plain, endpoints), *_not_over(arrivals)]
    wrong += [] if full else _too_many(arrivals)
    interrupted = sum(_AT_ONCE.get(endpoint, 1) for endpoint in endpoints)
    bound = len({one.request for one in arrivals if one.ok}) if full and kills else kills * interrupted
    return Verdict(kills, len(promises), tuple(lost), _duplicates(arrivals), bound, tuple(wrong))


def _told_by(promise: Promise, endpoint: str) -> Set[str]:
    """The ids and markers of what tells it there."""
    task, _, event = promise.marker.rpartition("-")
    ends = {f"{task}-{end}" for end in _ENDS} if endpoint == DIGEST and event == "backup_start" else set()
    return {promise.id, promise.marker} | ends


def _is_wanted(promise: Promise, endpoint: str) -> bool:
    if endpoint == GROUP:
        return promise.marker != promise.id  # of what was stored before, nobody had made one of them
    return endpoint != REMINDED or promise.marker.endswith("_failure")


def _duplicates(arrivals: Sequence[Arrival]) -> int:
    """How many requests told of what had been told before."""
    first: Dict[Tuple[str, str], int] = {}
    for one in arrivals:
        if one.ok:
            first.setdefault((one.endpoint, one.id), one.request)
    return len({one.request for one in arrivals if one.ok and first[one.endpoint, one.id] != one.request})


def _too_many(arrivals: Sequence[Arrival]) -> List[str]:
    """Of what a life delivered to an endpoint, only the one request that it was at when it was killed is repeated."""
    newest: Dict[Tuple[str, str], Arrival] = {}
    repeated: Mapping[Tuple[str, str], Dict[int, str]] = collections.defaultdict(dict)
    for one in arrivals:
        if not one.ok:
            continue
        before = newest.get((one.endpoint, one.id))
        if before is not None:
            repeated[one.endpoint, before.life][before.request] = one.id
        newest[one.endpoint, one.id] = one
    return [
        f"repeated of {life} at {endpoint}: {[*ids.values()]}"
        for (endpoint, life), ids in repeated.items()
        if len(ids) > _AT_ONCE.get(endpoint, 1)
    ]


def _not_over(arrivals: Sequence[Arrival]) -> List[str]:
    """Whoever was reminded hears of it when it is over."""
    here = [one for one in arrivals if one.endpoint == REMINDED and one.ok]
    is_failing = bool(here) and here[-1].event == "backup_failure"
    return [f"the last that {REMINDED} heard is a failure"] if is_failing else []


def _firsts(arrivals: Sequence[Arrival]) -> List[Arrival]:
    """Without those that repeat what was delivered before."""
    delivered: Set[Tuple[str, str]] = set()
    firsts: List[Arrival] = []
    for one in arrivals:
        if (one.endpoint, one.id) not in delivered:
            firsts.append(one)
        if one.ok:
            delivered.add((one.endpoint, one.id))
    return firsts


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
        if is_end != sorted(is_end) and endpoint not in (*REFUSING, GROUP):
            wrong.append(f"start after end of {task} at {endpoint}")
        ends = {one.id for one, end in zip(those, is_end) if end}
        if len(ends) != 1 and endpoint in endpoints:
            wrong.append(f"{len(ends)} ends of {task} at {endpoint}")
    return wrong
