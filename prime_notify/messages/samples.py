"""Events for test notifications: realistic in form, marked as tests, and without a false claim."""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, Mapping, Optional

from prime_notify.messages.machine_texts import machine_comment, machine_message
from prime_notify.model.event import Bound, Event, EventName, Status, Task
from prime_notify.model.plugin_ids import PRIME_NOTIFY
from prime_notify.text.humanize import local_time
from prime_notify.version import __version__

__all__ = ["sample_event"]

_NOBODY = {"type": "console", "name": "", "full": "console:"}


def sample_event(
    name: EventName, *, operator: Optional[Mapping[str, str]] = None, now: Callable[[], float] = time.time
) -> Event:
    """A test event of this name, asked for by ``operator`` (the payload's field; by default the console).

    Its texts are machine texts: each endpoint gets them in its own language.
    """
    who = dict(operator or _NOBODY)
    fields: Dict[str, Any] = {
        "operator": who,
        "source": {key: value for key, value in who.items() if key in ("type", "name") and value},
        "message": machine_message("test"),
    }
    if name.bound is not Bound.NONE:
        fields["backup"] = _backup(name, who, now())
    if name.is_end:
        fields["cost_s"] = 12.345
    if name.status is Status.FAILURE:
        fields["error"] = {"type": "TestError", "message": machine_message("test_error")}
    return Event(name, PRIME_NOTIFY, __version__, fields, test=True)


def _backup(name: EventName, operator: Mapping[str, str], now: float) -> Dict[str, Any]:
    backup: Dict[str, Any] = {"comment": machine_comment("test"), "targets": ["world"]}
    if name.task is Task.RESTORE or name.status is Status.SUCCESS:
        backup.update(
            id=42,
            date=local_time(now),
            creator=operator.get("full", ""),
            file_count=1234,
            raw_size=1288490188,
            stored_size=345678901,
        )
    return backup
