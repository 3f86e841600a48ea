"""A wait with a time limit, for a Python whose own waits follow the wall clock as well."""

from __future__ import annotations

import os
import sysconfig
import threading
import time
from typing import Callable

import pytest

from prime_notify import waiting
from prime_notify.delivery.lane_thread import LaneThread
from prime_notify.periodic import PeriodicThread
from prime_notify.waiting import PipeSignal, Signal, make_signal

LONG = 60.0  # seconds; no test waits for it
posix = pytest.mark.skipif(os.name != "posix", reason="Windows' waits do not follow the wall clock")
both = pytest.mark.parametrize("make", [threading.Event, pytest.param(PipeSignal, marks=posix)])


@both
def test_a_wait_ends_with_the_signal_and_with_its_time(make: Callable[[], Signal]) -> None:
    signal = make()
    assert not signal.is_set()
    assert not signal.wait(0.01)
    threading.Timer(0.05, signal.set).start()
    began = time.monotonic()
    assert signal.wait(LONG)
    assert time.monotonic() - began < LONG
    signal.set()
    assert signal.is_set()
    assert signal.wait()


@both
def test_a_signal_that_was_cleared_can_be_set_again(make: Callable[[], Signal]) -> None:
    signal = make()
    for _ in range(3):
        signal.clear()
        assert not signal.wait(0.0)
        signal.set()
        assert signal.wait(LONG)
        signal.clear()
        assert not signal.is_set()


@posix
def test_a_pipe_is_used_where_waits_follow_the_wall_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: None)
    assert isinstance(make_signal(), PipeSignal)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: 1)
    assert isinstance(make_signal(), threading.Event)


@posix
def test_without_a_free_file_the_wait_works_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError("too many open files")

    monkeypatch.setattr(sysconfig, "get_config_var", lambda name: None)
    monkeypatch.setattr(os, "pipe", full)
    assert isinstance(make_signal(), threading.Event)


@posix
def test_a_signal_gives_its_files_back() -> None:
    signal = PipeSignal()
    ends = (signal._read, signal._write)
    del signal
    for end in ends:
        with pytest.raises(OSError, match="Bad file"):
            os.fstat(end)


def test_lanes_and_periodic_jobs_wait_in_this_way() -> None:
    for kind in (LaneThread, PeriodicThread):
        assert kind.__init__.__globals__["make_signal"] is waiting.make_signal
