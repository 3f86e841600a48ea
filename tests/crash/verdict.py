"""The verdict on a case: its promises, compared with the arrivals."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from typing import Dict, List, Mapping, Sequence, Set, Tuple

from tests.crash.life import LIFE_HEADER, ON_FULL_DISK
from tests.support.receiver import Recorded

__all__ = ["Arrival", "Promise", "Verdict", "judge"]

REFUSING = ("refusing", "dropped")
"""The endpoints that refuse notifications: the first one each notification once, the second one always."""

DIGEST = "digest"
"""The endpoint with a digest: one message for several notifications, in which an end stands for its start, too."""

REMINDED = "reminded"
"""The endpoint that gets failures only, with reminders, and a message when the failure is over."""

GROUP = "turns"
"""The group whose members take turns. The second member delivers the notifications that the first one gives up."""

MEMBERS = (f"{GROUP}-0", f"{GROUP}-1")

_AT_ONCE = {GROUP: len(MEMBERS)}
"""By endpoint: the number of attempts that a kill can interrupt, if it is not 1. Each member of the group makes one."""

_ENDS = ("backup_success", "backup_failure", "backup_aborted")


@dataclass(frozen=True)
class Promise:
    """A notification that the engine accepted: its id, and its marker for when the id was not known yet."""

    id: str
    marker: str


@dataclass(frozen=True)
class Arrival:
    """One notification of a request. ``ok``: whether the answer was a success. ``life``: the label of the life that
    sent it. ``request``: a number, the same for all notifications of a request.
    """

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
        """One arrival for each notification of the request: several for a digest."""
        payload = request.json()
        assert request.header("webhook-id") == payload["id"]
        endpoint, life = request.path.strip("/").partition("-")[0], request.header(LIFE_HEADER)
        assert life
        marker = payload.get("message", "").partition("\n")[0]  # remarks follow on the next lines
        alone = [{**payload, "title": marker}]
        return [
            cls(endpoint, one["id"], one["event"], one["task_id"], one["title"], ok, life, number)
            for one in payload.get("extra", {}).get("digest", alone)
        ]


@dataclass(frozen=True)
class Verdict:
    """``lost``: promises that were never delivered. ``duplicates``: repeated requests, of which ``bound`` are allowed.

    ``wrong``: all other mistakes, in words: a duplicate with another id, an end before its start, and the like.
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
    """Compares the promises to ``endpoints`` with all arrivals, in the order of arrival.

    ``full``: the disk refused for a while. A kill in that time repeats the deliveries made since its beginning, and
    loses the notifications accepted since then. They are promised only once they are on the disk.
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
    """The ids and markers of the notifications that fulfil the promise at that endpoint."""
    task, _, event = promise.marker.rpartition("-")
    ends = {f"{task}-{end}" for end in _ENDS} if endpoint == DIGEST and event == "backup_start" else set()
    return {promise.id, promise.marker} | ends


def _is_wanted(promise: Promise, endpoint: str) -> bool:
    if endpoint == GROUP:
        return promise.marker != promise.id  # the files of the seeds have no deliveries for the group
    return endpoint != REMINDED or promise.marker.endswith("_failure")


def _duplicates(arrivals: Sequence[Arrival]) -> int:
    """The number of requests with a notification that an earlier request had delivered."""
    first: Dict[Tuple[str, str], int] = {}
    for one in arrivals:
        if one.ok:
            first.setdefault((one.endpoint, one.id), one.request)
    return len({one.request for one in arrivals if one.ok and first[one.endpoint, one.id] != one.request})


def _too_many(arrivals: Sequence[Arrival]) -> List[str]:
    """A kill may repeat only the requests that were running at an endpoint: one, or one for each member of a group."""
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
    """The endpoint with reminders gets a message when the failure is over."""
    here = [one for one in arrivals if one.endpoint == REMINDED and one.ok]
    is_failing = bool(here) and here[-1].event == "backup_failure"
    return [f"the last that {REMINDED} heard is a failure"] if is_failing else []


def _firsts(arrivals: Sequence[Arrival]) -> List[Arrival]:
    """The arrivals without those that repeat an earlier delivery."""
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
    """Each task has one end, which comes after all attempts of its start, unless the start was a dead letter."""
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
