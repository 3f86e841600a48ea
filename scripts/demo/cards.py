"""Cards: the demo shows each notification in a few lines, as its receiver got it."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping

from scripts.demo.ledger import Entry
from scripts.demo.receiver import Arrival
from scripts.demo.words import Words
from scripts.terminal import Terminal

__all__ = ["colour_of", "facts", "show"]

_COLOURS = {"start": "blue", "success": "green", "failure": "red", "aborted": "yellow"}
_HEADLINE = ("event", "severity", "test")
_SHOWN_ELSEWHERE = {*_HEADLINE, "id", "task_id", "task", "status", "timestamp", "plugin", "server"}
_TEXTS = {"title", "body", "desp"}


def colour_of(event: str) -> str:
    """The colour of an event's status."""
    return _COLOURS.get(event.rpartition("_")[2], "cyan")


def show(terminal: Terminal, entry: Entry, words: Words) -> None:
    """Prints the card of one notification."""
    arrival = entry.arrival
    head = f"{terminal.style(arrival.endpoint, 'bold')} ({arrival.type})"
    if entry.ms is not None:
        head += " · " + words("after", ms=terminal.style(f"{entry.ms:.0f} ms", "bold"))
    terminal.card(head, facts(arrival), colour_of(entry.event), indent=10 if arrival.type == "webhook" else 2)


def facts(arrival: Arrival) -> List[str]:
    """The lines of the card: the fields of a webhook's payload, or the text that a person reads on a phone."""
    document = arrival.document
    if arrival.type == "webhook":
        return [" · ".join(str(document[key]) for key in _HEADLINE if document.get(key)), *_fields(document)]
    body = str(document.get("body") or document.get("desp") or "")
    extra = {key: value for key, value in document.items() if key not in _TEXTS}
    return [
        str(document.get("title", "")),
        *(line for line in body.splitlines() if line.strip()),
        *([_flat(extra)] if extra else []),
    ]


def _fields(payload: Mapping[str, Any]) -> Iterator[str]:
    for key, value in payload.items():
        if key in _SHOWN_ELSEWHERE or key in _TEXTS or value in ({}, "", None):
            continue
        if isinstance(value, Mapping):
            value = value.get("full") or _flat(value)
        yield f"{key:9} {value}"


def _flat(values: Mapping[str, Any]) -> str:
    shown: Dict[str, Any] = {key: value for key, value in values.items() if value not in ({}, "", None)}
    return " · ".join(f"{key} {', '.join(map(str, v)) if isinstance(v, list) else v}" for key, v in shown.items())
