"""The shortest soak run: endpoints that misbehave cost the others nothing."""

from __future__ import annotations

import pytest

from benchmarks.soak import MISBEHAVING, main


def test_a_short_soak_loses_duplicates_and_disorders_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--events", "4", "--endpoints", str(len(MISBEHAVING) + 2), "--minutes", "0.5"]) == 0
    said = capsys.readouterr().out
    assert "4 events accepted" in said
    assert "lost 0, duplicated 0, out of order 0" in said
    assert all(name in said for name in MISBEHAVING)
