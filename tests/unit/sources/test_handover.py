"""A Prime Backup that emits the events for which it is observed: the engine accepts each start and each end once."""

from __future__ import annotations

import itertools
import logging
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

import pytest

from prime_notify.engine.engine import Engine
from prime_notify.loading.load import load_config
from prime_notify.model.event import Event, EventName, Status, Task
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.sources.prime_backup.handover import Handover
from tests.support.clock import FakeClock
from tests.support.texts import CATALOGUE

OBSERVED, EMITTED = "observed", "emitted"
START, END = Status.START, Status.SUCCESS
RUN = [(OBSERVED, START), (OBSERVED, END), (EMITTED, START), (EMITTED, END)]
ORDERS = [
    order
    for order in itertools.permutations(RUN)
    if all(order.index((way, START)) < order.index((way, END)) for way in (OBSERVED, EMITTED))
]
OWN_TASK_ID = pytest.mark.parametrize("own_id", [None, "own"])


class Scene:
    """A handover in front of an engine. Event names and task ids of all that the engine accepted."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.handover = Handover(self.clock.steady)
        self.accepted: List[Tuple[str, str]] = []
        loaded = load_config({"notification": {"enabled": True}}, environ={}, base_dir=folder)
        self.engine = Engine(
            loaded,
            data_dir=folder,
            catalogue=CATALOGUE,
            log=logging.getLogger("test.handover"),
            on_accepted=lambda one: self.accepted.append((one.payload.event.value, one.payload.task_id)),
            clock=self.clock,
        )
        self.engine.start()

    def observed(self, status: Status, task_id: str = "observed", task: Task = Task.BACKUP) -> None:
        event = Event(EventName.of(task, status), PRIME_BACKUP, fields={"task_id": task_id})
        if self.handover.observed(event):
            self.accept(event)

    def emitted(self, status: Status, task_id: Optional[str] = None, task: Task = Task.BACKUP) -> None:
        fields = {} if task_id is None else {"task_id": task_id}
        self.accept(self.handover.emitted(Event(EventName.of(task, status), PRIME_BACKUP, fields=fields)))

    def accept(self, event: Event) -> None:
        self.engine.accept(event)
        self.engine.catch_up()

    @property
    def names(self) -> List[str]:
        return [name for name, _ in self.accepted]

    def is_paired(self) -> bool:
        """Whether each start is followed by exactly one end of the same task."""
        pairs = list(zip(self.accepted[::2], self.accepted[1::2]))
        ids = [start[1] for start, _ in pairs]
        return (
            len(self.accepted) % 2 == 0
            and all(start[0].endswith("start") and start[1] == end[1] for start, end in pairs)
            and len(set(ids)) == len(ids)
        )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.engine.stop(0)


@OWN_TASK_ID
@pytest.mark.parametrize("order", ORDERS)
def test_a_task_that_is_reported_in_both_ways_is_accepted_once_in_any_order(
    scene: Scene, order: List[Tuple[str, Status]], own_id: Optional[str]
) -> None:
    for way, status in order:
        scene.observed(status) if way is OBSERVED else scene.emitted(status, own_id)
    assert scene.names == ["backup_start", "backup_success"]
    assert scene.is_paired()
    for _ in range(2):
        scene.emitted(START, own_id and f"{own_id} {len(scene.accepted)}")
        scene.emitted(END, own_id and f"{own_id} {len(scene.accepted) - 1}")
    assert len(scene.accepted) == 6
    assert scene.is_paired()


@OWN_TASK_ID
@pytest.mark.parametrize("first", [OBSERVED, EMITTED])
def test_without_emitted_starts_the_observer_goes_on_and_each_end_is_accepted_once(
    scene: Scene, first: str, own_id: Optional[str]
) -> None:
    for number in range(3):
        scene.observed(START, f"task {number}")
        if first is EMITTED:
            scene.emitted(END, own_id)
        scene.observed(END, f"task {number}")
        if first is OBSERVED:
            scene.emitted(END, own_id)
    assert len(scene.accepted) == 6
    assert scene.is_paired()


def test_the_end_of_a_task_that_was_not_observed_from_its_start_is_accepted(scene: Scene) -> None:
    scene.emitted(END)
    assert scene.names == ["backup_success"]


def test_a_failure_whose_start_was_not_seen_is_accepted_once(scene: Scene) -> None:
    scene.observed(Status.FAILURE, task=Task.RESTORE)
    scene.emitted(Status.FAILURE, task=Task.RESTORE)
    assert scene.names == ["restore_failure"]


def test_a_restore_is_not_taken_for_a_backup(scene: Scene) -> None:
    scene.observed(START)
    scene.emitted(START, task=Task.RESTORE)
    scene.emitted(END, task=Task.RESTORE)
    scene.observed(END)
    assert scene.names == ["backup_start", "restore_start", "restore_success", "backup_success"]


def test_an_observed_restore_goes_on_beside_emitted_backups(scene: Scene) -> None:
    scene.emitted(START)
    scene.emitted(END)
    scene.observed(START, "restore", Task.RESTORE)
    scene.observed(END, "restore", Task.RESTORE)
    assert scene.names == ["backup_start", "backup_success", "restore_start", "restore_success"]


def test_an_emitted_start_long_after_the_observed_end_is_another_task(scene: Scene) -> None:
    scene.observed(START)
    scene.observed(END)
    scene.clock.advance(30.1)
    scene.emitted(START)
    scene.emitted(END)
    assert len(scene.accepted) == 4
    assert scene.is_paired()
