"""Changes of a config's text: the endpoint that is meant changes, and everything else stays byte for byte."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.loading.document import parse_document
from prime_notify.loading.edit import (
    EditError,
    add_endpoint,
    endpoints_in,
    remove_endpoint,
    rename_endpoint,
    replace_endpoint,
)
from prime_notify.loading.json_nodes import parsed
from tests.support.examples import examples

NEW = {"name": "new", "type": "webhook", "url": "https://example.com/n"}
HAND_WRITTEN = """\
{
    "$schema": "./config.schema.json",
    "command":   {"prefix": "!!pn"},
    "notification": {
        "enabled": true,  "events": [ "backup" ],
        "endpoints": [
            {"name": "a", "url": "https://a.example",   "fallback": ["b", "c"]},
            {
                "name": "b",
                "url": "https://b.example", "group": "g"
            },
            {"name": "c", "url": "https://c.example", "fallback": "b"}
        ],
        "groups": {"g": "first_ok"}
    }
}
"""


def names(text: str) -> List[str]:
    return [name for name, _ in endpoints_in(text)]


def test_an_endpoint_is_added_in_the_style_of_the_file_and_nothing_else_changes() -> None:
    change = add_endpoint(HAND_WRITTEN, NEW)
    before, after = HAND_WRITTEN.split('"fallback": "b"}')
    written = (
        ',\n            {\n                "name": "new",\n                "type": "webhook",\n'
        '                "url": "https://example.com/n"\n            }'
    )
    assert change.text == f'{before}"fallback": "b"}}{written}{after}'
    assert not change.switched_on


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", {"notification": {"enabled": True, "endpoints": [NEW]}}),
        ('{"notification": null}', {"notification": {"enabled": True, "endpoints": [NEW]}}),
        ('{"notification": {}}', {"notification": {"endpoints": [NEW], "enabled": True}}),
        ('{"notification": {"endpoints": null}}', {"notification": {"endpoints": [NEW], "enabled": True}}),
        ('{"notification": {"endpoints": []}}', {"notification": {"endpoints": [NEW], "enabled": True}}),
        ('{"notification": {"endpoints": {}}}', {"notification": {"endpoints": [NEW], "enabled": True}}),
        ('{"endpoints": [{"name": "a"}]}', {"endpoints": [{"name": "a"}, NEW], "enabled": True}),
        (
            '{"notification": {"enabled": "off", "endpoints": {"name": "a"}}}',
            {"notification": {"enabled": True, "endpoints": [{"name": "a"}, NEW]}},
        ),
        (
            '{"notification": {"enabled": "maybe", "endpoints": [{"name": "a"}]}}',
            {"notification": {"enabled": "maybe", "endpoints": [{"name": "a"}, NEW]}},
        ),
        (
            '{"notification": {"endpoints": []}, "notification": {"enabled": true}}',
            {"notification": {"enabled": True, "endpoints": [NEW]}},
        ),
        (
            '{"notification": {"enabled": false, "endpoints": [1], "endpoints": [], "enabled": false}}',
            {"notification": {"enabled": True, "endpoints": [NEW]}},
        ),
    ],
)
def test_an_endpoint_is_added_to_every_form_that_loading_takes(text: str, expected: Dict[str, Any]) -> None:
    for form in (text, "\ufeff" + text + "\r\n", text.replace("{", "{\n  ", 1)):
        change = add_endpoint(form, NEW)
        assert parse_document(change.text) == expected
        assert change.text.startswith("\ufeff") == form.startswith("\ufeff")
        assert change.text.endswith("\r\n") == form.endswith("\r\n")
        assert change.switched_on == (json.dumps(expected).count('"enabled": true') > form.count('"enabled": true'))


def test_crlf_and_tabs_are_kept() -> None:
    text = '{\r\n\t"notification": {\r\n\t\t"endpoints": []\r\n\t}\r\n}\r\n'
    changed = add_endpoint(text, NEW).text
    assert "\n" not in changed.replace("\r\n", "")
    assert '\r\n\t\t\t{\r\n\t\t\t\t"name": "new",' in changed
    assert changed.startswith('{\r\n\t"notification": {\r\n\t\t"enabled": true,\r\n\t\t"endpoints": [')


@pytest.mark.parametrize(
    ("text", "place"), [('{"notification": 3}', "notification"), ('{"endpoints": "x"}', "notification.endpoints")]
)
def test_a_form_that_is_not_understood_is_refused_with_its_place(text: str, place: str) -> None:
    with pytest.raises(EditError, match=place):
        add_endpoint(text, NEW)


def test_a_name_in_use_is_refused() -> None:
    with pytest.raises(EditError, match='"b" already'):
        add_endpoint(HAND_WRITTEN, {**NEW, "name": "b"})
    with pytest.raises(EditError, match='"b" already'):
        rename_endpoint(HAND_WRITTEN, "a", "b")


@pytest.mark.parametrize(
    "act",
    [
        lambda text: remove_endpoint(text, "z"),
        lambda text: rename_endpoint(text, "z", "y"),
        lambda text: replace_endpoint(text, "z", NEW),
    ],
)
def test_an_unknown_name_and_one_that_is_used_twice_are_refused(act: Any) -> None:
    with pytest.raises(EditError, match='no endpoint "z"'):
        act(HAND_WRITTEN)
    with pytest.raises(EditError, match="no endpoint"):
        act("{}")
    with pytest.raises(EditError, match='2 endpoints named "z"'):
        act('{"endpoints": [{"name": "z"}, {"name": " z "}]}')


def test_an_endpoint_is_removed_with_what_names_it() -> None:
    change = remove_endpoint(HAND_WRITTEN, "b")
    assert change.fallback_of == ("a", "c")
    assert change.group_removed == "g"
    assert parse_document(change.text) == {
        "$schema": "./config.schema.json",
        "command": {"prefix": "!!pn"},
        "notification": {
            "enabled": True,
            "events": ["backup"],
            "endpoints": [
                {"name": "a", "url": "https://a.example", "fallback": ["c"]},
                {"name": "c", "url": "https://c.example"},
            ],
            "groups": {},
        },
    }
    assert '"command":   {"prefix": "!!pn"}' in change.text


def test_a_group_that_is_not_listed_or_keeps_members_stays() -> None:
    text = '{"endpoints": [{"name": "a", "group": "g"}, {"name": "b", "group": "g"}], "groups": {"x": "all"}}'
    first = remove_endpoint(text, "a")
    assert (first.group_left, first.group_removed) == ("g", "")
    second = remove_endpoint(first.text, "b")
    assert (second.group_left, second.group_removed) == ("", "")
    assert parse_document(second.text) == {"endpoints": [], "groups": {"x": "all"}}


def test_names_that_are_written_twice_or_as_numbers_are_found() -> None:
    text = '{"endpoints": [{"name": 5}, {"name": "b", "fallback": "5", "fallback": [5, "5", "c"]}, {"name": "c"}]}'
    renamed = rename_endpoint(text, "5", "x")
    assert renamed.text == text.replace('"name": 5', '"name": "x"').replace('[5, "5", "c"]', '["x", "x", "c"]')
    removed = remove_endpoint(text, "5")
    assert removed.text == '{"endpoints": [{"name": "b", "fallback": "5", "fallback": ["c"]}, {"name": "c"}]}'
    only = '{"endpoints": [{"name": "a"}, {"name": "b", "fallback": "a", "fallback": "a"}]}'
    assert remove_endpoint(only, "a").text == '{"endpoints": [{"name": "b"}]}'


def test_the_only_endpoint_that_stands_in_place_of_a_list_is_removed() -> None:
    assert parse_document(remove_endpoint('{"endpoints": {"url": "u"}}', "endpoint-1").text) == {"endpoints": []}


def test_an_endpoint_that_is_no_object_is_removed_but_not_renamed() -> None:
    text = '{"endpoints": [\n 3]}'
    assert parse_document(remove_endpoint(text, "endpoint-1").text) == {"endpoints": []}
    with pytest.raises(EditError, match="line 2"):
        rename_endpoint(text, "endpoint-1", "x")


def test_fallbacks_follow_a_new_name_and_the_rest_stays_as_it_is() -> None:
    change = rename_endpoint(HAND_WRITTEN, "b", "büro")
    assert change.fallback_of == ("a", "c")
    expected = HAND_WRITTEN.replace('"name": "b"', '"name": "büro"').replace('["b", "c"]', '["büro", "c"]')
    assert change.text == expected.replace('"fallback": "b"', '"fallback": "büro"')


def test_an_endpoint_without_a_name_gets_one() -> None:
    assert parse_document(rename_endpoint('{"endpoints": [{"url": "u"}]}', "endpoint-1", "x").text) == {
        "endpoints": [{"url": "u", "name": "x"}]
    }


def test_an_endpoint_is_replaced_in_its_place() -> None:
    change = replace_endpoint(HAND_WRITTEN, "b", NEW)
    assert names(change.text) == ["a", "new", "c"]
    assert change.text.startswith(HAND_WRITTEN[: HAND_WRITTEN.index("{\n                ")])


@pytest.mark.parametrize("text", ["", "{", '{"a" 1}', '{"a": 1} x', '{"a": 1 "b": 2}', "[1 2]", "{1: 2}"])
def test_text_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - as Python's own parser
        parsed(text)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
_ENDPOINTS = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("abcdefg")}, optional={"x": _VALUES}),
    max_size=4,
    unique_by=lambda one: one["name"],
)


@examples(200)
@given(
    endpoints=_ENDPOINTS,
    more=st.dictionaries(st.text(max_size=3), _VALUES, max_size=3),
    indent=st.sampled_from([None, 0, 1, 2, "\t"]),
    data=st.data(),
)
def test_text_and_document_change_alike(
    endpoints: List[Any], more: Dict[str, Any], indent: Any, data: st.DataObject
) -> None:
    more.pop("notification", None)
    document = {**more, "notification": {"enabled": True, "endpoints": endpoints}}
    text = json.dumps(document, indent=indent, ensure_ascii=data.draw(st.booleans()))
    kept = json.loads(text)
    assert parsed(text).value == kept
    kept["notification"]["endpoints"] = [*endpoints, NEW]
    text = add_endpoint(text, NEW).text
    assert json.loads(text) == kept
    if endpoints:
        index = data.draw(st.integers(0, len(endpoints) - 1))
        text = rename_endpoint(text, endpoints[index]["name"], "z").text
        kept["notification"]["endpoints"][index] = {**endpoints[index], "name": "z"}
        assert json.loads(text) == kept
        del kept["notification"]["endpoints"][index]
        assert json.loads(remove_endpoint(text, "z").text) == kept
