"""Durations and rates are read in Prime Backup's units, and their texts can be read back."""

from __future__ import annotations

import copy
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from prime_notify.config.units import Duration, Rate


class _Model(BaseModel):
    wait: Duration = Duration("5s")


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("500ms", 0.5),
        ("5s", 5),
        ("5sec", 5),
        ("10m", 600),
        ("10min", 600),
        ("2h", 7200),
        ("2hour", 7200),
        ("1d", 86400),
        ("1day", 86400),
        ("1mon", 30 * 86400),
        ("1month", 30 * 86400),
        ("1y", 365 * 86400),
        ("1year", 365 * 86400),
        ("1.5H", 5400),
        (" +5 s ", 5),
        ("5", 5),
        (".5s", 0.5),
        (5, 5),
        (0.25, 0.25),
        (0, 0),
    ],
)
def test_it_reads_every_unit_and_plain_seconds(written, seconds):
    assert Duration(written) == seconds


@pytest.mark.parametrize(
    "written",
    [
        *("", "s", "abc", "5 parsecs", "-5s", "1e3s", "5s5s", "--5s", "1.2.3s", "5ｓ", "٣s", "9" * 500, "101y"),
        *(-1, float("nan"), float("inf"), 10**400, True, None, [], {}),
    ],
)
def test_it_refuses_what_is_no_duration(written):
    with pytest.raises(ValueError, match="duration"):
        Duration(written)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("500ms", "500ms"),
        (5, "5s"),
        ("60s", "1m"),
        ("90m", "90m"),
        ("24h", "1d"),
        (1.5, "1.5s"),
        (0, "0s"),
        (7e-3, "7ms"),
    ],
)
def test_it_prints_the_largest_unit_that_is_exact(written, printed):
    assert str(Duration(written)) == f"{Duration(written)}" == printed


@given(st.floats(min_value=0, max_value=3e9))
def test_what_it_prints_is_read_back_exactly(seconds):
    assert Duration(str(Duration(seconds))) == seconds


def test_copies_stay_durations():
    duration = Duration("10m")
    for twin in (copy.deepcopy(duration), pickle.loads(pickle.dumps(duration))):
        assert repr(twin) == "Duration('10m')"


def test_a_model_reads_it_in_strict_mode_and_writes_it_readably():
    assert _Model.model_validate({"wait": "90s"}, strict=True).wait == 90
    assert _Model(wait="90s").model_dump(mode="json") == {"wait": "90s"}
    with pytest.raises(ValidationError, match="a duration is"):
        _Model(wait="soon")


def test_its_json_schema_agrees_with_what_it_reads():
    text, number = _Model.model_json_schema()["properties"]["wait"]["anyOf"]
    assert number == {"type": "number", "minimum": 0}
    assert all(re.search(text["pattern"], good) for good in ("500ms", "5s", "1.5H", "2 mon", "5"))
    assert not any(re.search(text["pattern"], bad) for bad in ("", "-5s", "5x", "1e3s"))


# -- rates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count", "seconds"),
    [("20/m", 20, 60), (" 5 / s ", 5, 1), ("100/10m", 100, 600), ("1/500ms", 1, 0.5), ("3/hour", 3, 3600)],
)
def test_a_rate_is_a_number_and_a_time(text: str, count: int, seconds: float) -> None:
    assert Rate.parse(text) == Rate(count, seconds)
    assert Rate.parse(str(Rate.parse(text))) == Rate(count, seconds)


@pytest.mark.parametrize("text", ["", "20", "m", "0/m", "5/", "5/parsec", "-1/s", "1/0s", 5, None, True])
def test_any_other_rate_is_refused_with_an_example(text: object) -> None:
    with pytest.raises(ValueError, match=r"write how many|a duration is"):
        Rate.parse(text)
