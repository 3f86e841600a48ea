"""JSON values whose strings are templates."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from prime_notify.templates.tree import Filler, check_tree
from prime_notify.text.json_text import to_json
from tests.support.examples import examples

VALUES: Dict[str, Any] = {
    "title": 'quote " backslash \\ newline \n',
    "backup": {"id": 7, "tags": {"a": 1}},
    "cost_s": 1.5,
    "facts": [],
}


def fill(tree: Any, **values: Any) -> Any:
    filler = Filler(lambda: {**VALUES, **values}, "the default")
    found = filler.value(check_tree(tree), "body")
    assert not filler.warnings
    return found


@pytest.mark.parametrize(
    ("tree", "filled"),
    [
        ({"a": 1, "b": None, "c": [True, 2.5]}, {"a": 1, "b": None, "c": [True, 2.5]}),
        ({"a": "{{ title }}!"}, {"a": VALUES["title"] + "!"}),
        (
            {"a": "{{ backup.id }}", "b": "{{ backup }}", "c": "{{ cost_s > 1 }}"},
            {"a": 7, "b": VALUES["backup"], "c": True},
        ),
        ({"gone": "{{ error }}", "kept": ["{{ error }}", "x"]}, {"kept": ["x"]}),
        ({"null": "{{ error|default(none) }}", "empty": "{{ error|default }}"}, {"empty": ""}),
        (
            {"a": {"$if": "error", "b": 1}, "c": [{"$if": "not error", "d": 2}, {"$if": "{{ error }}"}]},
            {"c": [{"d": 2}]},
        ),
        ("{{ backup }}", VALUES["backup"]),
        ("{{ error }}", None),
        ([], []),
    ],
)
def test_a_tree_is_filled_in(tree: Any, filled: Any) -> None:
    assert fill(tree) == filled


@pytest.mark.parametrize(
    ("tree", "places"),
    [
        ({"a": "{{ x }}", "b": [{"c": "{{"}]}, [("a",), ("b", 0, "c")]),
        ({"a": {"$if": "nope"}}, [("a", "$if")]),
        ({"a": {"$if": "x{{ test }}"}}, [("a", "$if")]),
        ({"$if": "test"}, [("$if",)]),
        (["x"] * 501, [()]),
    ],
)
def test_each_mistake_is_reported_with_its_place(tree: Any, places: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        check_tree(tree)
    assert [error["loc"] for error in caught.value.errors()] == places


def test_what_fails_is_replaced_and_reported_and_costs_nothing_else() -> None:
    filler = Filler(lambda: {**VALUES, "cost_s": 0}, "the default")
    tree = check_tree(
        {"a": "{{ 1 / cost_s }}", "b": ["x{{ 1 / cost_s }}"], "c": {"$if": "1 / cost_s", "d": "{{ title }}"}}
    )
    assert filler.value(tree, "body") == {"a": "the default", "b": ["the default"], "c": {"d": VALUES["title"]}}
    assert [warning.partition(",")[0] for warning in filler.warnings] == [
        "the template body.a failed",
        "the template body.b[0] failed",
        "the template body.c.$if failed",
    ]


def test_all_the_strings_of_a_tree_share_one_budget() -> None:
    filler = Filler(lambda: {**VALUES, "title": "t" * 30_000}, "-")
    found = filler.value(["{{ title }}"] * 500, "body")
    assert sum(map(len, found)) < 300_000
    assert filler.warnings


any_value = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
leaves: List[Any] = [
    "{{ title }}", "{{ backup }}", "a {{ extra }} b", "{{ cost_s / 2 }}", "{{ extra.x|default('-')|truncate(9) }}",
    '"{{ title }}"', "{% for x in extra %}{{ x }},{% endfor %}", "static", 5, None,
]  # fmt: skip
trees = st.recursive(
    st.sampled_from(leaves),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@examples(200)
@given(tree=trees, values=st.fixed_dictionaries({}, optional=dict.fromkeys(("title", "extra", "cost_s"), any_value)))
def test_no_value_can_break_the_json(tree: Any, values: Any) -> None:
    filled = Filler(lambda: {**VALUES, **values}, "the default").value(check_tree(tree), "body")
    json.loads(to_json(filled).decode("utf-8"), parse_constant=pytest.fail)
