"""``!!pn replay`` and ``!!pn drop``, over a real outbox."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from prime_notify.engine.dead_letters import DeadLetters
from prime_notify.outbox.values import State
from tests.support.archive import Archive
from tests.support.bench import Bench, MakeBench
from tests.support.scripted_engine import NOON, state


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench(state("phone"), state("ops"), state("old", enabled=False))


@pytest.fixture
def archive(bench: Bench, tmp_path: Path) -> Iterator[Archive]:
    """The outbox of the bench's engine, as another process opens it."""
    archive = Archive(tmp_path, at=NOON)
    yield archive
    archive.close()


def test_replay_sends_one_notification_again(bench: Bench, archive: Archive) -> None:
    one, other = archive.dead("phone", "ops"), archive.dead("ops")
    assert bench.type(f"!!pn replay {one[-6:]}") == ["Trying 1 notification again: ops, phone"]
    assert bench.reader.clicks == [f"!!pn show {one}"]
    assert [archive.state(one, "phone"), archive.state(one, "ops")] == [State.WAITING] * 2
    assert archive.state(other, "ops") is State.DEAD


def test_replay_all_sends_everything_again(bench: Bench, archive: Archive) -> None:
    ids = [archive.dead("ops"), archive.dead("ops")]
    assert bench.type("!!pn replay all") == ["Trying 2 notifications again: ops"]
    assert bench.reader.clicks == ["!!pn history"]
    assert [archive.state(id, "ops") for id in ids] == [State.WAITING] * 2


def test_replay_says_what_has_to_wait_for_its_endpoint(bench: Bench, archive: Archive) -> None:
    archive.dead("gone", "old", "ops")
    assert bench.type("!!pn replay 1") == [
        "Trying 1 notification again: ops",
        "Waiting until these are in the config and switched on: gone, old",
    ]
    archive.dead("gone")
    assert bench.type("!!pn replay all") == ["Waiting until these are in the config and switched on: gone"]


def test_drop_gives_up_one_notification_or_all(bench: Bench, archive: Archive) -> None:
    one, other = archive.dead("phone", "ops"), archive.dead("ops")
    assert bench.type(f"!!pn drop {one}") == ["Dropped: 2"]
    assert archive.state(one, "phone") is State.DROPPED
    assert archive.state(other, "ops") is State.DEAD
    assert bench.type("!!pn drop all") == ["This drops 1 notification for good. To confirm: !!pn drop all confirm"]
    assert bench.reader.clicks[-1] == "!!pn drop all confirm"
    assert archive.state(other, "ops") is State.DEAD
    assert bench.type("!!pn drop all confirm") == ["Dropped: 1"]
    assert archive.state(other, "ops") is State.DROPPED


@pytest.mark.parametrize("name", ["replay", "drop"])
def test_what_was_not_given_up_is_left_alone(bench: Bench, archive: Archive, name: str) -> None:
    id = archive.add("phone")
    archive.attempt("phone")
    assert bench.type(f"!!pn {name} 1") == [f"{id} has no dead letter"]
    assert bench.type(f"!!pn {name} all") == ["Nothing was given up"]
    assert bench.type(f"!!pn {name} 7") == ['There is no notification whose id is or ends with "7"']
    assert archive.state(id, "phone") is State.DELIVERED


@pytest.mark.parametrize("name", ["replay", "drop"])
def test_says_when_it_could_not_be_written(
    bench: Bench, archive: Archive, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    archive.dead("ops")
    monkeypatch.setattr(DeadLetters, name, lambda letters, notification_id: [])
    [line] = bench.type(f"!!pn {name} all" + " confirm" * (name == "drop"))
    assert line.startswith("Nothing was changed")


@pytest.mark.parametrize("name", ["replay", "drop"])
def test_completes_all_and_the_ids_of_dead_letters(bench: Bench, archive: Archive, name: str) -> None:
    dead = archive.dead("ops")
    archive.add("ops")
    assert bench.console.complete(f"!!pn {name} ") == ["all", dead, dead[-6:]]
