"""The filter of an endpoint: rules beyond the names of events."""

from __future__ import annotations

from typing import List, Optional

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from typing_extensions import Annotated

from prime_notify.config.choices import EventChoices, SeverityChoice, TaskChoices, as_list, at_least_one
from prime_notify.config.option import Options, option
from prime_notify.config.units import Duration
from prime_notify.text.wording import Wording

__all__ = ["Except", "Filter", "Globs", "Rules"]

_LONGEST = 200
_GLOB = {"type": "string", "minLength": 1, "maxLength": _LONGEST}


def _pattern(text: str) -> str:
    if not 0 < len(text) <= _LONGEST:
        raise ValueError(
            Wording(
                "write a text of at most {most} characters, in which * stands for anything",
                "请写至多 {most} 个字符的文本，其中 * 代表任意内容",
                most=_LONGEST,
            )
        )
    return text


Globs = Annotated[
    List[Annotated[str, AfterValidator(_pattern)]],
    BeforeValidator(as_list),
    AfterValidator(at_least_one),
    WithJsonSchema({"type": "array", "items": _GLOB, "minItems": 1}),
]
"""Patterns of :mod:`prime_notify.text.wildcard`. One of them has to match."""


class Rules(Options):
    """Conditions on an event; only those that are set count.

    An event passes when it matches each rule of ``filter`` and none of ``filter.except``.
    """

    success_only: bool = option(
        False, "Successes, with or without warnings.", "成功（无论有无警告）。", example=True, public=True
    )
    error_only: bool = option(
        False, "Failures, and overdue backups.", "失败，以及备份逾期。", example=True, public=True
    )
    min_severity: Optional[SeverityChoice] = option(
        None,
        'This severity or worse: "info", "warning" or "error".',
        "该级别或更严重的：info、warning 或 error。",
        example="warning",
        public=True,
    )
    tasks: Optional[TaskChoices] = option(
        None, "These kinds of tasks.", "这些种类的任务。", example=["backup"], public=True
    )
    operators: Optional[Globs] = option(
        None,
        'The operator, with * and ?: "player:Steve", "prime_backup:*", or the type or the name alone.',
        "操作者，可用 * 与 ?：player:Steve、prime_backup:*，也可只写类型或名称。",
        example=["player:*"],
        public=True,
    )
    sources: Optional[Globs] = option(
        None,
        'The source that triggered the task, with * and ?: "player:*", "console", or the type or the name alone.',
        "触发来源，可用 * 与 ?：player:*、console，也可只写类型或名称。",
        example=["player:*", "console"],
        public=True,
    )
    tags: Optional[Globs] = option(
        None,
        'Tags of the backup, such as "scheduled" or "temporary". One tag that is set has to match.',
        "备份的标签，如 scheduled、temporary；有一个已设置的标签匹配即可。",
        example=["scheduled"],
        public=True,
    )
    targets: Optional[Globs] = option(
        None,
        'Targets of the backup, such as "world*". One target has to match.',
        "备份的目标，如 world*；有一个目标匹配即可。",
        example=["world*"],
        public=True,
    )
    comment: Optional[Globs] = option(
        None,
        'The comment as people read it, in either language, with * and ?: "*release*".',
        "显示出来的备注（任一语言），可用 * 与 ?：*发布*。",
        example=["*release*"],
        public=True,
    )
    min_cost: Optional[Duration] = option(
        None,
        "Ends of tasks that took at least this long. A start never matches.",
        "耗时不少于此的任务的结束事件；开始事件不匹配。",
        example="10m",
        public=True,
    )
    on_change: bool = option(
        False,
        "Outcomes that differ from the previous one of the same plugin and kind of task: the first failure, and the "
        "recovery. Overdue backups and low disks are outcomes, too.",
        "与上一次（同一插件、同一种类）不同的结果：首次失败，以及恢复。备份逾期与磁盘空间不足也算结果。",
        example=True,
        public=True,
    )


class Except(Rules):
    """Rules that keep out each event that matches one of them."""

    events: Optional[Annotated[EventChoices, AfterValidator(at_least_one)]] = option(
        None,
        'These events: names, tasks such as "backup", or patterns such as "*_start".',
        "这些事件：事件名、任务（如 backup），或如 *_start 的模式。",
        example=["*_start"],
        public=True,
    )


class Filter(Rules):
    """Rules that an event has to match, all of them, to pass."""

    except_: Except = option(
        Except,
        "The opposite: an event that matches one of these rules is not sent.",
        "相反的规则：匹配其中任何一项的事件都不发送。",
        example={"tags": "temporary"},
        alias="except",
    )
