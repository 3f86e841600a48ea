"""The benchmarks run and print their table. Their numbers are not tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import fan_out, hand_off
from benchmarks.run import BENCHMARKS, TINY, main
from benchmarks.table import Line, Summary


@pytest.fixture(autouse=True)
def _without_apprise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Apprise may be installed or not, and warns of its own deprecated parts."""
    for module in (fan_out, hand_off):
        monkeypatch.setattr(module, "HAS_APPRISE", False)


@pytest.mark.parametrize("name", BENCHMARKS)
def test_each_benchmark_runs_at_a_tiny_size_and_names_its_targets(name: str, tmp_path: Path) -> None:
    lines = BENCHMARKS[name](tmp_path, **TINY[name])
    assert lines
    assert all(line.name and line.measured and line.unit for line in lines)
    assert all(line.is_difference or line.baseline for line in lines)
    assert any(line.at_most is not None or line.at_least is not None for line in lines)


def test_an_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["unheard-of"])
    assert "no benchmark unheard-of" in capsys.readouterr().err


def test_no_run_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["fan-out", "--runs", "0"])
    assert "at least 1" in capsys.readouterr().err


def test_the_table_has_a_line_for_each_measurement(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fan-out", "--tiny"]) == 0
    printed = capsys.readouterr().out
    assert "fan-out, 3 endpoints of 10 ms: one alone" in printed
    assert "<= 1.10" in printed


def test_each_benchmark_is_run_as_often_as_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = iter([10.0, 30.0, 12.0])
    monkeypatch.setitem(
        BENCHMARKS, "drain", lambda folder, **sizes: [Line("a: b", next(measured), 10, "ms", at_most=1.1)]
    )
    assert main(["drain", "--runs", "3"]) == 1
    line = capsys.readouterr().out.splitlines()[1]
    assert line.split() == ["a:", "b", "12", "ms", "10", "ms", "1.20", "1.00", "to", "3.00", "<=", "1.10", "MISSED"]


@pytest.mark.parametrize(
    ("measured", "target", "met"),
    [
        ([9, 9, 50], {"at_most": 1.0}, True),
        ([1, 50, 50], {"at_most": 1.0}, False),
        ([5, 15, 15], {"at_least": 1.5}, True),
        ([14, 14, 50], {"at_least": 1.5}, False),
        ([1, 2, 3], {}, None),
    ],
)
def test_the_median_of_the_runs_is_judged(measured: list, target: dict, met: bool) -> None:
    assert Summary([Line("a", number, 10, "ms", **target) for number in measured]).is_met is met


def test_a_difference_is_shown_with_its_sign() -> None:
    row = Summary([Line("a", 12.5, 10, "MiB", digits=1, is_difference=True, at_most=20)]).row
    assert row.split() == ["a", "12.5", "MiB", "10.0", "MiB", "+2.5", "<=", "+20.0", "met"]
