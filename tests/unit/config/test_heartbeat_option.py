"""The option ``heartbeat``."""

from __future__ import annotations

from typing import Any, List

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.payload import Timestamp
from prime_notify.text.wording import in_language
from tests.support.messages import channel
from tests.unit.channels.contract import load

KINDS = ["healthchecks", "uptime_kuma", "webhook"]


def problems(type: str, heartbeat: Any) -> List[Any]:
    loaded = load({**channel_types()[type].example, "heartbeat": heartbeat})
    assert [one.type for one in loaded.endpoints] == [type]  # the endpoint works without it
    return list(loaded.problems)


@pytest.mark.parametrize("type", KINDS)
def test_a_duration_from_20_seconds_to_a_day(type: str) -> None:
    for fits in ("20s", 60, "5m", "1d"):
        assert problems(type, fits) == []
    for misfits in ("19s", 0, "25h"):
        [problem] = problems(type, misfits)
        assert problem.path == "notification.endpoints[0].heartbeat"
        assert "20 seconds to 1 day" in problem.remedy


@pytest.mark.parametrize("type", sorted(set(channel_types()) - set(KINDS)))
def test_elsewhere_it_is_left_out_with_an_error_that_names_the_kinds(type: str) -> None:
    [problem] = problems(type, "5m")
    assert problem.path == "notification.endpoints[0].heartbeat"
    assert "only healthchecks, uptime_kuma and webhook know heartbeats" in problem.remedy
    assert "支持心跳" in in_language(problem.remedy, "zh_cn")


@pytest.mark.parametrize("type", sorted(channel_types()))
def test_the_channel_and_the_option_agree(type: str) -> None:
    example = {name: value for name, value in channel_types()[type].example.items() if name != "type"}
    request = channel(type, **example).heartbeat(Heartbeat("01B", Timestamp(unix=1.0, iso=""), "1.0.0"))
    assert (request is not None) is (type in KINDS)
