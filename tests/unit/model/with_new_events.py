"""What holds for every event holds for new rows of the table. ``test_new_events.py`` runs this with such rows."""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Any, Dict

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.choices import matching_events
from prime_notify.config.models import NotificationConfig
from prime_notify.engine.engine import Engine
from prime_notify.loading.schema import config_schema
from prime_notify.messages.digest import digest_of
from prime_notify.messages.samples import sample_event
from prime_notify.messages.texts import compose, symbol
from prime_notify.model.event import EventName
from prime_notify.model.item import Item
from prime_notify.model.request import Request
from prime_notify.routing import RoutingContext, decide
from prime_notify.templates import check_template
from scripts.reference import readme
from tests.support.build import endpoint, event, loaded, notification
from tests.support.messages import channel, message, payload
from tests.support.new_events import NEW_EVENTS
from tests.support.receiver import Receiver
from tests.support.texts import CATALOGUE

each_new_event = pytest.mark.parametrize("name", NEW_EVENTS)


def passes(name: str, **filter_: Any) -> bool:
    config = endpoint(filter=filter_).config
    return decide(payload(name), config, NotificationConfig(enabled=True), RoutingContext()).passes


def test_the_rows_are_there() -> None:
    assert [event.value for event in EventName if event.value in NEW_EVENTS] == list(NEW_EVENTS)


@each_new_event
@pytest.mark.parametrize("language", CATALOGUE.languages)
def test_it_is_put_into_words(name: str, language: str) -> None:
    texts = compose(payload(name, backup={"id": 42}), language, CATALOGUE)
    assert name in texts.title
    assert "notification." not in texts.title + texts.body


def test_its_symbol_follows_its_severity() -> None:
    assert [symbol(payload(name)) for name in NEW_EVENTS] == ["❌", "⚠️", "✅", "✅"]


@each_new_event
@pytest.mark.parametrize("kind", channel_types())
def test_every_channel_renders_it(name: str, kind: str) -> None:
    sender = channel(kind, **{key: value for key, value in channel_types()[kind].example.items() if key != "type"})
    assert sender.render(message(name)) == sender.render(message(name))


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("healthchecks", {"url": "https://hc-ping.com/8f57b2d4-0000-0000-0000-000000000000"}, ["/fail", "/log"]),
        ("bark", {"url": "https://api.day.app/key"}, ["critical", "active"]),
        ("gotify", {"url": "https://gotify.example.com", "gotify": {"token": "t"}}, ['"priority":8', '"priority":5']),
    ],
)
def test_how_loud_it_is_follows_its_row(kind: str, options: Dict[str, Any], expected: Any) -> None:
    for name, part in zip(NEW_EVENTS, expected):
        request = channel(kind, **options).render(message(name))
        assert isinstance(request, Request)
        assert part in request.url + request.body.decode()


def test_an_all_clear_resolves_the_alert_of_its_task_and_of_no_other() -> None:
    sender = channel("alertmanager", url="https://alertmanager.example.com")
    alerts = {}
    for name in NEW_EVENTS:
        request = sender.render(message(name))
        assert isinstance(request, Request)
        alerts[name] = request.body.decode()
    assert "MinecraftWeatherProblem" in alerts["weather_storm_ahead"]
    assert "MinecraftWeatherProblem" in alerts["weather_fair"]
    assert alerts["weather_storm_ahead"].count("alertname") == 1
    assert alerts["weather_fair"].count("alertname") == 3  # one for each severity
    assert "MinecraftBackupProblem" in alerts["backup_haunted"]


def test_words_of_the_config_name_it() -> None:
    backups = [name for name in EventName if name.value.startswith("backup_")]
    assert list(matching_events("backup")) == backups
    assert [name.value for name in matching_events("weather")] == ["weather_storm_ahead", "weather_fair"]
    assert [name.value for name in matching_events("census")] == ["census"]
    assert [name.value for name in matching_events("*_ahead")] == ["weather_storm_ahead"]


def test_filters_take_it_by_its_row() -> None:
    assert [passes(name, error_only=True) for name in NEW_EVENTS] == [True, False, False, False]
    assert [passes(name, tasks=["weather"]) for name in NEW_EVENTS] == [False, True, True, False]
    # It ends no task, so nobody knows whether these fit: only what went wrong is sent all the same
    assert [passes(name, on_change=True) for name in NEW_EVENTS] == [True, True, False, False]
    assert [passes(name, min_cost="1m") for name in NEW_EVENTS] == [True, True, False, False]


def test_rules_that_it_fits_are_no_contradiction() -> None:
    assert not loaded(
        {"name": "a", "url": "https://example.com", "events": ["census"], "filter": {"min_severity": "warning"}}
    ).problems


def test_a_digest_counts_each_status() -> None:
    items = [Item(notification(name)) for name in ("backup_start", *NEW_EVENTS, "backup_success")]
    combined = digest_of(items, "en_us", CATALOGUE, now=0.0)
    totals = combined.beside["digest"]["totals"]
    assert {totals[key] for key in ("haunted", "storm_ahead", "fair", "counted", "success", "start")} == {1}
    assert combined.payload.event.value == "backup_haunted"
    assert [kind for kind, count in totals.items() if count][:2] == ["haunted", "storm_ahead"]


@each_new_event
def test_a_test_notification_claims_nothing_of_a_task(name: str) -> None:
    fields = sample_event(EventName(name)).fields
    assert not {"backup", "cost_s", "error"} & set(fields)


def test_templates_are_tried_with_it_and_schema_and_readme_list_it() -> None:
    check_template("{{ event }} {{ digest.totals.haunted if digest }}")
    assert set(NEW_EVENTS) <= set(config_schema()["$defs"]["EventName"]["enum"])
    assert [name for name in NEW_EVENTS if f"| `{name}` |" not in readme("en")] == []


def test_it_opens_and_closes_no_task(tmp_path: Path) -> None:
    with Receiver() as receiver, contextlib.ExitStack() as stack:
        config = loaded({"name": "hook", "url": receiver.url("/hook")})
        engine = Engine(config, data_dir=tmp_path, catalogue=CATALOGUE, log=logging.getLogger("test"))
        engine.start()
        stack.callback(engine.stop, grace=5.0)
        for name in ("backup_start", "backup_haunted", "backup_haunted", "backup_success", "census", "backup_start"):
            engine.accept(event(name))
        payloads = sorted((request.json() for request in receiver.wait_for(6)), key=lambda one: one["id"])
    names = [one["event"] for one in payloads]
    assert names == ["backup_start", "backup_haunted", "backup_haunted", "backup_success", "census", "backup_start"]
    start, *haunted, success, census, _ = (one["task_id"] for one in payloads)
    assert start == success
    assert len({start, *haunted, census}) == 4
