"""Whatever a plugin hands over: a payload that receivers can read, and a clear word on what could not be used."""

from __future__ import annotations

import datetime
import enum
import json
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
from hypothesis import given

from prime_notify.model.event import Event, EventName
from prime_notify.model.normalize import normalize
from tests.support.examples import examples
from tests.unit.model.strategies import Unprintable, Unreadable, Untouchable, events, normalized

NOW = 1_800_000_000.0


def read(name: str = "backup_success", **fields: Any) -> Tuple[Dict[str, Any], List[str]]:
    result = normalized(Event(EventName(name), "my_plugin", "1.0.0", fields), NOW)
    return result.payload.to_dict(), list(result.warnings)


def clean(**fields: Any) -> Dict[str, Any]:
    """The payload of fields that are all fine."""
    payload, warnings = read(**fields)
    assert warnings == []
    return payload


def the_warning(**fields: Any) -> str:
    payload, warnings = read(**fields)
    assert set(payload) == set(read()[0]), "an unusable field is left out"
    [warning] = warnings
    return warning


@examples(300)
@given(events)
def test_any_event_gives_a_payload_of_strict_json_in_utf8(event: Event) -> None:
    payload = normalized(event).payload.to_dict()
    encoded = json.dumps(payload, allow_nan=False, ensure_ascii=False).encode("utf-8")
    assert json.loads(encoded) == payload
    assert payload["event"] == event.name.value
    assert len(encoded) < 256 * 1024


@examples(100)
@given(events)
def test_warnings_are_single_printable_lines_that_name_plugin_and_event(event: Event) -> None:
    for warning in normalized(event).warnings:
        assert f".{event.name.value}: " in warning
        warning.encode("utf-8")


def test_an_event_without_fields_has_what_is_always_known() -> None:
    assert clean() == {
        "id": "N1",
        "event": "backup_success",
        "task": "backup",
        "status": "success",
        "severity": "info",
        "timestamp": {"unix": NOW, "iso": "2027-01-15T08:00:00.000Z"},
        "task_id": "T1",
        "plugin": {"id": "my_plugin", "version": "1.0.0"},
        "server": {"running": True, "name": "MyServer"},
    }


def test_a_complete_event_arrives_as_it_is() -> None:
    fields = {
        "backup": {
            "id": 42,
            "date": "2026-01-02 03:04:05",
            "comment": "",
            "creator": "player:Steve",
            "targets": ["world"],
            "tags": {"scheduled": True},
            "file_count": 3,
            "raw_size": 10,
            "stored_size": 5,
        },
        "operator": {"type": "player", "name": "Steve", "full": "player:Steve"},
        "source": {"type": "player", "name": "Steve"},
        "cost_s": 1.5,
        "message": "fine",
        "title": "T",
        "body": "B",
        "desp": "D",
        "extra": {"deep": [1, None, {"x": 2.5}]},
    }
    payload = clean(**fields)
    assert {name: payload[name] for name in fields} == fields


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("player:Steve", {"type": "player", "name": "Steve", "full": "player:Steve"}),
        ("a:b:c", {"type": "a", "name": "b:c", "full": "a:b:c"}),
        ("Steve", {"type": "literal", "name": "Steve", "full": "literal:Steve"}),
        ({"type": "console"}, {"type": "console", "name": "", "full": "console:"}),
        ({"name": "Steve"}, {"type": "literal", "name": "Steve", "full": "literal:Steve"}),
        ({"full": "player:Steve"}, {"type": "player", "name": "Steve", "full": "player:Steve"}),
    ],
)
def test_an_operator_may_be_text_or_an_object(value: Any, expected: Dict[str, str]) -> None:
    assert clean(operator=value)["operator"] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("console", {"type": "console"}),
        ("player:Steve", {"type": "player", "name": "Steve"}),
        ({"type": "player", "name": "Steve"}, {"type": "player", "name": "Steve"}),
        ({"name": "Steve"}, {"type": "unknown", "name": "Steve"}),
    ],
)
def test_a_source_may_be_text_or_an_object(value: Any, expected: Dict[str, str]) -> None:
    assert clean(source=value)["source"] == expected


class Number(enum.IntEnum):
    SEVEN = 7


@pytest.mark.parametrize(("value", "expected"), [("42", 42), (" 7 ", 7), (42.0, 42), (0, 0), (Number.SEVEN, 7)])
def test_whole_numbers_are_taken_in_any_certain_form(value: Any, expected: int) -> None:
    assert clean(backup={"id": value})["backup"] == {"id": expected}


def test_a_date_may_be_a_datetime_and_is_given_in_local_time() -> None:
    naive = datetime.datetime(2026, 1, 2, 3, 4, 5)
    assert clean(backup={"date": naive})["backup"]["date"] == "2026-01-02 03:04:05"
    aware = naive.astimezone().astimezone(datetime.timezone.utc)
    assert clean(backup={"date": aware})["backup"]["date"] == "2026-01-02 03:04:05"


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset])
def test_targets_may_be_any_collection_of_texts_and_paths(kind: Any) -> None:
    assert clean(backup={"targets": kind(["a", Path("b")])})["backup"]["targets"] == ["a", "b"]


def test_a_single_target_is_a_list_of_one() -> None:
    assert clean(backup={"targets": "world"})["backup"]["targets"] == ["world"]


def test_odd_targets_are_left_out_one_by_one() -> None:
    payload, [warning] = read(backup={"targets": ["world", 5]})
    assert payload["backup"]["targets"] == ["world"]
    assert '1 of 2 entries of "backup.targets"' in warning


def test_a_creator_may_be_an_operator() -> None:
    assert clean(backup={"creator": {"type": "player", "name": "Steve"}})["backup"]["creator"] == "player:Steve"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("disk full", {"type": "Error", "message": "disk full"}),
        (ValueError("no"), {"type": "ValueError", "message": "no"}),
        ({"type": "E", "message": "m", "traceback": ["a\n", "b"]}, {"type": "E", "message": "m", "traceback": "a\nb"}),
        ({"message": "m"}, {"type": "Error", "message": "m"}),
        ({"type": "E"}, {"type": "E", "message": ""}),
    ],
)
def test_an_error_may_be_an_exception_text_or_object(value: Any, expected: Dict[str, str]) -> None:
    assert clean(error=value)["error"] == expected


def test_a_raised_exception_brings_its_traceback() -> None:
    try:
        raise ValueError("no")
    except ValueError as error:
        raised = error
    assert "test_normalize.py" in clean(error=raised)["error"]["traceback"]


def test_an_exception_that_cannot_be_printed_still_has_its_type() -> None:
    class Nasty(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert clean(error=Nasty())["error"] == {"type": "Nasty", "message": "(it cannot be shown)"}


@pytest.mark.parametrize(
    "value",
    [
        1.7e9,
        1_700_000_000,
        {"unix": 1.7e9, "iso": "whatever"},
        {"iso": "2023-11-14T22:13:20Z"},
        "2023-11-14T22:13:20.000+00:00",
        datetime.datetime.fromtimestamp(1.7e9, datetime.timezone.utc),
        datetime.datetime.fromtimestamp(1.7e9),
    ],
)
def test_a_plausible_timestamp_of_the_emitter_is_taken(value: Any) -> None:
    assert clean(timestamp=value)["timestamp"] == {"unix": 1.7e9, "iso": "2023-11-14T22:13:20.000Z"}


@pytest.mark.parametrize(
    "value", [1.7e12, -1, True, float("nan"), NOW + 10**6, "2023-11-14T22:13:20", "soon", "1" * 100, {}, [], 10**400]
)
def test_an_implausible_timestamp_is_left_out_for_ours(value: Any) -> None:
    payload, [warning] = read(timestamp=value)
    assert payload["timestamp"]["unix"] == NOW
    assert '"timestamp" is left out' in warning


def test_iso_and_unix_agree_to_the_millisecond() -> None:
    payload = normalized(Event(EventName.BACKUP_START, "p"), 1_767_323_045.6789).payload
    assert (payload.timestamp.unix, payload.timestamp.iso) == (1_767_323_045.679, "2026-01-02T03:04:05.679Z")


@pytest.mark.parametrize(
    ("value", "expected"), [(1.23456, 1.235), (2, 2.0), (-0.0, 0.0), (datetime.timedelta(seconds=90), 90.0)]
)
def test_cost_is_seconds_with_three_decimals(value: Any, expected: float) -> None:
    cost = clean(cost_s=value)["cost_s"]
    assert (cost, str(cost)) == (expected, str(expected))


def test_an_event_may_repeat_its_own_name() -> None:
    assert clean(event="backup_success", task="backup", status="success") == clean()


def test_severity_is_the_events_own_unless_given() -> None:
    assert read("backup_failure")[0]["severity"] == "error"
    assert clean(severity=" Warning")["severity"] == "warning"


def test_what_the_emitter_says_of_server_and_plugin_wins() -> None:
    payload = clean(server={"running": False}, plugin={"version": "2.0"})
    assert payload["server"] == {"running": False, "name": "MyServer"}
    assert payload["plugin"] == {"id": "my_plugin", "version": "2.0"}


def test_the_server_is_absent_when_nothing_is_known_of_it() -> None:
    event = Event(EventName.BACKUP_START, "p")
    payload = normalize(event, id="N", task_id="T", now=NOW, server_running=None, server_name=None).payload
    assert "server" not in payload.to_dict()


def test_a_test_event_is_marked_and_no_other() -> None:
    assert normalized(Event(EventName.BACKUP_START, "p", test=True)).payload.test is True
    assert clean(test=True)["test"] is True
    assert "test" not in clean(test=False)


def test_unknown_fields_are_kept_in_extra() -> None:
    payload = clean(colour="red", backup={"id": 1, "mood": "good"}, extra={"a": 1})
    assert payload["extra"] == {"a": 1, "colour": "red", "backup.mood": "good"}


@pytest.mark.parametrize(
    ("key", "shown"), [(2, "2"), (1.5, "1.5"), (None, "None"), (True, "True"), ((1, 2), "<class 'tuple'>")]
)
def test_only_the_entry_whose_key_is_no_text_is_left_out_and_named(key: object, shown: str) -> None:
    payload, warnings = read(extra={"p": 1, key: 3, "q": 4}, backup={"id": 1, "tags": {"a": True, key: 3}})
    assert payload["extra"] == {"p": 1, "q": 4}
    assert payload["backup"]["tags"] == {"a": True}
    assert [text.partition(": ")[2] for text in warnings] == [
        f'"backup.tags[{shown}]" (its key is not a text) left out',
        f'"extra[{shown}]" (its key is not a text) left out',
    ]


def test_an_unknown_field_never_replaces_one_of_extra() -> None:
    assert clean(a=2, extra={"a": 1})["extra"] == {"a": 1}


@pytest.mark.parametrize(
    ("fields", "where", "found"),
    [
        ({"backup": 5}, "backup", "int"),
        ({"backup": {"id": -1}}, "backup.id", "int"),
        ({"backup": {"id": True}}, "backup.id", "bool"),
        ({"backup": {"id": 2**63}}, "backup.id", "int"),
        ({"backup": {"id": float("inf")}}, "backup.id", "float"),
        ({"backup": {"id": "9" * 5000}}, "backup.id", "str"),
        ({"backup": {"comment": ["x"]}}, "backup.comment", "list"),
        ({"backup": {"targets": 5}}, "backup.targets", "int"),
        ({"backup": {"tags": ["x"]}}, "backup.tags", "list"),
        ({"backup": {"date": datetime.date(2026, 1, 2)}}, "backup.date", "date"),
        ({"operator": 5}, "operator", "int"),
        ({"operator": ""}, "operator", "str"),
        ({"operator": {}}, "operator", "dict"),
        ({"source": 5}, "source", "int"),
        ({"source": ":Steve"}, "source", "str"),
        ({"source": {}}, "source", "dict"),
        ({"cost_s": "5s"}, "cost_s", "str"),
        ({"cost_s": -1}, "cost_s", "int"),
        ({"cost_s": float("nan")}, "cost_s", "float"),
        ({"message": 5}, "message", "int"),
        ({"message": Unprintable()}, "message", "Unprintable"),
        ({"error": {}}, "error", "dict"),
        ({"error": 5}, "error", "int"),
        ({"severity": "fatal"}, "severity", "str"),
        ({"severity": 5}, "severity", "int"),
        ({"server": Unreadable()}, "server", "Unreadable"),
        ({"extra": [1]}, "extra", "list"),
        ({"event": "backup_failure"}, "event", "str"),
        ({"task": 5}, "task", "int"),
        ({"task_id": 5}, "task_id", "int"),
        ({"test": "yes"}, "test", "str"),
    ],
)
def test_an_unusable_field_is_left_out_with_a_warning_that_names_it(
    fields: Dict[str, Any], where: str, found: str
) -> None:
    warning = the_warning(**fields)
    assert warning.startswith(f'my_plugin.backup_success: field "{where}" is left out: found {found}, expected ')


def test_an_unusable_traceback_costs_only_itself() -> None:
    payload, [warning] = read(error={"type": "E", "traceback": [1]})
    assert payload["error"] == {"type": "E", "message": ""}
    assert '"error.traceback"' in warning


def test_an_unusable_field_costs_no_other() -> None:
    payload, [warning] = read(backup={"id": [], "comment": "kept"}, message="kept too")
    assert (payload["backup"], payload["message"]) == ({"comment": "kept"}, "kept too")
    assert '"backup.id"' in warning


@pytest.mark.parametrize("fields", [5, None, Unreadable()])
def test_fields_that_are_no_mapping_leave_the_event_itself(fields: Any) -> None:
    payload = normalized(Event(EventName.BACKUP_FAILURE, "p", fields=fields)).payload
    assert payload.event is EventName.BACKUP_FAILURE


def test_an_object_that_raises_when_touched_costs_only_its_field() -> None:
    payload, warnings = read(message=Untouchable(), extra={"a": Untouchable(), "b": 1})
    assert payload["extra"] == {"b": 1}
    assert 'field "message" is left out: found Untouchable, expected a value that can be read' in warnings[0]
    assert '"extra.a" (it cannot be read) left out' in warnings[1]


def test_the_name_of_a_type_may_be_broken_too() -> None:
    class Meta(type):
        __name__ = property(lambda cls: 1 / 0)

    class Value(metaclass=Meta):
        pass

    assert "found an object, expected a text" in the_warning(message=Value())


def test_blank_texts_are_absent_but_an_empty_comment_is_knowledge() -> None:
    payload = clean(message="  ", title="", backup={"comment": "", "creator": " "})
    assert payload["backup"] == {"comment": ""}
    assert not {"message", "title"} & set(payload)


def test_control_characters_vanish_and_lone_surrogates_are_replaced() -> None:
    assert clean(message="a\x00\x1b[1mb\r\nc\td\ud800e\x85")["message"] == "a[1mb\nc\td\ufffde"


def test_long_texts_are_cut_with_an_ellipsis_and_a_warning() -> None:
    payload, [warning] = read(backup={"comment": "x" * 1_000_000})
    assert payload["backup"]["comment"] == "x" * 4095 + "…"
    assert '"backup.comment" is cut from 1000000 to 4096 characters' in warning


def test_a_long_traceback_keeps_its_end() -> None:
    payload, _ = read(error={"message": "m", "traceback": "x" * 100_000 + "the end"})
    kept = payload["error"]["traceback"]
    assert (len(kept), kept[0], kept[-7:]) == (32768, "…", "the end")


def test_a_flood_of_unknown_fields_costs_no_known_one() -> None:
    flood: Dict[str, Any] = {f"junk{number}": number for number in range(1000)}
    payload, [warning] = read(**flood, message="kept")
    assert payload["message"] == "kept"
    assert "936 unknown fields are left out" in warning


def test_names_that_are_no_texts_are_reported_once() -> None:
    event = Event(EventName.BACKUP_START, "p", fields={"backup": {1: 2, 3: 4}})
    [warning] = normalized(event).warnings
    assert '2 unknown fields of "backup" are left out' in warning
