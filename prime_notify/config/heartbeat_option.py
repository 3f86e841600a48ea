"""The option ``heartbeat``: every endpoint has it, and only kinds that know states take a value."""

from __future__ import annotations

from typing import Any, Optional

from pydantic import AfterValidator
from typing_extensions import Annotated

from prime_notify.config.option import option
from prime_notify.config.units import Duration
from prime_notify.text.wording import Wording

__all__ = ["HeartbeatInterval", "NoHeartbeat", "heartbeat_option"]

_SHORTEST, _LONGEST = 20, 86400


def _interval(every: Duration) -> Duration:
    if not _SHORTEST <= every <= _LONGEST:
        raise ValueError(
            Wording('write a duration from 20 seconds to 1 day, such as "5m"', '请写 20 秒到 1 天的时长，例如 "5m"')
        )
    return every


def _elsewhere(every: Duration) -> Duration:
    raise ValueError(
        Wording(
            "only healthchecks, uptime_kuma and webhook know heartbeats: write it at such an endpoint",
            "只有 healthchecks、uptime_kuma 与 webhook 支持心跳：请写在这样的推送目标上",
        )
    )


HeartbeatInterval = Annotated[Duration, AfterValidator(_interval)]
"""The value at an endpoint of a kind that knows states."""

NoHeartbeat = Annotated[Duration, AfterValidator(_elsewhere)]
"""The value at an endpoint of any other kind: none fits."""


def heartbeat_option() -> Any:
    """The field of a model, with the same description everywhere."""
    default: Optional[Duration] = None
    return option(
        default,
        "The time between signs of life, 20 seconds to 1 day; only at `healthchecks`, `uptime_kuma` and `webhook`. "
        "They stop while a backup is overdue, after a failed one until the next success, and while notifications "
        "cannot be accepted or delivered. Then the service alerts, and also when this machine is dead.",
        "心跳的间隔，20 秒到 1 天；仅限 `healthchecks`、`uptime_kuma` 与 `webhook`。备份逾期时、备份失败后直到下一次"
        "成功、以及无法接收或投递通知时，心跳停止，对方随即告警；本机宕机时也是如此。",
        example="5m",
        public=True,
    )
