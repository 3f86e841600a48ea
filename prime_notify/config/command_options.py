"""The options of the commands: their prefix, and the permission level of each."""

from __future__ import annotations

from pydantic import AfterValidator, StringConstraints
from typing_extensions import Annotated

from prime_notify.config.early import DEFAULT_PREFIX, DEFAULT_ROOT_LEVEL, PREFIX_PATTERN, TAKEN_PREFIXES
from prime_notify.config.levels import Level
from prime_notify.config.option import Options, option
from prime_notify.text.wording import Wording

__all__ = ["CommandConfig", "PermissionConfig"]


class PermissionConfig(Options):
    """MCDReforged's permission levels: guest 0, user 1, helper 2, admin 3, owner 4."""

    root: Level = option(
        DEFAULT_ROOT_LEVEL,
        "The level for the overview and the help.",
        "查看总览与帮助所需的等级。",
        example="helper",
        public=True,
    )
    test: Level = option(
        4,
        'The level for test notifications, also with "!!pb test notify".',
        '发送测试通知（包括 "!!pb test notify"）所需的等级。',
        example="admin",
        public=True,
    )
    reload: Level = option(
        3,
        "The level for reloading the config, and for switching endpoints on and off.",
        "重载配置、启用或停用推送目标所需的等级。",
        example="owner",
        public=True,
    )
    history: Level = option(
        3, "The level for the history of deliveries.", "查看投递记录所需的等级。", example="helper", public=True
    )
    replay: Level = option(
        4,
        "The level for replaying and dropping dead letters.",
        "重发或丢弃死信所需的等级。",
        example="admin",
        public=True,
    )


def _of_no_other(prefix: str) -> str:
    owner = TAKEN_PREFIXES.get(prefix)
    if owner is not None:
        remedy = Wording(
            '{prefix} belongs to {owner}; write another prefix, such as "{default}"; until then it is "{default}"',
            "{prefix} 属于 {owner}；请写另一个前缀，如“{default}”；在此之前使用“{default}”",
            prefix=prefix,
            owner=owner,
            default=DEFAULT_PREFIX,
        )
        raise ValueError(remedy)
    return prefix


class CommandConfig(Options):
    """The commands of the plugin."""

    prefix: Annotated[str, StringConstraints(pattern=PREFIX_PATTERN), AfterValidator(_of_no_other)] = option(
        DEFAULT_PREFIX,
        "The prefix of the commands. It may not be the prefix of another plugin.",
        "命令的前缀，不能与其他插件的前缀相同。",
        example="!!notify",
        public=True,
    )
    permission: PermissionConfig = option(
        PermissionConfig, "The permission level of each command.", "各命令所需的权限等级。", example={"test": "admin"}
    )
