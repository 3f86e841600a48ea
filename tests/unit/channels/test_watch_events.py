"""What did not happen, at the services: how loud it is, how it looks, and what it begins and ends there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from prime_notify.channels.common.lifecycle import lifecycle_of
from prime_notify.channels.common.symbols import on_colour, without_symbol
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.model.event import Status, Task
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.payload import Timestamp
from prime_notify.model.response import Response
from tests.support.build import endpoint
from tests.support.delivery_world import World
from tests.support.messages import NOW, channel, composed, payload, sent

HEALTHCHECKS = "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278"


@pytest.mark.parametrize(
    ("event", "severity", "tone", "title"),
    [
        ("backup_overdue", "error", Tone.BAD, "⏰ Backup overdue"),
        ("backup_stuck", "warning", Tone.WARNING, "⚠️ Backup is stuck"),
        ("storage_low", "warning", Tone.WARNING, "⚠️ Backup disk nearly full"),
        ("storage_ok", "info", Tone.GOOD, "✅ Backup disk has room again"),
        ("report", "info", Tone.GOOD, "✅ Backup report"),
        ("report", "warning", Tone.WARNING, "⚠️ Backup report"),
    ],
)
def test_colour_and_symbol_follow_the_severity(event: str, severity: str, tone: Tone, title: str) -> None:
    message = composed(event, severity=severity)
    assert tone_of(message.payload) is tone
    assert message.texts.title == title
    assert all(ord(char) < 0x10000 for char in title)  # the game and old databases know no others
    assert without_symbol(title) == title.partition(" ")[2]


def test_a_red_clock_is_not_shown_on_red() -> None:
    assert on_colour("⏰ Backup overdue", Tone.BAD) == "✘ Backup overdue"


@pytest.mark.parametrize(
    ("event", "severity", "level", "tag", "priority"),
    [
        ("backup_overdue", "error", "critical", "alarm_clock", 5),
        ("backup_stuck", "warning", "active", "warning", 4),
        ("storage_low", "warning", "active", "warning", 4),
        ("storage_ok", "info", "passive", "white_check_mark", 2),
        ("report", "info", "passive", "white_check_mark", 2),
        ("report", "warning", "active", "warning", 4),
    ],
)
def test_how_loud_it_is(event: str, severity: str, level: str, tag: str, priority: int) -> None:
    message = composed(event, severity=severity)
    assert sent(channel("bark", url="https://api.day.app/key"), message)["level"] == level
    ntfy = sent(channel("ntfy", url="https://ntfy.sh/mc"), message)
    assert (ntfy["tags"][0], ntfy["priority"]) == (tag, priority)


@pytest.mark.parametrize(("event", "called"), [("backup_overdue", True), ("backup_stuck", False), ("report", False)])
def test_people_are_called_for_what_is_an_error(event: str, called: bool) -> None:
    discord = channel("discord", url="https://discord.com/api/webhooks/1/k", mention={"users": ["123456789012345678"]})
    assert ("<@123456789012345678>" in json.dumps(sent(discord, composed(event)))) is called


# a task that is stuck, between its start and its end


def test_a_stuck_task_is_a_reply_since_an_edited_message_rings_no_phone() -> None:
    config = endpoint(type="discord", url="https://discord.com/api/webhooks/1/k", lifecycle="update").config
    start = {"message": "1", "channel": "2"}
    for event, way in (("backup_stuck", "reply"), ("backup_success", "update"), ("backup_failure", "reply")):
        assert lifecycle_of(config, payload(event), start, "message", "channel", mentions=False) == (way, start)


class Discord(World):
    """Discord, which numbers its messages. ``asked``: method and end of the path of each request."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.asked: List[Tuple[str, str]] = []
        super().__init__(folder, {"type": "discord", "url": "https://discord.com/api/webhooks/1/key", **options})

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Response:
        path = request.url.partition("?")[0].partition("/key")[2]
        self.asked.append((request.method, path))
        number = path.rpartition("/")[2] or str(len(self.asked))
        return Response(200, {}, json.dumps({"id": number, "channel_id": "9"}).encode())


@pytest.mark.parametrize("restarts", [False, True])
def test_the_end_still_joins_the_start_after_the_task_was_stuck(tmp_path: Path, restarts: bool) -> None:
    world = Discord(tmp_path, lifecycle="update")
    for event in ("backup_start", "backup_stuck", "backup_success"):
        world.accept(event, task_id="t")
        world.run()
        if restarts:
            world.restart()
    start, stuck = ("POST", ""), [("POST", ""), ("PATCH", "/messages/1")]
    assert world.asked == [start, *stuck, ("PATCH", "/messages/1")]


def test_without_a_start_the_end_joins_the_stuck_message(tmp_path: Path) -> None:
    world = Discord(tmp_path, lifecycle="update")
    for event in ("backup_stuck", "backup_success"):
        world.accept(event, task_id="t")
        world.run()
    assert world.asked == [("POST", ""), ("PATCH", "/messages/1")]


# services that show a state


class Alertmanager(World):
    """Alertmanager. ``firing``: the names and severities of the alerts that fire."""

    def __init__(self, folder: Path) -> None:
        self.firing: List[str] = []
        self.posts: List[Any] = []
        super().__init__(folder, {"type": "alertmanager", "url": "https://alertmanager.example.com"})

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Response:
        self.posts.append(json.loads(request.body))
        for alert in self.posts[-1]:
            name = "{alertname} {severity}".format(**alert["labels"])
            self.firing = [one for one in self.firing if one != name]
            if alert["endsAt"] != alert["startsAt"]:
                self.firing.append(name)
        return Response(200)

    def told(self, *events: str, **fields: Any) -> List[str]:
        for event in events:
            self.accept(event, **fields)
            self.run()
        return sorted(self.firing)


def test_an_alert_ends_with_what_ends_its_cause(tmp_path: Path) -> None:
    alerts = Alertmanager(tmp_path)
    assert alerts.told("backup_overdue") == ["MinecraftBackupProblem critical"]
    assert alerts.told("storage_low") == ["MinecraftBackupProblem critical", "MinecraftStorageProblem warning"]
    assert alerts.told("backup_success") == ["MinecraftStorageProblem warning"]
    assert alerts.told("storage_ok") == []


@pytest.mark.parametrize(
    ("end", "left"),
    [
        ("backup_success", []),
        ("backup_failure", ["MinecraftBackupProblem critical"]),
        ("backup_aborted", ["MinecraftBackupProblem warning"]),
    ],
)
def test_any_end_resolves_the_alert_of_a_stuck_task(tmp_path: Path, end: str, left: List[str]) -> None:
    alerts = Alertmanager(tmp_path)
    assert alerts.told("backup_start", "backup_stuck", task_id="t") == ["MinecraftBackupStuck warning"]
    assert alerts.told(end, task_id="t") == left
    assert alerts.told("backup_success") == []


@pytest.mark.parametrize("severity", ["info", "warning"])
def test_a_report_neither_fires_nor_resolves(tmp_path: Path, severity: str) -> None:
    alerts = Alertmanager(tmp_path)
    alerts.told("backup_overdue", "backup_start")
    assert alerts.told("report", severity=severity) == ["MinecraftBackupProblem critical"]
    assert alerts.posts[-1] == []


def document(format: str, event: str) -> Dict[str, Any]:
    return sent(channel("webhook", url="https://example.com/", webhook={"format": format}), composed(event))


@pytest.mark.parametrize(
    ("event", "status", "state"),
    [
        ("backup_overdue", "firing", "alerting"),
        ("backup_stuck", "firing", "alerting"),
        ("storage_low", "firing", "alerting"),
        ("storage_ok", "resolved", "ok"),
        ("report", "resolved", "ok"),
    ],
)
def test_the_formats_of_other_systems_have_their_words_for_it(event: str, status: str, state: str) -> None:
    task = payload(event).task.value.title()
    alertmanager, grafana = document("alertmanager", event), document("grafana", event)
    assert (alertmanager["status"], alertmanager["groupLabels"]["alertname"]) == (status, f"Minecraft{task}")
    assert (grafana["state"], grafana["ruleName"]) == (state, f"Minecraft{task}")
    assert document("cloudevents", event)["type"] == f"prime_notify.{event}"


# heartbeats


def test_only_kinds_that_know_states_have_heartbeats() -> None:
    beat = Heartbeat("01B", Timestamp(unix=NOW, iso="2026-01-02T03:04:05.678Z"), "1.0.0")
    check = channel("healthchecks", url=HEALTHCHECKS)
    assert check.heartbeat(beat).url == HEALTHCHECKS
    assert check.is_alarm(Task.BACKUP, Status.FAILURE)
    assert not check.is_alarm(Task.RESTORE, Status.FAILURE)
    assert not check.is_alarm(Task.BACKUP, Status.ABORTED)
    assert channel("ntfy", url="https://ntfy.sh/mc").heartbeat(beat) is None
