"""Alerts about an endpoint that fails, recovers or is gone: who sees them, and when."""

from __future__ import annotations

import logging
from typing import Any, Callable, Dict, List, Tuple

import pytest
from mcdreforged.api.rtext import RText, RTextBase

from prime_notify.delivery.notices import Notice, NoticeKind
from prime_notify.mcdr.alerts import NoticeAlerts, OperatorAlerts
from prime_notify.mcdr.players import Players
from tests.support.console import Console, Reader


class Shown:
    """Records the alerts for operators."""

    def __init__(self) -> None:
        self.alerts: List[Tuple[str, RTextBase, int, bool]] = []

    def show(self, endpoint: str, text: RTextBase, level: int, *, standing: bool) -> None:
        self.alerts.append((endpoint, text, level, standing))


def notice_alerts(console: Console, shown: Shown) -> NoticeAlerts:
    operators: Any = shown
    return NoticeAlerts(console.translations, operators, lambda: "!!pn test", lambda _: 3, console.schedule_task)


@pytest.mark.parametrize(
    ("kind", "severity", "standing", "text"),
    [
        (
            NoticeKind.FAILING,
            logging.WARNING,
            True,
            "ops room has been failing for 11m 40s: HTTP 500. Its notifications wait and are retried; "
            '!!pn test "ops room" tests it',
        ),
        (NoticeKind.RECOVERED, logging.INFO, False, "ops room works again, after 11m 40s"),
        (
            NoticeKind.DISABLED,
            logging.WARNING,
            True,
            "ops room was switched off until the next reload of the config: HTTP 500",
        ),
    ],
)
def test_a_notice_is_logged_at_once_and_shown_to_operators_on_the_task_executor(
    caplog: pytest.LogCaptureFixture, kind: NoticeKind, severity: int, standing: bool, text: str
) -> None:
    console, shown = Console(), Shown()
    with caplog.at_level(logging.INFO):
        notice_alerts(console, shown).publish(Notice("ops room", kind, 700.0, "HTTP 500"))
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(severity, text)]
    assert shown.alerts == []

    console.run_tasks()
    [(endpoint, alert, level, stands)] = shown.alerts
    assert (endpoint, level, stands) == ("ops room", 3, standing)
    reader = Reader()
    reader.reply(alert)
    assert reader.lines == [text]
    assert reader.clicks == ['!!pn test "ops room"']


def test_operators_read_it_in_their_own_language(caplog: pytest.LogCaptureFixture) -> None:
    console, shown = Console(), Shown()
    notice_alerts(console, shown).publish(Notice("ops", NoticeKind.RECOVERED, 700.0))
    console.run_tasks()
    reader = Reader(language="zh_cn")
    reader.reply(shown.alerts[0][1])
    assert reader.lines == ["ops 在 11m 40s 之后恢复正常"]


# operators

LEVELS = {"Steve": 4, "Alex": 1, "Ada": 3}


class World:
    """A server to join and to leave, and the texts that it showed to its players."""

    def __init__(self) -> None:
        self.shown: List[Tuple[str, str]] = []
        self._listeners: Dict[str, Callable[..., None]] = {}

    def register_event_listener(self, event: str, listener: Callable[..., None]) -> None:
        self._listeners[event] = listener

    def get_permission_level(self, player: str) -> int:
        return LEVELS[player]

    def is_server_startup(self) -> bool:
        return False

    def tell(self, player: str, text: Any) -> None:
        self.shown.append((player, text.to_plain_text()))

    def happen(self, event: str, *details: Any) -> None:
        self._listeners[f"mcdr.{event}"](self, *details)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def operators(world: World) -> OperatorAlerts:
    server: Any = world
    players = Players(server)
    players.start()
    operators = OperatorAlerts(server, players)
    operators.start()
    return operators


def test_an_alert_is_shown_to_those_who_are_online_and_have_the_level(world: World, operators: OperatorAlerts) -> None:
    for player in LEVELS:
        world.happen("player_joined", player, "further details")
    operators.show("phone", RText("failing"), 3, standing=False)
    assert world.shown == [("Ada", "failing"), ("Steve", "failing")]


def test_an_alert_is_shown_to_nobody_who_has_left(world: World, operators: OperatorAlerts) -> None:
    world.happen("player_joined", "Steve")
    world.happen("player_left", "Steve")
    world.happen("player_joined", "Ada")
    world.happen("server_stop", 0)
    operators.show("phone", RText("failing"), 3, standing=False)
    assert world.shown == []


def test_those_who_were_online_before_a_reload_see_an_alert(world: World) -> None:
    operators = OperatorAlerts(world, Players(world, ["Steve"]))  # type: ignore[arg-type]
    operators.show("phone", RText("failing"), 3, standing=False)
    assert world.shown == [("Steve", "failing")]


def test_a_standing_alert_is_shown_to_those_who_join_until_the_next_one(
    world: World, operators: OperatorAlerts
) -> None:
    operators.show("phone", RText("failing"), 3, standing=True)
    operators.show("ops", RText("gone"), 3, standing=True)
    world.happen("player_joined", "Alex")
    world.happen("player_joined", "Ada")
    assert world.shown == [("Ada", "failing"), ("Ada", "gone")]
    operators.show("phone", RText("works again"), 3, standing=False)
    world.happen("player_joined", "Steve")
    assert world.shown[2:] == [("Ada", "works again"), ("Steve", "gone")]


def test_one_standing_alert_or_all_can_be_withdrawn(world: World, operators: OperatorAlerts) -> None:
    for subject in ("a", "b", "c"):
        operators.show(subject, RText(subject), 3, standing=True)
    operators.withdraw("a")
    operators.withdraw("unknown")
    world.happen("player_joined", "Steve")
    operators.withdraw()
    world.happen("player_joined", "Ada")
    assert world.shown == [("Steve", "b"), ("Steve", "c")]
