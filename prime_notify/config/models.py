"""The sections of the config. Every option has a default, so that a mistake in one leaves all others in force."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Union

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
from typing_extensions import Annotated, Literal

from prime_notify.config.choices import EventChoices
from prime_notify.config.command_options import CommandConfig, PermissionConfig
from prime_notify.config.delivery_options import GroupMode, GroupName
from prime_notify.config.endpoint import EndpointConfig, Language
from prime_notify.config.message_options import TimeZone
from prime_notify.config.option import Options, option
from prime_notify.config.units import Duration
from prime_notify.config.watch_options import ReportConfig, WatchConfig
from prime_notify.text.wording import Wording

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


def _percentage(value: object) -> object:
    """``50`` of ``"50%"``. ``true`` is no percentage, although Python counts it as a number."""
    if isinstance(value, str) and value.strip().rstrip("%").rstrip().isdecimal():
        return int(value.strip().rstrip("%"))
    if value is False or (isinstance(value, int) and value is not True and 1 <= value <= 99):
        return value
    raise ValueError(Wording("write a percentage from 1 to 99, or false", "请写 1 到 99 的百分比，或 false"))


Percentage = Annotated[
    Union[Literal[False], Annotated[int, Field(ge=1, le=99)]],
    BeforeValidator(_percentage),
    WithJsonSchema({"anyOf": [{"const": False}, {"type": "integer", "minimum": 1, "maximum": 99}]}),
]

PluginId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


def _at_most_ten_seconds(grace: Duration) -> Duration:
    if grace > 10:  # MCDReforged waits no longer when it is interrupted
        raise ValueError(Wording('write at most "10s"', '至多 "10s"'))
    return grace


class NotificationConfig(Options):
    """The notifications and their endpoints. The block of Prime Backup's notification proposal works here as it is."""

    enabled: bool = option(False, "Whether notifications are sent at all.", "是否发送通知。", example=True, public=True)
    events: Optional[EventChoices] = option(
        None,
        'Only these events are sent: names, tasks such as "backup", or patterns such as "*_failure"; by default all.',
        '只发送这些事件：事件名、任务（如 "backup"），或 "*_failure" 之类的模式；默认全部。',
        example=["backup", "*_failure"],
        public=True,
    )
    check_at_start: bool = option(
        True,
        "Whether the plugin connects to each enabled endpoint when it is loaded and when the config is reloaded. "
        "Nothing is sent. The log says which endpoints cannot be reached.",
        "加载插件和重载配置时，是否连接每个已启用的目标（不发送任何内容），并在日志中说明哪些无法连接。",
        example=False,
        public=True,
    )
    timezone: Optional[TimeZone] = option(
        None,
        'The time zone of the times in messages and of `quiet_hours`: a name such as "Asia/Shanghai", or an offset '
        'from "-14:00" to "+14:00"; by default that of the machine.',
        '消息中时间与 `quiet_hours` 的时区：时区名（如 "Asia/Shanghai"）或时差（"-14:00" 到 "+14:00"）；'
        "默认为本机时区。",
        example="Asia/Shanghai",
        public=True,
    )
    shrink_warning: Percentage = option(
        50,
        "A backup gets severity `warning` when it has this many percent fewer files or bytes than the last backups of "
        "the same targets, or lacks a target that they had: from 1 to 99, or false for never. A smaller world is taken "
        "as normal after three backups.",
        "备份的文件数或大小比之前相同目标的备份少了百分之多少（1 到 99），或缺少之前有的目标时，严重程度为 `warning`；"
        "false 表示从不比较。连续三次备份都变小后，即视为正常。",
        example=80,
        public=True,
    )
    groups: Dict[GroupName, GroupMode] = option(
        dict,
        'The groups of endpoints, each with its mode: "all" sends to each endpoint, "first_ok" to the first one that '
        'works, "round_robin" to the next one in turn for each task.',
        "推送目标的组及其方式：all 发给组内每一个；first_ok 发给第一个可用的；round_robin 轮流，每个任务轮一次。",
        example={"phones": "first_ok"},
        public=True,
    )
    endpoints: List[EndpointConfig] = option(
        list,
        "The endpoints to which notifications are sent.",
        "通知发往的推送目标。",
        example=[{"name": "ops", "url": "https://example.com/hook"}],
    )


class SourcesConfig(Options):
    """The sources of events that have to be named. Prime Backup and QuickBackupM are found without that."""

    listen: List[PluginId] = option(
        list,
        'Ids of other plugins that emit MCDR events such as "<plugin_id>.backup_success".',
        '其他会派发 "<plugin_id>.backup_success" 等 MCDR 事件的插件的 id。',
        example=["my_backup_plugin"],
        public=True,
    )


class ServerConfig(Options):
    """The Minecraft server in notifications."""

    name: Optional[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = option(
        None,
        "The name of the server in notifications, to distinguish several servers.",
        "通知中的服务器名，用于区分多个服务器。",
        example="Survival",
        public=True,
    )


class DeliveryConfig(Options):
    """Options of the delivery to all endpoints."""

    stop_grace: Annotated[Duration, AfterValidator(_at_most_ten_seconds)] = option(
        Duration("5s"),
        "The time that an unload waits for running attempts, at most 10 seconds.",
        "卸载时等待进行中的发送多久，至多 10 秒。",
        example="3s",
        public=True,
    )


class HistoryConfig(Options):
    """The history of delivered notifications. Undelivered ones are always kept."""

    keep: Duration = option(
        Duration("30d"),
        "The time for which delivered notifications are kept.",
        "已送达的通知保留多久。",
        example="7d",
        public=True,
    )
    max: int = option(
        10_000,
        "The most notifications that are kept.",
        "最多保留多少条通知。",
        example=1000,
        ge=1,
        le=10_000_000,
        public=True,
    )


class Config(Options):
    """The whole config."""

    schema_: Optional[str] = option(
        None,
        "The JSON Schema of this file, for editors that complete and check it.",
        "此文件的 JSON Schema，供编辑器补全和检查。",
        example="./config.schema.json",
        alias="$schema",
        public=True,
    )
    notification: NotificationConfig = option(
        NotificationConfig,
        "The notifications and their endpoints.",
        "通知及其推送目标。",
        example={"enabled": True, "endpoints": [{"name": "ops", "url": "https://example.com/hook"}]},
    )
    sources: SourcesConfig = option(
        SourcesConfig, "Further sources of events.", "其他事件来源。", example={"listen": ["my_backup_plugin"]}
    )
    server: ServerConfig = option(
        ServerConfig, "The Minecraft server.", "Minecraft 服务器。", example={"name": "Survival"}
    )
    language: Optional[Language] = option(
        None,
        "The language of notifications; by default that of MCDReforged.",
        "通知的语言；默认与 MCDReforged 相同。",
        example="zh_cn",
        public=True,
    )
    watch: WatchConfig = option(
        WatchConfig, "The watch for what does not happen.", "监视没有发生的事。", example={"stuck_after": "2h"}
    )
    report: ReportConfig = option(ReportConfig, "The periodic report.", "定期报告。", example={"at": "Sun 20:00"})
    delivery: DeliveryConfig = option(
        DeliveryConfig, "Options of the delivery.", "投递选项。", example={"stop_grace": "3s"}
    )
    history: HistoryConfig = option(HistoryConfig, "The history of deliveries.", "投递记录。", example={"keep": "7d"})
    command: CommandConfig = option(
        CommandConfig, "The commands of the plugin.", "插件的命令。", example={"prefix": "!!notify"}
    )


class ConfigDocument(RootModel[Any]):
    """The config file, unvalidated, for ``load_config_simple(target_class=…, failure_policy="raise")``.

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
