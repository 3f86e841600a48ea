"""The option for the sudden fall of a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from prime_notify.loading.load import load_config


def load(value: Any) -> Any:
    document = {"notification": {"enabled": True, "shrink_warning": value}}
    return load_config(document, environ={}, base_dir=Path())


@pytest.mark.parametrize(("value", "meant"), [(1, 1), (99, 99), (80, 80), ("80%", 80), ("80", 80), (False, False)])
def test_a_percentage_or_false(value: Any, meant: Any) -> None:
    result = load(value)
    assert not result.problems
    assert result.config.notification.shrink_warning == meant


@pytest.mark.parametrize("value", [0, 100, -1, True, "half", 50.5, [50], "1e2"])
def test_anything_else_is_left_out_with_the_bounds(value: Any) -> None:
    result = load(value)
    [problem] = result.problems
    assert "notification.shrink_warning" in str(problem)
    assert "write a percentage from 1 to 99, or false" in str(problem)
    assert result.config.notification.shrink_warning == 50
    assert result.config.notification.enabled
