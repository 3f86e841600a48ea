"""Lanes with a real outbox on disk and real channels, in virtual time, across restarts; the network is simulated."""

from __future__ import annotations

import datetime
import json
import logging
import math
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence, Union

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.attempt import Attempter
from prime_notify.delivery.lane import Lane
from prime_notify.delivery.policy import Policy
from prime_notify.messages.messages import Messages
from prime_notify.model.failure import TransportFailure
from prime_notify.model.ids import IdFactory
from prime_notify.model.normalize import normalize
from prime_notify.model.notification import Notification
from prime_notify.model.response import Response
from prime_notify.outbox.database import Database
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.values import Ending, State, TaskChange
from prime_notify.routing.groups import members_after
from tests.support.build import event, loaded, states
from tests.support.clock import FakeClock
from tests.support.texts import CATALOGUE

__all__ = ["CATALOGUE", "HOUR", "World"]

HOUR = 3600.0
_MIDNIGHT = 1_000_080_000.0  # of a day in UTC

Answer = Union[Response, TransportFailure]


class KilledError(BaseException):
    """The process ends here; nothing that catches an exception goes on."""


class World:
    """Endpoints by their options. Starts at noon, UTC."""

    def __init__(self, folder: Path, *endpoints: Dict[str, Any]) -> None:
        self.clock = FakeClock(_MIDNIGHT + 12 * HOUR)
        self.answer: Callable[[str], Answer] = lambda endpoint: Response(200)
        self.filtered = False  # whether the endpoints want no successes
        self.fuse = math.inf  # how many more steps are passed until a kill
        self.kills = 0
        self.received: List[Any] = []
        self.at: List[float] = []
        self._file = folder / "outbox.sqlite3"
        self._new_id = IdFactory(self.clock.wall)
        self._tasks = 0
        self.configure(*endpoints or ({},))

    def configure(self, *endpoints: Dict[str, Any]) -> None:
        """Start, or start anew, with these endpoints, named a, b, …"""
        named = [{"name": chr(97 + number), **options} for number, options in enumerate(endpoints)]
        written = [{"url": f"http://127.0.0.1:9/{one['name']}", **one} for one in named]
        groups = {"g": "first_ok"} if any("group" in one for one in endpoints) else {}
        config = loaded(notification={"enabled": True, "groups": groups, "endpoints": written})
        self.endpoints = config.endpoints
        self._messages = Messages(config.config, CATALOGUE, "en_us")
        self.restart()

    def restart(self) -> None:
        """As after a kill: nothing is left but the file."""
        if hasattr(self, "store"):
            self.store.close()
        self.store = Outbox(Database(self._file, self._step))
        self.lanes = {one.name: self._lane(one) for one in self.endpoints}

    def _lane(self, endpoint: Endpoint) -> Lane:
        attempter = Attempter(
            self, self._messages.message, wall=self.clock.wall, monotonic=self.clock.steady, crash_point=self._step
        )
        policy = Policy.of(endpoint.config, (), datetime.timezone.utc)
        log = logging.getLogger("test.world")
        return Lane(endpoint, self.store, attempter, self.clock, log, policy, peers=self)

    def _step(self, _name: str) -> None:
        self.fuse -= 1
        if self.fuse < 0:
            self.fuse = math.inf
            raise KilledError

    def by_name(self) -> Dict[str, Lane]:
        return self.lanes

    def wake(self, names: Sequence[str]) -> None:
        """They are stepped anyway."""

    def members_after(self, name: str) -> Sequence[str]:
        return members_after(name, [one.config for one in self.endpoints], {"g": "first_ok"})

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Answer:
        """The transport's part."""
        endpoint = request.url.rpartition("/")[2]
        answer = self.answer(endpoint)
        if isinstance(answer, Response) and answer.status == 200:
            self.received.append({**json.loads(request.body), "to": endpoint, "sent_as": request.headers["webhook-id"]})
            self.at.append((self.clock.time - _MIDNIGHT) / HOUR)
        return answer

    def accept(self, name: str = "backup_success", *endpoints: str, task_id: str = "", **fields: Any) -> str:
        """An event for these endpoints, or all of them; the id of its notification."""
        self._tasks += 1
        notification = self._notification(name, task_id or f"t{self._tasks}", fields)
        to = endpoints or tuple(one.name for one in self.endpoints)
        payload = notification.payload
        ended = None if payload.event.is_start else Ending(payload.plugin.id, payload.task, payload.status)
        recovery = to if self.filtered and payload.status.ends_failure else ()
        change = TaskChange(ended=ended)
        in_order = [one.name for one in self.endpoints if one.channel.shows_state]
        at = self.clock.steady()
        self.store.put(notification, () if recovery else to, change, at=at, recovery=recovery, in_order=in_order)
        return notification.id

    def _notification(self, name: str, task_id: str, fields: Dict[str, Any]) -> Notification:
        happened = event(name, **fields)
        normalized = normalize(
            happened,
            id=self._new_id(),
            task_id=task_id,
            now=self.clock.wall(),
            server_running=True,
            server_name="SMP",
        )
        return Notification(normalized.payload)

    def run(self, hours: float = 0.0) -> None:
        """Let the lanes work for so long."""
        end = self.clock.time + hours * HOUR
        while True:
            for _ in self.lanes:  # each may give the others something to do
                pauses = [self._settled(lane) for lane in self.lanes.values()]
            following = min((pause for pause in pauses if pause is not None), default=None)
            if following is None or self.clock.time + following > end:
                break
            self.clock.advance(following)
        self.clock.time = end

    def _settled(self, lane: Lane) -> Any:
        for _ in range(10_000):
            try:
                pause = lane.step()
            except KilledError:
                self.kills += 1
                self.restart()
                return 0.0
            if pause != 0.0:
                return pause
        raise AssertionError("the lane never rests")

    def run_until(self, hour: float) -> None:
        """Let the lanes work until that hour, counted from the first day's midnight."""
        self.run(hour - (self.clock.time - _MIDNIGHT) / HOUR)

    def delivered(self, endpoint: str = "a") -> List[List[str]]:
        """For each message that arrived there, the ids of its notifications."""
        messages = [one for one in self.received if one["to"] == endpoint]
        return [[item["id"] for item in one.get("extra", {}).get("digest", [{"id": one["id"]}])] for one in messages]

    def titles(self) -> List[str]:
        return [one["title"] for one in self.received]

    def state(self, notification_id: str, endpoint: str = "a") -> State:
        return states(self.store, notification_id)[endpoint]
