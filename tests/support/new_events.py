"""Rows that the table of events does not have, put into it before anything else is imported: a plugin of pytest.

``python -m pytest -p tests.support.new_events PATH`` runs tests with them. They are of the kinds that the table must
take: events that neither start nor end a task, a task with one event only, and names of any form.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Dict

import prime_notify

_SOURCE = Path(prime_notify.__file__).parent / "model" / "event.py"
_TASKS = """
    WEATHER = "weather"
    CENSUS = "census"
"""
_STATUSES = """
    HAUNTED = "haunted"
    STORM_AHEAD = "storm_ahead"
    FAIR = "fair"
    COUNTED = "counted"
"""
_ROWS = """
    BACKUP_HAUNTED = "backup_haunted", Task.BACKUP, Status.HAUNTED, Bound.NONE, _ERROR
    WEATHER_STORM_AHEAD = "weather_storm_ahead", Task.WEATHER, Status.STORM_AHEAD, Bound.NONE, _WARNING
    WEATHER_FAIR = "weather_fair", Task.WEATHER, Status.FAIR, Bound.NONE, _INFO
    CENSUS = "census", Task.CENSUS, Status.COUNTED, Bound.NONE, _DOUBTFUL
"""
NEW_EVENTS = ("backup_haunted", "weather_storm_ahead", "weather_fair", "census")


def _with_rows(source: str) -> str:
    for last, more in (
        ('    RESTORE = "restore"\n', _TASKS),
        ('    ABORTED = "aborted"\n', _STATUSES),
        ("Task.RESTORE, Status.ABORTED, Bound.END, _WARNING\n", _ROWS),
    ):
        before, after = source.split(last)
        source = before + last + more.lstrip("\n") + after
    return source


def _put_in() -> None:
    name = "prime_notify.model.event"
    assert name not in sys.modules, "the events were imported before"
    spec = importlib.util.spec_from_file_location(name, _SOURCE)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    exec(compile(_with_rows(_SOURCE.read_text(encoding="utf-8")), str(_SOURCE), "exec"), vars(module))


def _give_texts() -> None:
    from prime_notify.messages import catalogue
    from prime_notify.model.event import Status

    read = catalogue._read

    def with_texts(language: str) -> Dict[str, str]:
        texts = {f"notification.{place}.{event}": event for place in ("title", "event", "when") for event in NEW_EVENTS}
        texts |= {
            f"notification.{place}.{status.value}": status.value for place in ("status", "digest") for status in Status
        }
        return {**texts, **read(language)}

    catalogue._read = with_texts


_put_in()
_give_texts()
