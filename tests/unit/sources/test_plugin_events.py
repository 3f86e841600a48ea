"""Events that other plugins emit in MCDR."""

from __future__ import annotations

import logging
from typing import Any, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.config.models import SourcesConfig
from prime_notify.model.event import Event, EventName
from prime_notify.sources.plugin_events import PluginEvents
from prime_notify.sources.source import SourceContext
from tests.support.prime_backup_classes import Server, tr

LOG = logging.getLogger("test.listen")


class Heard:
    """A server with the listeners of this source, and the events that they reported."""

    def __init__(self, *listen: str, installed: str = "my_backup") -> None:
        self.server = Server()
        self.server.load(installed, "2.3")
        self.events: List[Event] = []
        self.source = PluginEvents(SourceContext(self.server, self.events.append, LOG, tr))
        self.source.start()
        self.source.configure(SourcesConfig(listen=[*listen]))

    def reload(self, *listen: str) -> None:
        self.source.configure(SourcesConfig(listen=[*listen]))

    def say(self, event: str, *args: Any) -> None:
        self.server.dispatch(event, *args)


@pytest.mark.parametrize("name", list(EventName))
def test_every_event_of_a_listed_plugin_is_heard(name: EventName) -> None:
    heard = Heard("my_backup")
    heard.say(f"my_backup.{name.value}", {"cost_s": 3})
    assert heard.events == [Event(name, "my_backup", "2.3", {"cost_s": 3})]


def test_prime_backup_is_left_to_its_own_source() -> None:
    heard = Heard("prime_backup", installed="prime_backup")
    assert not [event for event in heard.server.listeners if event.startswith("prime_backup.")]


def test_an_event_without_an_argument_is_reported_with_what_is_known(caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard("my_backup")
    heard.say("my_backup.backup_start")
    assert heard.events == [Event(EventName.BACKUP_START, "my_backup", "2.3", {})]
    assert caplog.records == []


@pytest.mark.parametrize(
    ("args", "found", "fields"),
    [
        (("done",), "str", {}),
        ((None,), "NoneType", {}),
        (({"cost_s": 1}, 2), "dict, int", {"cost_s": 1}),
        ((7, {"cost_s": 1}), "int, dict", {"cost_s": 1}),
    ],
)
def test_a_wrong_argument_is_warned_of_once_and_the_event_is_reported_all_the_same(
    args: Any, found: str, fields: Any, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard("my_backup")
    heard.say("my_backup.backup_success", *args)
    heard.say("my_backup.backup_success", *args)
    assert [dict(event.fields) for event in heard.events] == [fields, fields]
    assert caplog.messages == [f"listen.not_a_dict my_backup.backup_success {found}"]


def test_the_fields_are_a_copy_that_the_plugin_cannot_change_any_more() -> None:
    heard = Heard("my_backup")
    fields = {"cost_s": 1}
    heard.say("my_backup.backup_success", fields)
    fields["cost_s"] = 2
    assert heard.events[0].fields == {"cost_s": 1}


@given(st.lists(st.none() | st.integers() | st.text() | st.dictionaries(st.integers() | st.text(), st.text())))
def test_whatever_a_plugin_passes_becomes_one_event(args: List[Any]) -> None:
    heard = Heard("my_backup")
    heard.say("my_backup.backup_success", *args)
    assert len(heard.events) == 1


def test_a_plugin_that_is_not_listed_is_not_heard() -> None:
    heard = Heard()
    heard.say("my_backup.backup_success", {})
    assert heard.events == []


def test_a_plugin_listed_by_a_changed_config_is_heard_at_once_if_it_was_there(
    caplog: pytest.LogCaptureFixture,
) -> None:
    heard = Heard()
    heard.reload("my_backup")
    heard.say("my_backup.backup_success", {})
    assert len(heard.events) == 1
    assert caplog.records == []


def test_a_plugin_no_longer_listed_is_heard_no_more_and_listed_again_is_heard_once() -> None:
    heard = Heard("my_backup")
    heard.reload()
    heard.say("my_backup.backup_success", {})
    assert heard.events == []
    heard.reload("my_backup")
    heard.say("my_backup.backup_success", {})
    assert len(heard.events) == 1


def test_it_says_when_mcdr_takes_up_a_newly_listed_plugin_only_later(caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard()
    heard.reload("newcomer")
    assert caplog.messages == ["listen.later newcomer"]
    assert "newcomer.backup_success" in heard.server.listeners


def test_it_never_listens_to_itself(caplog: pytest.LogCaptureFixture) -> None:
    heard = Heard("prime_notify", installed="prime_notify")
    heard.say("prime_notify.backup_success", {})
    assert heard.events == []
    assert caplog.messages == ["listen.ourselves"]


def test_events_that_come_before_the_config_wait_for_it() -> None:
    heard = Heard.__new__(Heard)
    heard.server, heard.events = Server(), []
    for plugin in ("my_backup", "other"):
        heard.server.load(plugin, "2.3")
    heard.source = PluginEvents(SourceContext(heard.server, heard.events.append, LOG, tr))
    heard.source.start()
    for plugin in ("my_backup", "other"):
        heard.say(f"{plugin}.backup_start", {"cost_s": 1})
    heard.say("my_backup.backup_success", {"cost_s": 2})
    assert heard.events == []
    heard.reload("my_backup")
    assert [(event.plugin_id, event.fields) for event in heard.events] == [
        ("my_backup", {"cost_s": 1}),
        ("my_backup", {"cost_s": 2}),
    ]
    heard.reload("my_backup")
    assert len(heard.events) == 2
