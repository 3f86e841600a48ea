"""``!!pn endpoint add|remove|rename``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict

import pytest

from tests.support.bench import Bench, MakeBench
from tests.support.scripted_engine import state

ENDPOINTS = [
    {"name": "a", "url": "https://a.example/x", "fallback": ["b"], "group": "g"},
    {"name": "b", "url": "https://b.example/x"},
]


@pytest.fixture
def bench(make_bench: MakeBench, tmp_path: Path) -> Bench:
    bench = make_bench(state("a"), state("b", waiting=2), state("old", orphaned=True, waiting=3))
    block: Dict[str, Any] = {"enabled": True, "endpoints": ENDPOINTS, "groups": {"g": "all"}}
    (tmp_path / "config.json").write_text(json.dumps({"notification": block}), encoding="utf-8")
    return bench


def block(tmp_path: Path) -> Dict[str, Any]:
    document: Dict[str, Any] = json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))["notification"]
    return document


def test_an_endpoint_with_waiting_deliveries_is_removed_after_a_confirmation(bench: Bench, tmp_path: Path) -> None:
    assert bench.type("!!pn endpoint remove b") == [
        "2 notifications wait for b, and would not be sent. To remove it nevertheless: !!pn endpoint remove b confirm"
    ]
    assert block(tmp_path)["endpoints"] == ENDPOINTS
    assert bench.type("!!pn endpoint remove b confirm")[1:] == [
        "b was removed from the config",
        "2 notifications are kept, and sent when an endpoint named b is in the config again",
        "b was a fallback of a, and is not any more",
    ]
    assert [one["name"] for one in block(tmp_path)["endpoints"]] == ["a"]


def test_the_group_of_the_only_member_goes_too(bench: Bench, tmp_path: Path) -> None:
    assert bench.type("!!pn endpoint remove a")[1:] == [
        "a was removed from the config",
        "The group g had no other endpoint, and was removed",
    ]
    assert block(tmp_path)["groups"] == {}


def test_a_group_with_one_member_left_is_named(bench: Bench, tmp_path: Path) -> None:
    text = (tmp_path / "config.json").read_text(encoding="utf-8")
    (tmp_path / "config.json").write_text(text.replace('"b.', '"b.').replace(
        '"name": "b"', '"group": "g", "name": "b"'), encoding="utf-8")  # fmt: skip
    assert bench.type("!!pn endpoint remove a")[-1] == "The group g has only one endpoint now"


def test_fallbacks_and_what_waits_follow_a_new_name(bench: Bench, tmp_path: Path) -> None:
    bench.engine.endpoints = [state("a"), state("my phone", waiting=2)]
    assert bench.type('!!pn endpoint rename b "my phone"')[1:] == [
        "b is named my phone now",
        "The fallbacks of a have the new name",
        "2 notifications waiting for it moved to my phone",
    ]
    assert block(tmp_path)["endpoints"][0]["fallback"] == ["my phone"]
    assert bench.renamed == [("b", "my phone")]


def test_what_waits_for_an_endpoint_that_was_renamed_in_the_file_moves(bench: Bench, tmp_path: Path) -> None:
    assert bench.type("!!pn endpoint rename old b") == ["2 notifications waiting for it moved to b"]
    assert bench.renamed == [("old", "b")]
    assert block(tmp_path)["endpoints"] == ENDPOINTS


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("!!pn endpoint rename b a", 'there is an endpoint "a" already'),
        ("!!pn endpoint rename z y", 'the file has no endpoint "z"'),
        ("!!pn endpoint remove z", 'the file has no endpoint "z"'),
        ('!!pn endpoint rename b " "', "Choose a name of 1 to 64 visible characters"),
        (f"!!pn endpoint rename b {'x' * 65}", "Choose a name of 1 to 64 visible characters"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(bench: Bench, tmp_path: Path, line: str, expected: str) -> None:
    assert bench.type(line) == [expected]
    assert block(tmp_path)["endpoints"] == ENDPOINTS


def test_names_are_completed_and_the_usage_is_explained(bench: Bench) -> None:
    assert bench.console.complete("!!pn endpoint remove ") == ["a", "b"]
    assert bench.console.complete("!!pn endpoint rename ") == ["a", "b", "old"]
    assert "discord" in bench.console.complete("!!pn endpoint add d")
    usage = "Usage: !!pn endpoint add <service> | remove <endpoint> | rename <endpoint> <name>"
    assert bench.type("!!pn endpoint") == [usage]
    assert bench.type("!!pn endpoint add") == [usage]
