"""A heartbeat: a sign of life for a service that knows states. It is no notification: nothing stores it."""

from __future__ import annotations

from typing import NamedTuple, Optional

from prime_notify.model.payload import ServerInfo, Timestamp

__all__ = ["Heartbeat"]


class Heartbeat(NamedTuple):
    """One heartbeat. ``id``: of no other one. ``at``: its moment. ``version``: of the plugin. ``next_by``: when the
    next backup has to be there (unix seconds), where that is known.
    """

    id: str
    at: Timestamp
    version: str
    server: Optional[ServerInfo] = None
    next_by: Optional[float] = None
