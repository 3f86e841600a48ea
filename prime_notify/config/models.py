"""The sections of the config. Every field has a default, so that one which is broken costs nothing but itself."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    RootModel,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticUndefined
from typing_extensions import Annotated

from prime_notify.config.duration import Duration
from prime_notify.config.endpoint import EndpointConfig, Language
from prime_notify.config.event_words import EventWords
from prime_notify.config.option import Options, option
from prime_notify.config.quiet import GroupMode, GroupName

__all__ = [
    "CommandConfig",
    "Config",
    "ConfigDocument",
    "DeliveryConfig",
    "HistoryConfig",
    "NotificationConfig",
    "PermissionConfig",
    "ServerConfig",
    "SourcesConfig",
]

_LEVELS: Dict[str, int] = {"guest": 0, "user": 1, "helper": 2, "admin": 3, "owner": 4}  # MCDReforged's


def _level(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a level from 0 to 4, or its name")  # noqa: TRY004 - Pydantic expects ValueError
    return _LEVELS.get(value.strip().lower(), value) if isinstance(value, str) else value


Level = Annotated[
    int,
    Field(ge=0, le=4),
    BeforeValidator(_level),
    WithJsonSchema({"anyOf": [{"enum": list(_LEVELS)}, {"type": "integer", "minimum": 0, "maximum": 4}]}),
]
PluginId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


def _at_most_ten_seconds(grace: Duration) -> Duration:
    if grace > 10:  # MCDReforged's own patience, when it is interrupted
        raise ValueError('write at most "10s"')
    return grace


class NotificationConfig(Options):
    """What is sent where. The block of Prime Backup's notification proposal works here as it is."""

    enabled: bool = option(False, "Whether anything is sent at all.", "是否发送任何通知。", example=True)
    events: Optional[EventWords] = option(
        None,
        'Only these events are sent: names, tasks such as "backup", or patterns such as "*_failure"; all when absent.',
        '只发送这些事件：事件名、任务（如 "backup"），或 "*_failure" 之类的模式；省略则为全部。',
        example=["backup", "*_failure"],
    )
    check_at_start: bool = option(
        True,
        "Whether each enabled endpoint's address is looked up and connected to, sending nothing, when the plugin is "
        "loaded and when the config is reloaded; what would fail is said in the log.",
        "加载插件和重新加载配置时，是否解析并连接每个已启用目标的地址（不发送任何内容），并在日志中说明哪些会失败。",
        example=False,
    )
    groups: Dict[GroupName, GroupMode] = option(
        dict,
        'How the endpoints of a group share the notifications: "all" to each of them, "first_ok" to the first that '
        'works, "round_robin" to one after another, a task each.',
        "同组目标如何分担通知：all 发给每一个；first_ok 发给第一个可用的；round_robin 轮流，每个任务轮一次。",
        example={"phones": "first_ok"},
    )
    endpoints: List[EndpointConfig] = option(
        list, "Where notifications go.", "通知发往何处。", example=[{"name": "ops", "url": "https://example.com/hook"}]
    )


class SourcesConfig(Options):
    """Where events come from, beside what is found without being told."""

    listen: List[PluginId] = option(
        list,
        'Ids of other plugins whose "<plugin_id>.backup_success" and similar MCDR events are taken up.',
        '还监听哪些插件（填插件 id）派发的 "<plugin_id>.backup_success" 等 MCDR 事件。',
        example=["my_backup_plugin"],
    )


class ServerConfig(Options):
    """The Minecraft server, as notifications speak of it."""

    name: Optional[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = option(
        None,
        "The server's name in notifications; tells several servers apart.",
        "通知中的服务器名，用于区分多个服务器。",
        example="Survival",
    )


class DeliveryConfig(Options):
    """How notifications are delivered, whatever the endpoint."""

    stop_grace: Annotated[Duration, AfterValidator(_at_most_ten_seconds)] = option(
        Duration("5s"),
        "For how long an unload waits for attempts under way, at most 10 seconds.",
        "卸载时等待进行中的发送的最长时间，至多 10 秒。",
        example="3s",
    )


class HistoryConfig(Options):
    """What is kept of what was delivered. What is not delivered is always kept."""

    keep: Duration = option(
        Duration("30d"), "For how long delivered notifications are kept.", "已送达的通知保留多久。", example="7d"
    )
    max: int = option(
        10_000,
        "How many notifications are kept at the most.",
        "最多保留多少条通知。",
        example=1000,
        ge=1,
        le=10_000_000,
    )


class PermissionConfig(Options):
    """MCDReforged's permission levels: guest 0, user 1, helper 2, admin 3, owner 4."""

    root: Level = option(1, "Needed for the overview and the help.", "查看概览与帮助所需的等级。", example="helper")
    test: Level = option(
        4,
        'Needed to send test notifications, also with "!!pb test notify".',
        '发送测试通知（包括 "!!pb test notify"）所需的等级。',
        example="admin",
    )
    reload: Level = option(
        3,
        "Needed to reload the config, and to switch endpoints on and off.",
        "重载配置、启用或停用推送目标所需的等级。",
        example="owner",
    )
    history: Level = option(3, "Needed to look at what was delivered.", "查看投递记录所需的等级。", example="helper")
    replay: Level = option(4, "Needed to replay or drop dead letters.", "重发或放弃死信所需的等级。", example="admin")


class CommandConfig(Options):
    """The plugin's own commands."""

    prefix: Annotated[str, StringConstraints(pattern=r"^\S{1,32}$")] = option(
        "!!pn", "What the commands start with.", "命令的前缀。", example="!!notify"
    )
    permission: PermissionConfig = option(
        PermissionConfig, "Which level each command needs.", "各命令所需的权限等级。", example={"test": "admin"}
    )


class Config(Options):
    """The whole config."""

    schema_: Optional[str] = option(
        None,
        "The JSON Schema of this file, for editors that complete and check it.",
        "此文件的 JSON Schema，供编辑器补全和检查。",
        example="./config.schema.json",
        alias="$schema",
    )
    notification: NotificationConfig = option(
        NotificationConfig,
        "What is sent where.",
        "发送什么、发往何处。",
        example={"enabled": True, "endpoints": [{"name": "ops", "url": "https://example.com/hook"}]},
    )
    sources: SourcesConfig = option(
        SourcesConfig, "Where events come from.", "事件从何而来。", example={"listen": ["my_backup_plugin"]}
    )
    server: ServerConfig = option(
        ServerConfig, "The Minecraft server.", "Minecraft 服务器。", example={"name": "Survival"}
    )
    language: Optional[Language] = option(
        None,
        "Language of the notifications' texts; MCDReforged's own when absent.",
        "通知文本的语言；省略则与 MCDReforged 相同。",
        example="zh_cn",
    )
    delivery: DeliveryConfig = option(
        DeliveryConfig, "How notifications are delivered.", "通知如何投递。", example={"stop_grace": "3s"}
    )
    history: HistoryConfig = option(
        HistoryConfig, "What is kept of the past.", "保留多少历史。", example={"keep": "7d"}
    )
    command: CommandConfig = option(
        CommandConfig, "The plugin's own commands.", "插件自己的命令。", example={"prefix": "!!notify"}
    )


class ConfigDocument(RootModel[Any]):
    """The config file as it stands, unvalidated, for ``load_config_simple(target_class=…, failure_policy="raise")``.

    MCDReforged writes a config file anew when a field's default is in use or the file cannot be read. This model has
    no defaults and cannot be made without data, so it keeps MCDReforged from ever doing either.
    """

    @model_validator(mode="before")
    @classmethod
    def _refuse_nothing(cls, root: Any) -> Any:
        if root is PydanticUndefined:
            raise ValueError("there is no document")
        return root

    def __repr__(self) -> str:
        return "ConfigDocument(…)"  # secrets are in it

    __str__ = __repr__
