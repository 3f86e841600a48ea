"""What an endpoint wants to hear of, beyond the names of events."""

from __future__ import annotations

from typing import List, Optional

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from typing_extensions import Annotated

from prime_notify.config.duration import Duration
from prime_notify.config.event_words import EventWords, SeverityWord, TaskWords, at_least_one, listed
from prime_notify.config.option import Options, option

__all__ = ["Except", "Filter", "Globs", "Rules"]

_LONGEST = 200
_GLOB = {"type": "string", "minLength": 1, "maxLength": _LONGEST}


def _pattern(text: str) -> str:
    if not 0 < len(text) <= _LONGEST:
        raise ValueError(f"write a text of at most {_LONGEST} characters, in which * stands for anything")
    return text


Globs = Annotated[
    List[Annotated[str, AfterValidator(_pattern)]],
    BeforeValidator(listed),
    AfterValidator(at_least_one),
    WithJsonSchema({"type": "array", "items": _GLOB, "minItems": 1}),
]
"""One pattern of :mod:`prime_notify.text.wildcard`, or several of which one has to fit."""


class Rules(Options):
    """What may be asked of an event; what is not set asks nothing. In ``filter`` an event has to fit each of them to
    pass, in ``filter.except`` it has to fit none."""

    success_only: bool = option(
        False, "What succeeded, with or without warnings.", "成功的（无论有无警告）。", example=True
    )
    error_only: bool = option(False, "What failed.", "失败的。", example=True)
    min_severity: Optional[SeverityWord] = option(
        None,
        'This severity or worse: "info", "warning" or "error".',
        "该级别或更严重的：info、warning 或 error。",
        example="warning",
    )
    tasks: Optional[TaskWords] = option(None, "These kinds of tasks.", "这些种类的任务。", example=["backup"])
    operators: Optional[Globs] = option(
        None,
        'On whose behalf, with * and ?: "player:Steve", "prime_backup:*", or the type or the name alone.',
        "为谁而做，可用 * 与 ?：player:Steve、prime_backup:*，也可只写类型或名称。",
        example=["player:*"],
    )
    sources: Optional[Globs] = option(
        None,
        'What triggered it, with * and ?: "player:*", "console", or the type or the name alone.',
        "由什么触发，可用 * 与 ?：player:*、console，也可只写类型或名称。",
        example=["player:*", "console"],
    )
    tags: Optional[Globs] = option(
        None,
        'Tags of the backup, such as "scheduled" or "temporary"; one that is set has to fit.',
        "备份的标签，如 scheduled、temporary；有一个已设置的标签相符即可。",
        example=["scheduled"],
    )
    targets: Optional[Globs] = option(
        None,
        'What was backed up, such as "world*"; one target has to fit.',
        "备份的目标，如 world*；有一个目标相符即可。",
        example=["world*"],
    )
    comment: Optional[Globs] = option(
        None,
        'The comment as people read it, in either language, with * and ?: "*release*".',
        "人所读到的备注（任一语言），可用 * 与 ?：*发布*。",
        example=["*release*"],
    )
    min_cost: Optional[Duration] = option(
        None,
        "Ends of tasks that took at least so long; a start never does.",
        "耗时不少于此的任务的结束；开始不算。",
        example="10m",
    )
    on_change: bool = option(
        False,
        "Ends whose outcome differs from that of the task before, of the same plugin and kind: "
        "the first failure, and the recovery.",
        "结果与上一次任务（同一插件、同一种类）不同的结束：首次失败，以及恢复。",
        example=True,
    )


class Except(Rules):
    """The rules that keep out what fits one of them."""

    events: Optional[Annotated[EventWords, AfterValidator(at_least_one)]] = option(
        None,
        'These events: names, tasks such as "backup", or patterns such as "*_start".',
        "这些事件：事件名、任务（如 backup），或如 *_start 的模式。",
        example=["*_start"],
    )


class Filter(Rules):
    """The rules that let only that pass which fits all of them."""

    except_: Except = option(
        Except,
        "The other way round: what fits one of these is not sent.",
        "反过来：符合其中任何一项的都不发送。",
        example={"tags": "temporary"},
        alias="except",
    )
