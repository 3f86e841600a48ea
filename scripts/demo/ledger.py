"""The demo's ledger: expected notifications, arrivals, and complaints about the difference."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence

from scripts.demo.receiver import Arrival
from scripts.demo.words import Words

__all__ = ["Entry", "Ledger"]


@dataclass(frozen=True)
class Entry:
    """An arrival, its event, and the milliseconds between the two. ``ms``: None if the time of the event is unknown."""

    arrival: Arrival
    event: str
    ms: Optional[float] = None


class Ledger:
    """Compares the arrivals with the expected notifications.

    The payload of a webhook names its event and the time of that event. The other services get texts for people. The
    ledger takes such a text for the next event that its endpoint expects, keeps it until the webhook of that event has
    arrived, and compares the titles.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self.complaints: List[str] = []
        self.expected = 0
        self.arrived = 0
        self._awaited: Dict[str, List[str]] = {}
        self._moments: Dict[str, float] = {}
        self._titles: Dict[str, str] = {}
        self._held: List[Entry] = []
        self._latencies: List[float] = []

    def expect(self, events: Mapping[str, Sequence[str]]) -> None:
        """From now on, each endpoint has to receive notifications of its events, in this order."""
        self._awaited = {endpoint: list(names) for endpoint, names in events.items()}
        self._moments = {}
        self.expected += sum(map(len, self._awaited.values()))

    @property
    def complete(self) -> bool:
        """Whether every expected notification has arrived."""
        return not any(self._awaited.values())

    def take(self, arrival: Arrival) -> List[Entry]:
        """Records an arrival. Returns the entries that can be shown now."""
        awaited = self._awaited.get(arrival.endpoint, [])
        event = _named(arrival) or (awaited[0] if awaited else "something")
        if event in awaited:
            awaited.remove(event)
            self.arrived += 1
        else:
            self.complaints.append(self._words("unexpected", endpoint=arrival.endpoint, event=event))
        if arrival.event_at is not None:
            self._moments[event] = arrival.event_at
            self._titles[event] = _title(arrival)
        self._held.append(Entry(arrival, event))
        ready = [entry for entry in self._held if entry.event in self._moments]
        self._held = [entry for entry in self._held if entry.event not in self._moments]
        return [self._timed(entry) for entry in ready]

    def close(self) -> List[Entry]:
        """Ends the expectations. Returns the entries whose event has no known time, and complains of missing ones."""
        for endpoint, events in self._awaited.items():
            self.complaints += [self._words("missing", endpoint=endpoint, event=event) for event in events]
        held, self._held, self._awaited = self._held, [], {}
        return held

    def verdict(self) -> str:
        """One sentence for the end."""
        text = self._words("verdict", arrived=self.arrived, expected=self.expected)
        if self._latencies:
            middle, worst = statistics.median(self._latencies), max(self._latencies)
            text += self._words("latency", middle=middle, worst=worst)
        return text

    def _timed(self, entry: Entry) -> Entry:
        title, expected = _title(entry.arrival), self._titles[entry.event]
        if not expected.startswith(title.rstrip("…")):  # some services accept short titles only
            place = entry.arrival.endpoint
            self.complaints.append(
                self._words("other_title", endpoint=place, title=repr(title), expected=repr(expected))
            )
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
