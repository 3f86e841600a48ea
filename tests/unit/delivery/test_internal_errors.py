"""An error of ours in an attempt is tried again, says nothing of the endpoint, and is permanent when it repeats."""

from __future__ import annotations

import zipimport
from pathlib import Path
from typing import Callable, Sequence

import pytest

from prime_notify.delivery.attempt import Attempter
from prime_notify.delivery.internal_errors import INTERNAL_TRIES
from prime_notify.model.item import Item
from prime_notify.model.outcome import Retry
from prime_notify.model.response import Response
from prime_notify.outbox.values import State
from tests.support.build import endpoint, notification
from tests.support.delivery_world import World

REPLACED = zipimport.ZipImportError("bad local file header")


def failing(errors: Sequence[Exception]) -> Callable[[str], Response]:
    """These errors, then HTTP 200."""
    left = list(errors)

    def answer(_endpoint: str) -> Response:
        if left:
            raise left.pop(0)
        return Response(200)

    return answer


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_message_that_met_an_error_of_ours_is_delivered_once_the_error_ends(world: World) -> None:
    world.answer = failing([REPLACED] * (INTERNAL_TRIES - 1))
    id = world.accept()
    world.run(1.0)
    assert world.state(id) is State.DELIVERED


def test_an_error_of_ours_that_repeats_is_a_dead_letter_within_the_hour(world: World) -> None:
    world.answer = failing([ValueError("a bug")] * 100)
    id = world.accept()
    world.run(0.1)
    assert world.state(id) is State.WAITING
    world.run(1.0)
    assert world.state(id) is State.DEAD


def test_only_errors_in_a_row_count(world: World) -> None:
    errors = [ValueError("a bug")] * (INTERNAL_TRIES - 1)
    answer = failing([*errors, TimeoutError("the service's"), *errors[:3]])

    def mixed(name: str) -> Response:
        try:
            return answer(name)
        except TimeoutError:
            return Response(503)

    world.answer = mixed
    id = world.accept()
    world.run(30.0)
    assert world.state(id) is State.DELIVERED


def test_it_does_not_open_the_circuit_breaker_for_other_messages(world: World) -> None:
    poison = world.accept(comment="poison")
    world.answer = failing([ValueError("a bug")] * 5)
    world.run(0.7)
    assert world.lanes["a"].health.failures == 0
    assert world.state(poison) in (State.WAITING, State.DELIVERED)
    assert world.lanes["a"].is_well


def test_of_a_failed_import_people_learn_the_remedy_in_their_language() -> None:
    def compose(*_arguments: object) -> None:
        raise REPLACED

    for language, hint in (
        ("en_us", "the file of the plugin was perhaps replaced: type !!MCDR plugin reload prime_notify"),
        ("zh_cn", "插件文件可能已被替换：请执行 !!MCDR plugin reload prime_notify"),
    ):
        attempter = Attempter(object(), compose, language=language)  # type: ignore[arg-type]
        outcome = attempter.attempt(endpoint(), [Item(notification())]).outcome
        assert isinstance(outcome, Retry)
        assert outcome.hint == hint
        assert "ZipImportError: bad local file header" in outcome.reason
