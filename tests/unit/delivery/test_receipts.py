"""What an endpoint remembers of its messages, over restarts: the devices that have a push, the alerts that fire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

from prime_notify.model.response import Response
from prime_notify.outbox.history import History
from tests.support.delivery_world import World

KEYS = ("first-device-key", "other-device-key", "third-device-key")


class Service(World):
    """``answer_to`` gives the answer to the JSON of a request; ``bodies`` has all of them."""

    def __init__(self, folder: Path, answer_to: Callable[[Any], Any], *endpoints: Dict[str, Any]) -> None:
        self.answer_to = answer_to
        self.bodies: List[Any] = []
        super().__init__(folder, *endpoints)

    def send(self, request: Any, *, timeout: float, meanwhile: Any = None) -> Response:
        self.bodies.append(json.loads(request.body))
        return Response(200, {}, json.dumps(self.answer_to(self.bodies[-1])).encode())


class Phones:
    """A Bark server. ``broken``: keys with the error that Apple gives for them."""

    def __init__(self, **broken: str) -> None:
        self.broken = broken

    def __call__(self, push: Any) -> Any:
        return {"code": 200, "data": [self._result(key) for key in push["device_keys"]]}

    def _result(self, key: str) -> Dict[str, Any]:
        error = self.broken.get(key.partition("-")[0])
        return {"device_key": key, "code": 500 if error else 200, "message": error or ""}


def bark(folder: Path, phones: Phones, **more: Any) -> Service:
    options = {"type": "bark", "bark": {"device_keys": list(KEYS)}, "url": "https://bark.example.com", **more}
    return Service(folder, phones, options)


def asked(world: Service) -> List[List[str]]:
    return [[key.partition("-")[0] for key in body["device_keys"]] for body in world.bodies]


def final(world: Service) -> List[str]:
    records = History(world.store.database).page(10)
    return [delivery.state.value for record in records for delivery in record.deliveries]


@pytest.mark.parametrize("options", [{}, {"lifecycle": "update"}])
def test_a_retry_goes_only_to_the_devices_without_the_push(tmp_path: Path, options: Dict[str, Any]) -> None:
    phones = Phones(first="timeout", third="timeout")
    world = bark(tmp_path, phones, **options)
    world.accept("backup_failure")
    world.run()
    world.restart()
    phones.broken = {"third": "timeout"}
    world.run(1)
    assert asked(world)[:3] == [["first", "other", "third"], ["first", "third"], ["third"]]
    phones.broken = {}
    world.run(24)
    assert asked(world)[-1] == ["third"]
    assert final(world) == ["delivered"]
    assert not any(key in (tmp_path / "outbox.sqlite3").read_bytes().decode("latin-1") for key in KEYS)


def test_another_message_of_the_task_goes_to_all_devices(tmp_path: Path) -> None:
    phones = Phones(third="BadDeviceToken")
    world = bark(tmp_path, phones)
    world.accept("backup_start", task_id="t")
    world.run()
    world.accept("backup_failure", task_id="t")
    world.run()
    assert asked(world) == [["first", "other", "third"]] * 2
    assert final(world) == ["dead", "dead"]


def test_a_replay_goes_only_to_the_devices_without_the_push(tmp_path: Path) -> None:
    phones = Phones(third="BadDeviceToken")
    world = bark(tmp_path, phones)
    world.accept("backup_failure")
    world.run()
    world.store.replay(None, at=world.clock.steady())
    phones.broken = {}
    world.run()
    assert asked(world) == [["first", "other", "third"], ["third"]]


def test_a_retry_goes_only_to_the_urls_of_apprise_without_the_message_after_a_restart_too(tmp_path: Path) -> None:
    urls = ["json://first.example.com", "json://user:passwort@other.example.com"]
    world = Service(tmp_path, lambda body: {}, {"type": "apprise", "apprise": {"urls": urls}})
    asked: List[Any] = []
    broken = {"json://user:passwort@other.example.com"}

    def send(request: Any, *, timeout: float, meanwhile: Any = None) -> Response:
        asked.append(request.urls)
        states = ["failed" if url in broken else "delivered" for url in request.urls]
        results = [{"service": "json", "state": state, "said": ""} for state in states]
        return Response(0, {}, json.dumps({"urls": results}).encode())

    world.send = send  # type: ignore[method-assign]
    world.accept("backup_failure")
    world.run()
    world.restart()
    broken.clear()
    world.run(1)
    assert asked == [tuple(urls), (urls[1],)]
    assert final(world) == ["delivered"]
    assert b"passwort" not in (tmp_path / "outbox.sqlite3").read_bytes()


def alertmanager(folder: Path, **more: Any) -> Service:
    return Service(
        folder,
        lambda alerts: {"status": "success"},
        {"type": "alertmanager", "url": "http://alerts.example.com", **more},
    )


def shown(world: Service) -> List[List[str]]:
    """The severities of the alerts of each request, with a minus for those that end."""
    return [
        [f"{'-' if alert['endsAt'] == alert['startsAt'] else ''}{alert['labels']['severity']}" for alert in body]
        for body in world.bodies
    ]


def told(world: Service, *events: str) -> List[List[str]]:
    """What a row of events makes of the alerts, with a restart between them."""
    before = len(world.bodies)
    for event in events:
        world.accept(event)
        world.run()
        world.restart()
    return shown(world)[before:]


def test_a_success_resolves_only_what_has_fired(tmp_path: Path) -> None:
    world = alertmanager(tmp_path)
    assert told(world, "backup_start", "backup_success", "backup_success") == [[], [], []]
    assert told(world, "backup_start", "backup_failure", "backup_start") == [[], ["critical"], []]
    assert told(world, "restore_success") == [[]]
    assert told(world, "backup_success", "backup_success") == [["-critical"], []]
    assert told(world, "backup_aborted", "backup_failure", "backup_failure") == [
        ["warning"],
        ["critical"],
        ["critical"],
    ]
    assert told(world, "backup_success", "backup_success") == [["-warning", "-critical"], []]


def test_an_alert_ends_with_the_labels_with_which_it_fired(tmp_path: Path) -> None:
    world = alertmanager(tmp_path, alertmanager={"labels": {"team": "old"}})
    told(world, "backup_failure")
    world.configure({"type": "alertmanager", "url": "http://alerts.example.com"})
    told(world, "backup_success")
    [fired], [ended] = world.bodies
    assert fired["labels"] == ended["labels"]
    assert ended["endsAt"] == ended["startsAt"]


def test_the_webhook_format_ends_an_alert_with_the_labels_with_which_it_fired(tmp_path: Path) -> None:
    options = {"webhook": {"format": "alertmanager"}, "url": "http://alerts.example.com"}
    world = Service(tmp_path, lambda alerts: {}, options)
    for event in ("backup_aborted", "backup_start", "backup_failure", "backup_success", "backup_success"):
        world.accept(event)
        world.run()
    aborted, begun, failed, done, again = ([dict(alert) for alert in body["alerts"]] for body in world.bodies)
    assert [alert["labels"] for alert in done] == [aborted[0]["labels"], failed[0]["labels"]]
    assert [alert["fingerprint"] for alert in done] == [aborted[0]["fingerprint"], failed[0]["fingerprint"]]
    assert [alert["labels"]["severity"] for alert in done] == ["warning", "critical"]
    assert begun[0]["fingerprint"] not in [alert["fingerprint"] for alert in done]
    assert [alert["labels"]["severity"] for alert in again] == ["critical"]
    assert world.bodies[3]["commonLabels"] == {
        name: value for name, value in failed[0]["labels"].items() if name != "severity"
    }


def slack(folder: Path, answer_to: Callable[[Any], Any]) -> Service:
    options = {"slack": {"bot_token": "xoxb-token", "channel": "C0123456789"}, "lifecycle": "update"}
    return Service(folder, answer_to, {"type": "slack", "url": "http://slack.example.com/api", **options})


def posted(_: Any) -> Any:
    return {"ok": True, "channel": "C0123456789", "ts": "1.5"}


def test_a_failure_is_a_message_of_its_own_and_its_start_is_updated(tmp_path: Path) -> None:
    world = slack(tmp_path, posted)
    world.accept("backup_start", task_id="t")
    world.accept("backup_failure", task_id="t")
    world.run(1)
    _, failure, update = world.bodies
    assert (failure["thread_ts"], failure["reply_broadcast"]) == ("1.5", True)
    assert (update["ts"], update["attachments"]) == ("1.5", failure["attachments"])
    assert final(world) == ["delivered", "delivered"]


def test_a_start_that_cannot_be_updated_is_a_warning_and_no_second_message(tmp_path: Path) -> None:
    world = slack(tmp_path, lambda body: {"ok": False, "error": "fatal_error"} if "ts" in body else posted(body))
    world.accept("backup_start", task_id="t")
    world.accept("backup_failure", task_id="t")
    world.run(1)
    assert len(world.bodies) == 3
    assert final(world) == ["delivered", "delivered"]
    [record, _] = History(world.store.database).page(10)
    [found] = History(world.store.database).find(record.id)
    assert found.deliveries[0].tries[0].hint == (
        "the message of the start could not be updated: Slack refused: fatal_error"
    )
