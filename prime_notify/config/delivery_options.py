"""Options of an endpoint for the time of deliveries, and for groups: digest, quiet hours, dedupe, repeat."""

from __future__ import annotations

import re
from typing import Optional

from pydantic import (
    AfterValidator,
    BeforeValidator,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from typing_extensions import Annotated, Literal

from prime_notify.config.choices import SeverityChoice, as_choice
from prime_notify.config.option import Options, option
from prime_notify.config.units import Duration
from prime_notify.model.event import Severity
from prime_notify.text.wording import Wording

__all__ = [
    "DedupeConfig",
    "DigestConfig",
    "GroupMode",
    "GroupName",
    "QuietHoursConfig",
    "Repeat",
    "TimeOfDay",
]


_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_LONGEST = 7 * 86400
_SHORTEST_REPEAT = 60


def _time_of_day(text: str) -> str:
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError(Wording('write a time of day, such as "23:00"', '请写一天中的时刻，例如 "23:00"'))
    return f"{int(match[1]):02d}:{match[2]}"


TimeOfDay = Annotated[
    str,
    AfterValidator(_time_of_day),
    WithJsonSchema({"type": "string", "pattern": r"^\s*([01]?[0-9]|2[0-3]):[0-5][0-9]\s*$"}),
]
"""Hours and minutes, ``HH:MM`` after validation."""


def _repeat(every: Duration) -> Duration:
    if not _SHORTEST_REPEAT <= every <= _LONGEST:
        raise ValueError(
            Wording('write a duration from 1 minute to 7 days, such as "6h"', '请写 1 分钟到 7 天的时长，例如 "6h"')
        )
    return every


Repeat = Annotated[Duration, AfterValidator(_repeat)]


GroupName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
GroupMode = Annotated[Literal["all", "first_ok", "round_robin"], BeforeValidator(as_choice)]


class DigestConfig(Options):
    """Several notifications in one message."""

    every: Duration = option(
        ...,
        'The time from the first collected notification to the message, such as "6h"; at most 7 days.',
        "从收集到第一条起，过多久发送，如 6h；至多 7 天。",
        example="6h",
        public=True,
    )
    max: int = option(
        50,
        "The most notifications in one message. That many are sent without further waiting.",
        "一条消息最多汇总多少条；达到后立即发送。",
        example=20,
        ge=2,
        le=500,
        public=True,
    )
    at_once: Optional[SeverityChoice] = option(
        None,
        "Notifications of this severity or worse are sent alone and immediately; by default all are collected.",
        "此级别及更严重的通知不收集，立即单独发送；默认全部收集。",
        example="error",
        public=True,
    )

    @field_validator("every")
    @classmethod
    def _check_every(cls, every: Duration) -> Duration:
        if not 0 < every <= _LONGEST:
            raise ValueError(
                Wording(
                    'write a duration above zero and of at most 7 days, such as "6h"',
                    '请写大于零、至多 7 天的时长，例如 "6h"',
                )
            )
        return every

    @field_validator("at_once")
    @classmethod
    def _check_at_once(cls, at_once: Optional[Severity]) -> Optional[Severity]:
        if at_once is Severity.INFO:
            raise ValueError(
                Wording(
                    '"info" leaves nothing to collect; write "warning" or "error", or leave it out',
                    '"info" 会使一切都不被收集；请写 "warning" 或 "error"，或不写',
                )
            )
        return at_once


class DedupeConfig(Options):
    """The same failure is sent once in a while, not each time."""

    window: Duration = option(
        ...,
        'The time in which the same failure of the same task is sent once only, such as "1h"; at most 7 days. The '
        "others are counted. Their number is sent at the end of that time, or with the next success.",
        "同一任务的相同失败在这段时间内只通知一次，如 1h；至多 7 天。"
        "其余的只计数，次数在这段时间结束时或下一次成功时一并发送。",
        example="1h",
        public=True,
    )

    @field_validator("window")
    @classmethod
    def _check_window(cls, window: Duration) -> Duration:
        if not 0 < window <= _LONGEST:
            raise ValueError(
                Wording(
                    'write a duration above zero and of at most 7 days, such as "1h"',
                    '请写大于零、至多 7 天的时长，例如 "1h"',
                )
            )
        return window


class QuietHoursConfig(Options):
    """A part of every day in which only severe notifications are sent."""

    from_: TimeOfDay = option(
        ...,
        'The beginning, in the `timezone` of the endpoint: "23:00".',
        "开始时间（按推送目标的 `timezone`），如 23:00。",
        example="22:30",
        alias="from",
        public=True,
    )
    to: TimeOfDay = option(
        ...,
        'The end. A time before "from" is on the next day.',
        '结束时间；早于 "from" 时指次日。',
        example="8:00",
        public=True,
    )
    below: SeverityChoice = option(
        Severity.ERROR,
        "Notifications below this severity wait until the end, and are then sent in one message.",
        "低于此级别的通知会等到结束时，汇总为一条消息发送。",
        example="warning",
        public=True,
    )

    @field_validator("below")
    @classmethod
    def _check_below(cls, below: Severity) -> Severity:
        if below is Severity.INFO:
            raise ValueError(
                Wording(
                    'nothing is below "info"; write "warning" or "error"',
                    '没有比 "info" 更低的；请写 "warning" 或 "error"',
                )
            )
        return below

    @model_validator(mode="after")
    def _check_length(self) -> QuietHoursConfig:
        if self.from_ == self.to:
            raise ValueError(
                Wording(
                    '"from" and "to" are the same time; write two different ones',
                    '"from" 与 "to" 是同一时刻；请写两个不同的时刻',
                )
            )
        return self
