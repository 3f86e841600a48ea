"""The shipped JSON Schema is that of the models, and agrees with the loader."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from prime_notify.channels.common.registry import channel_types
from prime_notify.loading.files import DEFAULT_DOCUMENT
from prime_notify.loading.schema import config_schema, render_schema
from tests.support.configs import SPEC_EXAMPLE, hook

SHIPPED = Path(__file__).parents[3] / "schema" / "config.schema.json"


@pytest.fixture(scope="module")
def validator():
    schema = config_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _document(**options):
    return {"notification": {"endpoints": [hook(**options)]}}


def test_the_shipped_file_is_up_to_date():
    assert SHIPPED.read_text(encoding="utf-8") == render_schema(), "run: python3 scripts/dev.py docs"


@pytest.mark.parametrize(
    "document",
    [
        SPEC_EXAMPLE,
        DEFAULT_DOCUMENT,
        {},
        {"command": {"permission": {"test": "admin", "root": 0}}, "language": "zh_cn", "server": {"name": "SMP"}},
        _document(url="${URL}", timeout=5, headers={"A": {"file": "token"}, "B": "Bearer ${TOKEN}"}),
        _document(url={"file": "url"}, timeout="${WAIT}"),
        _document(type="bark", bark={"group": {"file": "group"}}),
    ],
)
def test_it_accepts_what_the_loader_accepts(validator, document):
    assert list(validator.iter_errors(document)) == []


@pytest.mark.parametrize(
    "document",
    [
        {"notifications": {}},
        {"notification": {"enabled": "perhaps"}},
        {"notification": {"events": ["nonsense"]}},
        {"command": {"permission": {"test": 5}}},
        {"language": "fr"},
        _document(url=None),
        _document(name={"file": "name"}),
        _document(url={"file": "url", "other": 1}),
        _document(type="nonsense"),
        _document(timeout="soon"),
        _document(bark={"sound": "x"}),
        _document(type="bark", bark={"nonsense": 1}),
    ],
)
def test_it_refuses_what_the_loader_has_a_problem_with(validator, document):
    assert list(validator.iter_errors(document)) != []


def _endpoint_definitions(schema):
    endpoints = schema["$defs"]["NotificationConfig"]["properties"]["endpoints"]["anyOf"][0]["items"]["anyOf"]
    return {name: schema["$defs"][name] for name in (one["$ref"].rpartition("/")[2] for one in endpoints)}


def test_every_channel_is_distinguished_by_its_type_and_webhook_may_leave_it_out():
    types = [one["properties"]["type"] for one in _endpoint_definitions(config_schema()).values()]
    optional = [schema["anyOf"][0]["const"] for schema in types if "anyOf" in schema]
    assert optional == ["webhook"]
    assert sorted([*optional, *(schema["const"] for schema in types if "const" in schema)]) == sorted(channel_types())


def test_every_option_of_an_endpoint_is_described_with_an_example():
    schema = config_schema()
    for name, endpoint in _endpoint_definitions(schema).items():
        for option, described in endpoint["properties"].items():
            if set(described) == {"$ref"}:
                described = schema["$defs"][described["$ref"].rpartition("/")[2]]
            assert described.get("description"), f"{name}.{option}"
            assert option == "type" or "examples" in described, f"{name}.{option}"
