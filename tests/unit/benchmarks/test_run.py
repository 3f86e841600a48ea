"""The benchmarks run; what they measure is nobody's business here."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import fan_out, hand_off
from benchmarks.run import BENCHMARKS, TINY, main


@pytest.fixture(autouse=True)
def _without_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be installed or not, and warns of what is deprecated in itself."""
    for module in (fan_out, hand_off):
        monkeypatch.setattr(module, "HAS_APPRISE", False)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_runs_at_a_tiny_size_and_names_its_targets(name: str, tmp_path: Path) -> None:
    lines = BENCHMARKS[name](tmp_path, **TINY[name])
    assert lines
    assert all(line.name and line.measured and line.baseline and line.value for line in lines)
    assert all((line.ok is None) == (not line.target) for line in lines)
    assert any(line.target for line in lines)


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["unheard-of"])
    assert "no benchmark unheard-of" in capsys.readouterr().err


def test_the_table_has_a_line_for_each_measurement(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fan-out", "--tiny"]) == 0
    assert "fan-out, 3 endpoints of 10 ms: one alone" in capsys.readouterr().out
