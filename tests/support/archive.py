"""An outbox on disk with a past that a test writes itself."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, Optional

from prime_notify.model.event import EventName
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Notification
from prime_notify.outbox.database import Database
from prime_notify.outbox.opening import OUTBOX_FILE
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Delivery, Settlement, State, TaskChange
from tests.support.build import event

__all__ = ["Archive"]

_EVENTS = [name.value for name in EventName]


class Archive:
    """``at``: the moment at which things happen, unix seconds; a test moves it."""

    def __init__(self, folder: Path, *, at: float = 1_000_000_000.0) -> None:
        self.outbox = Outbox(Database(folder / OUTBOX_FILE))
        self.at = at
        self._numbers = itertools.count(1)

    def add(self, *endpoints: str, name: str = "backup_success", id: Optional[str] = None, **fields: Any) -> str:
        """A notification to these endpoints; its id, by default like a real one."""
        number = next(self._numbers)
        id = id or f"01KE0000000000000000{number:06d}"
        payload = normalize(
            event(name, **fields), id=id, task_id=f"t{number}", now=self.at, server_running=True, server_name=None
        ).payload
        self.outbox.put(Notification(payload), endpoints, TaskChange(), at=self.at)
        return id

    def attempt(self, endpoint: str, state: State = State.DELIVERED, **said: Any) -> Delivery:
        """The next delivery there is tried, or (``tried=False``) ended without a try."""
        delivery = self.outbox.claim(endpoint, at=float("inf"))
        assert delivery is not None
        self.outbox.settle(Settlement(delivery.key, state, self.at, **{"ms": 81.6, **said}))
        return delivery

    def dead(self, *endpoints: str, reason: str = "HTTP 404", **more: Any) -> str:
        """A notification that every one of these endpoints refused."""
        id = self.add(*endpoints, name="backup_failure", **more)
        for endpoint in endpoints:
            self.attempt(endpoint, State.DEAD, status=404, reason=reason, hint="check the URL", response="no such hook")
        return id

    def state(self, id: str, endpoint: str) -> State:
        """Where a delivery stands."""
        rows = self.outbox.database.read(
            "SELECT state FROM delivery JOIN notification ON notification.seq = delivery.notification"
            " WHERE id = ? AND endpoint = ?", id, endpoint
        )  # fmt: skip
        return State(rows[0][0])

    def close(self) -> None:
        self.outbox.close()
