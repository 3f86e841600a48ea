"""Free data as plain JSON, within bounds."""

from __future__ import annotations

import datetime
import json
from pathlib import PurePosixPath
from typing import Any, Dict, Mapping, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.text.clean import JsonCleaner, as_dict, clean_text, truncate
from tests.support.examples import examples
from tests.unit.model.strategies import Unprintable, wild


def clean(value: Any, budget: int = 16384) -> Tuple[Any, int]:
    cleaner = JsonCleaner(budget)
    return cleaner.clean({"v": value}, "extra").get("v", "absent"), cleaner.dropped


@examples(200)
@given(st.dictionaries(st.one_of(st.text(), st.integers()), wild, max_size=5), st.integers(0, 3000))
def test_anything_becomes_json_of_about_the_budget(data: Dict[Any, Any], budget: int) -> None:
    result = JsonCleaner(budget).clean(data, "extra")
    encoded = json.dumps(result, allow_nan=False, ensure_ascii=False).encode("utf-8")
    assert len(encoded) <= 3 * budget + 1024


def test_texts_are_bounded_by_the_budget_also_in_utf8() -> None:
    result = JsonCleaner(1000).clean({"text": "备" * 5000}, "extra")
    assert len(result["text"]) < 1000


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, 2), [1, 2]),
        ({5}, [5]),
        (PurePosixPath("a/b"), "a/b"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        ("a\x00", "a"),
        (None, None),
        (True, True),
    ],
)
def test_what_has_a_natural_json_form_is_converted(value: Any, expected: Any) -> None:
    assert clean(value) == (expected, 0)


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 2**63, b"x", object(), Unprintable()])
def test_what_has_none_is_left_out_and_counted(value: Any) -> None:
    assert clean(value) == ("absent", 1)


def test_the_first_loss_is_named_with_its_path_and_reason() -> None:
    cleaner = JsonCleaner(1000)
    cleaner.clean({"a": [{"b\nc": float("nan")}], 5: 6}, "extra")
    assert cleaner.first_dropped == '"extra.a[0].b c" (it is not finite)'
    assert cleaner.dropped == 2


def test_circles_end() -> None:
    knot: Dict[str, Any] = {}
    knot.update(a=knot, b=knot, c=knot)
    assert clean(knot, 2000)[1] > 0


def test_a_list_that_never_seems_to_end_is_cut_off() -> None:
    result, dropped = clean(list(range(1_000_000)), 1000)
    assert result == list(range(len(result)))
    assert (len(result) < 200, dropped) == (True, 1)


def test_a_mapping_that_is_too_large_is_cut_off() -> None:
    result, dropped = clean({str(number): number for number in range(10_000)}, 1000)
    assert (0 < len(result) < 100, dropped) == (True, 1)


def test_a_dict_subclass_is_read_past_its_methods() -> None:
    class Odd(Dict[str, int]):
        def items(self) -> Any:
            raise RuntimeError("no")

    assert as_dict(Odd(a=1)) == {"a": 1}


def test_other_mappings_are_read_through_their_items() -> None:
    class Tiny(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return 1

        def __iter__(self) -> Any:
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    assert as_dict(Tiny()) == {"a": 1}


def test_cutting_keeps_the_limit_at_either_end() -> None:
    assert (truncate("abcdef", 4), truncate("abcdef", 4, keep_tail=True), truncate("abcd", 4)) == (
        "abc…",
        "…def",
        "abcd",
    )


@given(st.text(st.characters(codec=None)), st.integers(1, 20))
def test_clean_text_always_encodes_and_keeps_its_limit(text: str, limit: int) -> None:
    result = clean_text(text, limit)
    assert len(result) <= limit
    result.encode("utf-8")
