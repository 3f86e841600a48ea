"""The demo's bookkeeping: which endpoint was to be told of what, what arrived, and what was amiss."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence

from scripts.demo.receiver import Arrival

__all__ = ["Entry", "Ledger"]


@dataclass(frozen=True)
class Entry:
    """An arrival, the event that it tells of, and the milliseconds since then, where they are known."""

    arrival: Arrival
    event: str
    ms: Optional[float] = None


class Ledger:
    """Crosses off what arrives against what was expected.

    A webhook says which event it tells of, and when that happened. The other services are sent text for people: theirs
    is taken to be the next event that they were to be told of, held back until the webhook has told of it, and has to
    bear the same title.
    """

    def __init__(self) -> None:
        self.complaints: List[str] = []
        self.expected = 0
        self.arrived = 0
        self._awaited: Dict[str, List[str]] = {}
        self._moments: Dict[str, float] = {}
        self._titles: Dict[str, str] = {}
        self._held: List[Entry] = []
        self._latencies: List[float] = []

    def expect(self, events: Mapping[str, Sequence[str]]) -> None:
        """From now on these endpoints shall be told of these events, each in this order."""
        self._awaited = {endpoint: list(names) for endpoint, names in events.items()}
        self._moments = {}
        self.expected += sum(map(len, self._awaited.values()))

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not any(self._awaited.values())

    def take(self, arrival: Arrival) -> List[Entry]:
        """Enters an arrival; returns what can be shown now."""
        awaited = self._awaited.get(arrival.endpoint, [])
        event = _named(arrival) or (awaited[0] if awaited else "something")
        if event in awaited:
            awaited.remove(event)
            self.arrived += 1
        else:
            self.complaints.append(f"{arrival.endpoint} was told of {event}, which was not to be")
        if arrival.event_at is not None:
            self._moments[event] = arrival.event_at
            self._titles[event] = _title(arrival)
        self._held.append(Entry(arrival, event))
        ready = [entry for entry in self._held if entry.event in self._moments]
        self._held = [entry for entry in self._held if entry.event not in self._moments]
        return [self._timed(entry) for entry in ready]

    def close(self) -> List[Entry]:
        """Nothing more will come: returns what could not be timed, and complains of what is missing."""
        for endpoint, events in self._awaited.items():
            self.complaints += [f"{endpoint} was never told of {event}" for event in events]
        held, self._held, self._awaited = self._held, [], {}
        return held

    def verdict(self) -> str:
        """One sentence for the end."""
        text = f"{self.arrived} of {self.expected} notifications arrived"
        if self._latencies:
            middle, worst = statistics.median(self._latencies), max(self._latencies)
            text += f", {middle:.0f} ms after their event at the median and {worst:.0f} ms at most"
        return text

    def _timed(self, entry: Entry) -> Entry:
        title, expected = _title(entry.arrival), self._titles[entry.event]
        if not expected.startswith(title.rstrip("…")):  # some services take short titles only
            self.complaints.append(f"{entry.arrival.endpoint} was sent {title!r} for {expected!r}")
        ms = max(0.0, entry.arrival.at - self._moments[entry.event]) * 1000
        self._latencies.append(ms)
        return Entry(entry.arrival, entry.event, ms)


def _named(arrival: Arrival) -> Optional[str]:
    """The event that the document itself names; "test" for a test notification."""
    if arrival.document.get("test"):
        return "test"
    name = arrival.document.get("event")
    return None if name is None else str(name)


def _title(arrival: Arrival) -> str:
    return str(arrival.document.get("title", ""))
