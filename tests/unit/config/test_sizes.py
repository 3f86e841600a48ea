"""Sizes are read as people write them, and their texts can be read back."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from prime_notify.config.units import Size
from tests.support.examples import examples


class _Model(BaseModel):
    least: Size = Size("10GiB")


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("10GiB", 10 * 1024**3),
        ("10 gib", 10 * 1024**3),
        ("10G", 10 * 1024**3),
        ("10Gi", 10 * 1024**3),
        ("50GB", 50 * 1000**3),
        (" 1.5 TiB ", 1536 * 1024**3),
        ("500 MB", 500 * 1000**2),
        ("0.5K", 512),
        ("7B", 7),
        ("7", 7),
        (7, 7),
        (0, 0),
        (2**63 - 1, 2**63 - 1),
    ],
)
def test_it_reads_every_unit_and_plain_bytes(written: Any, size: int) -> None:
    assert Size(written) == size
    assert _Model(least=written).least == size


@pytest.mark.parametrize(
    "written",
    [
        *("", "GiB", "ten", "10 parsecs", "-1GiB", "1e3", "5i", "5iB", "5GiBB", "5ＧiB", "9" * 500, "8EiB"),
        *(-1, 2**63, 1.5, float("nan"), True, None, [], {}),
    ],
)
def test_it_refuses_what_is_no_size(written: Any) -> None:
    with pytest.raises(ValueError, match="a size is"):
        Size(written)
    with pytest.raises(ValidationError):
        _Model(least=written)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (Size("50GB"), "50GB"),
        (Size("10GiB"), "10GiB"),
        (Size("1.5GiB"), "1536MiB"),
        (Size("512000"), "500KiB"),
        (Size("1000B"), "1KB"),
        (Size("1025B"), "1025B"),
        (Size(0), "0B"),
    ],
)
def test_its_text_is_as_people_write_it(size: Size, text: str) -> None:
    assert str(size) == text
    assert repr(size) == f"Size({text!r})"
    assert _Model(least=size).model_dump() == {"least": text}


@examples(200)
@given(st.integers(0, 2**63 - 1) | st.builds(lambda n, p: n * p, st.integers(0, 999), st.sampled_from([10**9, 2**30])))
def test_its_text_is_exact(size: int) -> None:
    assert Size(str(Size(size))) == size


def test_its_schema_takes_what_it_takes() -> None:
    text, _ = _Model.model_json_schema()["properties"]["least"]["anyOf"]
    for written in ("10GiB", "500 MB", "7", ".5 tib", "10Gi", "10G"):
        assert re.search(text["pattern"], written), written
    for written in ("", "GiB", "5iB", "-1GiB", "5 parsecs"):
        assert not re.search(text["pattern"], written), written
