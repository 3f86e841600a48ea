"""The options of the watch for backups that do not come, and of the report."""

from __future__ import annotations

from typing import Any, List, Optional, Union

from pydantic import AfterValidator, BeforeValidator, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import Annotated, Literal

from prime_notify.config.message_options import TimeZone
from prime_notify.config.option import Options, option
from prime_notify.config.units import Duration, Size
from prime_notify.schedules.report_times import check_report_time
from prime_notify.schedules.schedule import check_crontab
from prime_notify.text.wording import Wording

__all__ = ["AUTO", "BackupOptions", "CrontabText", "ReportConfig", "StorageOptions", "WatchConfig"]

AUTO = "auto"
_MOST_DAYS = 3650
_NO_SCHEDULE = Wording(
    'write "auto", a duration such as "12h", a crontab such as "0 4 * * *", or false for never',
    '请写 "auto"、时长（如 "12h"）、crontab（如 "0 4 * * *"），或 false（不监视）',
)
_NO_PATIENCE = Wording(
    'write "auto", a duration such as "2h", or false for never', '请写 "auto"、时长（如 "2h"），或 false（不监视）'
)
_ABOVE_ZERO = Wording('write a duration above zero, such as "1d"', '请写大于零的时长，如 "1d"')


class CrontabText(str):
    """A crontab of five fields that ``cronsim`` can read. :raises ValueError: it is none."""

    __slots__ = ()

    def __new__(cls, text: str) -> CrontabText:
        words = " ".join(text.split())
        check_crontab(words)
        return super().__new__(cls, words)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="always")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^\s*\S+(\s+\S+){4}\s*$"}


def _every(value: object) -> object:
    """A schedule: ``auto``, ``false``, a duration or a crontab.

    :raises ValueError: it is none of these.
    """
    if isinstance(value, str):
        text = value.strip()
        if text.lower() == AUTO:
            return AUTO
        if len(text.split()) > 2 or "*" in text:
            return CrontabText(text)
    return False if value is False else _above_zero(value, _NO_SCHEDULE)


def _patience(value: object) -> object:
    """``auto``, ``false``, or a duration above zero."""
    if value is False or (isinstance(value, str) and value.strip().lower() == AUTO):
        return value and AUTO
    return _above_zero(value, _NO_PATIENCE)


def _above_zero(value: object, otherwise: Wording) -> Duration:
    """A duration above zero. :raises ValueError: ``otherwise`` where it is no duration at all."""
    try:
        duration = Duration(value)  # type: ignore[arg-type]
    except ValueError:
        raise ValueError(otherwise) from None
    if not duration:
        raise ValueError(_ABOVE_ZERO)
    return duration


def _least_size(value: object) -> object:
    """A size, or ``false``."""
    if value is False:
        return False
    try:
        return Size(value)  # type: ignore[arg-type]
    except ValueError:
        raise ValueError(
            Wording('write a size such as "10GiB", or false for never', '请写大小（如 "10GiB"），或 false（不监视）')
        ) from None


def _least_days(value: object) -> object:
    """A number of days, or ``false``."""
    if value is False:
        return False
    try:
        days = float("nan" if isinstance(value, bool) else value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        days = float("nan")
    if not 0 < days <= _MOST_DAYS:
        raise ValueError(
            Wording(
                "write a number of days above 0 and up to {most}, or false for never",
                "请写天数（大于 0，至多 {most}），或 false（不监视）",
                most=_MOST_DAYS,
            )
        )
    return days


Every = Annotated[
    Union[Literal["auto", False], Duration, CrontabText],
    BeforeValidator(_every),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number", "exclusiveMinimum": 0}, {"const": False}]}),
]
Patience = Annotated[
    Union[Literal["auto", False], Duration],
    BeforeValidator(_patience),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number", "exclusiveMinimum": 0}, {"const": False}]}),
]


LeastSize = Annotated[Union[Literal[False], Size], BeforeValidator(_least_size)]
LeastDays = Annotated[Union[Literal[False], Annotated[float, Field(gt=0, le=_MOST_DAYS)]], BeforeValidator(_least_days)]


def _folder(path: str) -> str:
    """A path that a system can take."""
    stripped = path.strip()
    if not stripped or "\0" in stripped:
        raise ValueError(
            Wording('write the path of a folder, such as "/mnt/backups"', '请写文件夹的路径，如 "/mnt/backups"')
        )
    return stripped


class BackupOptions(Options):
    """The watch for a backup that does not come."""

    every: Every = option(
        AUTO,
        'How often a good backup is expected: "auto" for the schedule of Prime Backup, a duration such as "12h", a '
        'crontab such as "0 4 * * *" (which needs the package cronsim), or false for never.',
        '预期多久有一次成功的备份："auto" 表示按 Prime Backup 的定时备份；也可写时长（如 "12h"）、'
        'crontab（如 "0 4 * * *"，需要安装 cronsim），或 false（不监视）。',
        example="12h",
        public=True,
    )
    grace: Duration = option(
        Duration("30m"),
        "The time after the expected one until the backup is told to be overdue.",
        "超过预期时间多久之后，通知备份逾期。",
        example="2h",
        public=True,
    )
    skipped_counts: bool = option(
        False,
        "Whether a backup that Prime Backup left out because nobody was online counts as missing. By default such a "
        "run puts the deadline off.",
        "Prime Backup 因无人在线而跳过的备份是否算作缺失；默认不算，期限会顺延。",
        example=True,
        public=True,
    )
    timezone: Optional[TimeZone] = option(
        None,
        "The time zone of a crontab; by default that of the `notification` block.",
        "crontab 的时区；默认与 `notification` 块相同。",
        example="Asia/Shanghai",
        public=True,
    )


class StorageOptions(Options):
    """The watch for the disk that holds the backups."""

    min_free: LeastSize = option(
        Size("10GiB"),
        'The free space below which the disk is low: a size such as "10GiB", or false for never.',
        '磁盘剩余空间低于多少时通知，如 "10GiB"；false 表示不监视。',
        example="50GiB",
        public=True,
    )
    min_days: LeastDays = option(
        3.0,
        "The days until the disk is full, at the pace of the last backups, below which it is low; false for never.",
        "按最近备份的增长速度，磁盘不足多少天就会写满时通知；false 表示不监视。",
        example=7,
        public=True,
    )
    paths: List[Annotated[str, AfterValidator(_folder)]] = option(
        list,
        "Further folders whose disks are watched, beside that of Prime Backup.",
        "除 Prime Backup 的存储外，还要监视哪些文件夹所在的磁盘。",
        example=["/mnt/backups"],
        max_length=20,
        public=True,
    )


class WatchConfig(Options):
    """The watch for what does not happen."""

    backup: BackupOptions = option(
        BackupOptions,
        "The watch for a backup that does not come.",
        "监视没有按时完成的备份。",
        example={"every": "12h", "grace": "1h"},
    )
    stuck_after: Patience = option(
        AUTO,
        'The time after which a task that has not ended is told to be stuck: "auto" for four times the longest of the '
        'last ten that ended well (at least 30 minutes; two hours for a first backup), a duration such as "2h", or '
        "false for never.",
        '任务开始多久仍未结束时，通知其卡住："auto" 表示最近十次成功中最长者的四倍'
        "（至少 30 分钟；首次备份为两小时）；"
        '也可写时长（如 "2h"），或 false（不监视）。',
        example="2h",
        public=True,
    )
    storage: StorageOptions = option(
        StorageOptions,
        "The watch for the disk that holds the backups.",
        "监视存放备份的磁盘。",
        example={"min_free": "50GiB", "min_days": 7},
    )


class ReportConfig(Options):
    """The periodic report. Endpoints get it whose ``events`` name it."""

    at: Annotated[str, AfterValidator(check_report_time)] = option(
        "Mon 09:00",
        'When the report is sent: "Mon 09:00" for every week, "09:00" for every day, "1 09:00" for the first of every '
        'month (31 is the last day of a shorter one), or a crontab such as "0 9 * * 1,4" (which needs the package '
        "cronsim).",
        '何时发送报告："周一 09:00" 每周，"09:00" 每天，"1 09:00" 每月 1 日（31 在较短的月份为最后一天）；'
        '也可写 crontab，如 "0 9 * * 1,4"（需要安装 cronsim）。',
        example="Sun 20:00",
        public=True,
    )
    timezone: Optional[TimeZone] = option(
        None,
        "The time zone of this time; by default that of the `notification` block, or else of this machine.",
        "该时间的时区；默认与 `notification` 块相同，否则为本机时区。",
        example="Asia/Shanghai",
        public=True,
    )
