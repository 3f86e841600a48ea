"""A small Prime Backup under observation, and the reported events."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterable, List, Optional

from prime_notify.messages.machine_texts import message_text
from prime_notify.model.event import Event
from prime_notify.sources.prime_backup.observer import Observer
from prime_notify.sources.prime_backup.seams import Seam
from tests.support.clock import FakeClock
from tests.support.prime_backup_classes import (
    classes,
    prime_backup,
)
from tests.support.texts import CATALOGUE


class Scene:
    """A Prime Backup under observation, and the reported events."""

    def __init__(self, without: Iterable[Seam] = (), pb: Optional[SimpleNamespace] = None) -> None:
        self.clock = FakeClock()
        self.pb = pb or prime_backup()
        self.running = True
        self.stops = 0
        self.events: List[Event] = []
        self.observer = self.observe(without)

    def observe(self, without: Iterable[Seam] = ()) -> Observer:
        ids = iter(f"task-{number}" for number in range(100))
        observer = Observer(
            self.report,
            version="1.13.0",
            server_running=self.is_running,
            server_stops=lambda: self.stops,
            log=logging.getLogger("test.observer"),
            steady=self.clock.steady,
            new_id=lambda: next(ids),
        )
        observer.attach({seam: cls for seam, cls in classes(self.pb).items() if seam not in without})
        return observer

    def report(self, event: Event) -> None:
        self.events.append(event)

    def is_running(self) -> bool:
        return self.running

    def stop_server(self) -> None:
        self.running = False
        self.stops += 1

    def restart_server(self) -> None:
        self.stop_server()
        self.running = True

    def backup(self, **options: Any) -> Any:
        return self.pb.CreateBackupTask(**options).run()

    def restore(self, **options: Any) -> Any:
        return self.pb.RestoreBackupTask(**options).run()

    @property
    def reported(self) -> List[str]:
        return [event.name.value for event in self.events]

    @property
    def message(self) -> str:
        """The message of the last event, in English."""
        return message_text(self.end.get("message", ""), "en_us", CATALOGUE)

    @property
    def end(self) -> Dict[str, Any]:
        return dict(self.events[-1].fields)


def fail(error: BaseException) -> Callable[[], Any]:
    def step() -> Any:
        raise error

    return step
