"""The options that every endpoint has, whatever its type."""

from __future__ import annotations

import functools
from typing import Any, ClassVar, Dict, Iterable, List, Optional, Tuple, Union

from pydantic import BeforeValidator, field_validator
from typing_extensions import Annotated, Literal

from prime_notify.config.choices import EventChoice, EventChoices, TextList, as_choice, as_list
from prime_notify.config.connection_options import ClientCertificate, ProxyAddress, Verify, checked_headers, http_url
from prime_notify.config.delivery_options import DedupeConfig, DigestConfig, GroupName, QuietHoursConfig, Repeat
from prime_notify.config.filter import Filter
from prime_notify.config.heartbeat_option import NoHeartbeat, heartbeat_option
from prime_notify.config.levels import Level
from prime_notify.config.message_options import Action, Mention, Templates, TimeZone
from prime_notify.config.option import Options, option
from prime_notify.config.problem import Location
from prime_notify.config.units import Duration, Rate, Timeout
from prime_notify.model.payload import Payload
from prime_notify.model.request import ConnectionOptions
from prime_notify.text.wording import Wording

__all__ = ["EndpointConfig", "Language", "Lifecycle"]


Language = Annotated[Literal["en_us", "zh_cn"], BeforeValidator(as_choice)]
Lifecycle = Annotated[Literal["separate", "reply", "update"], BeforeValidator(as_choice)]
_NO_NAME = Wording(
    "write a name without line breaks and other invisible characters", "名称中不能有换行和其他不可见字符"
)
_Rates = Annotated[List[Rate], BeforeValidator(as_list)]


class EndpointConfig(Options):
    """One configured destination. Channels subclass it and add an options object named like their type.

    The value of an option is a secret unless the option says otherwise (see :func:`option`).
    """

    in_game: ClassVar[bool] = False
    """Whether players read it in the game, each in the own language. Only MCDReforged's process can show it."""

    shows_bars: ClassVar[bool] = True  # the font of its readers has ``▁▂▃▅▇``, as that of an SMS may not

    name: str = option(
        ...,
        "The name of the endpoint in logs and commands. Each endpoint needs its own.",
        "推送目标的名称，用于日志和命令，不可重复。",
        example="phone",
        min_length=1,
        max_length=64,
        public=True,
    )
    type: str = option("webhook", "The channel.", "渠道。", example="bark", public=True, essential=True)
    enabled: bool = option(
        True,
        "Whether anything is sent to this endpoint.",
        "是否向此推送目标发送。",
        example=False,
        public=True,
        essential=True,
    )
    url: str = option(
        ...,
        "The address to send to. It may be a server of your own.",
        "发送到的地址，可以是自建服务。",
        example="https://example.com/hook",
    )
    headers: Dict[str, str] = option(
        dict,
        "Extra HTTP headers. Their values are secret.",
        "额外的 HTTP 头；其值会被隐去。",
        example={"X-Team": "minecraft"},
        essential=True,
    )
    timeout: Timeout = option(
        Duration("10s"),
        'The time limit of a whole attempt, above zero: "500ms", "5s", "1m", or a number of seconds.',
        '一次尝试的总时限（大于零）："500ms"、"5s"、"1m"，或以秒为单位的数字。',
        example="5s",
        public=True,
    )
    events: Optional[EventChoices] = option(
        None,
        'Only these events: names, tasks such as "backup", or patterns such as "*_failure". They have to be in the '
        "list of the notification block as well.",
        '只要这些事件：事件名、任务（如 "backup"），或 "*_failure" 之类的模式；还须在 notification 块的列表之内。',
        example=["backup", "restore_failure"],
        public=True,
        essential=True,
    )
    filter: Filter = option(
        Filter,
        "Only events that match all of these rules, and none of those in its `except`.",
        "只发送匹配以下所有规则、且不匹配其 `except` 中任何一项的事件。",
        example={"min_severity": "warning"},
        essential=True,
    )
    language: Optional[Language] = option(
        None,
        'The language of the texts: "en_us" or "zh_cn".',
        '文本的语言："en_us" 或 "zh_cn"。',
        example="zh_cn",
        public=True,
    )
    timezone: Optional[TimeZone] = option(
        None,
        "The time zone of the times in messages and of `quiet_hours`; by default that of the `notification` block.",
        "消息中时间与 `quiet_hours` 的时区；默认与 `notification` 块相同。",
        example="Europe/Berlin",
        public=True,
    )
    traceback: bool = option(
        False, "Whether failures carry their traceback.", "失败通知是否附带 Python 调用栈。", example=True, public=True
    )
    actions: List[Action] = option(
        list,
        "Buttons or links below the message.",
        "消息下方的按钮或链接。",
        example=[{"label": "Dashboard", "url": "https://example.com/backups"}],
        max_length=5,
    )
    mention: Optional[Mention] = option(
        None,
        "The people to mention; by default on errors only.",
        "要 @ 的人；默认仅在出错时。",
        example={"users": ["123456789"]},
    )
    lifecycle: Lifecycle = option(
        "separate",
        "The message for the end of a task: separate, a reply to its start, or an update of its start.",
        "任务结束的消息：单独发送、回复其开始消息，或更新其开始消息。",
        example="update",
        public=True,
    )
    retry: Optional[List[Duration]] = option(
        None,
        "The wait after each failed attempt, one entry for each; by default about 24 hours in all.",
        "每次失败后等待多久再试，每项对应一次；默认合计约 24 小时。",
        example=["5s", "1m", "10m"],
        max_length=50,
        public=True,
    )
    rate_limit: Optional[_Rates] = option(
        None,
        'The most attempts (1 to 999999) in a time, such as "20/m" or ["5/s", "100/m"]; by default the limit '
        "of the service.",
        '一段时间内的尝试次数上限（1 到 999999），例如 "20/m" 或 ["5/s", "100/m"]；默认为服务方的限制。',
        example=["5/s", "100/m"],
        public=True,
    )
    expire: Optional[Union[Duration, Dict[EventChoice, Duration]]] = option(
        None,
        "A notification that waited longer than this is not sent any more: a duration, or one for each event: "
        '{"backup_start": "10m"}.',
        '等待超过此时长的通知不再发送：一个时长，或按事件分别给出：{"backup_start": "10m"}。',
        example={"backup_start": "10m"},
        public=True,
    )
    fold_after: Optional[Duration] = option(
        None,
        "A start that waited longer than this is not sent any more if its end waits, too.",
        "开始消息等待超过此时长、且其结束消息也在等待时，不再发送开始消息。",
        example="1m",
        public=True,
    )
    templates: Optional[Templates] = option(
        None,
        "Your own texts, with the fields of the event in them. Needs Jinja2.",
        "自定义文本，可引用事件的各字段；需要安装 Jinja2。",
        example={"title": "{{ event }} in {{ cost_s|duration }}"},
    )
    proxy: Optional[ProxyAddress] = option(
        None,
        'The proxy: "http://host:port", "socks5://user:password@host:port", or "direct" for none; by default that of '
        "the environment. SOCKS needs PySocks.",
        "代理：http://host:port、socks5://user:password@host:port，或 direct 表示不使用；默认使用环境变量中的代理。"
        "SOCKS 需要安装 PySocks。",
        example="http://127.0.0.1:3128",
        essential=True,
    )
    verify: Verify = option(
        True,
        "Whether the TLS certificate of the server is verified. The path of a file: verified with the CAs in it.",
        "是否验证服务器的 TLS 证书；也可写 CA 文件的路径，用其中的 CA 来验证。",
        example="ca.pem",
        public=True,
        essential=True,
    )
    cert: Optional[ClientCertificate] = option(
        None,
        'The client certificate: the path of a PEM file with its key, or ["cert.pem", "key.pem"].',
        '客户端证书：同时含私钥的 PEM 文件的路径，或 ["cert.pem", "key.pem"]。',
        example=["cert.pem", "key.pem"],
        public=True,
        essential=True,
    )
    digest: Optional[DigestConfig] = option(
        None,
        "Collects notifications into one message, with totals, failures first.",
        "收集通知，汇总为一条消息：附各类总数，失败在最前。",
        example={"every": "6h"},
        defers=True,
    )
    quiet_hours: Optional[QuietHoursConfig] = option(
        None,
        "A part of every day in which only severe notifications are sent. The others follow in one message at its end.",
        "每天的一段时间，其间只发送严重的通知，其余在结束时汇总为一条消息。",
        example={"from": "23:00", "to": "7:00"},
        defers=True,
    )
    dedupe: Optional[DedupeConfig] = option(
        None,
        "Sends the same failure once, and counts the others.",
        "相同的失败只通知一次，其余计数。",
        example={"window": "1h"},
        defers=True,
    )
    repeat: Optional[Repeat] = option(
        None,
        'The time between reminders of a task that still fails, from 1 minute to 7 days, such as "6h". The next '
        "success is sent as well, even if the filter keeps successes out.",
        "任务仍然失败时，每隔多久提醒一次：1 分钟到 7 天，如 6h。下一次成功也会通知，不受 filter 限制。",
        example="6h",
        public=True,
        defers=True,
    )
    heartbeat: Optional[NoHeartbeat] = heartbeat_option()
    fallback: Optional[TextList] = option(
        None,
        "Names of other endpoints, the preferred one first. They get the warnings and errors that wait while this one "
        "cannot be reached, and the errors that it gives up.",
        "后备目标的名称，优先的在前。此目标无法送达期间的警告与错误，以及它放弃的错误，由后备目标发送。",
        example=["mail"],
        max_length=10,
        public=True,
    )
    group: Optional[GroupName] = option(
        None,
        "The group of the endpoint, one of `notification.groups`. Its endpoints share the notifications.",
        "所属的组（`notification.groups` 之一）；同组目标分担通知。",
        example="phones",
        public=True,
    )
    visible_to: Optional[Level] = option(
        None,
        "The permission level that sees this endpoint in the commands of the plugin; by default every level that may "
        "use the commands.",
        "从哪个权限等级起，可以在本插件的命令中看到此推送目标；默认所有能使用命令的人。",
        example="admin",
        public=True,
    )

    def __repr_args__(self) -> Iterable[Tuple[Optional[str], Any]]:
        """No other option: options can hold secrets, and a repr ends up in tracebacks and logs."""
        return [("name", self.name), ("type", self.type), ("enabled", self.enabled)]

    def is_silent_about(self, payload: Payload) -> bool:
        """Whether the service has no word for it, so that it is not sent."""
        return False

    @functools.cached_property
    def takes_everything(self) -> bool:
        """Whether the endpoint has no rule at all, as most have: a backup waits for this answer."""
        return self.enabled and self.events is None and not self.filter.model_fields_set

    @functools.cached_property
    def connection(self) -> ConnectionOptions:
        """The options for the transport's connection."""
        return ConnectionOptions(self.proxy, self.verify, tuple(self.cert or ()))

    def warnings(self) -> Iterable[Tuple[Location, Wording]]:
        """Options that work but are risky: their place, and what to write instead."""
        if self.verify is False:
            remedy = Wording(
                "anyone on the way can read and change what is sent: write the path of the server's CA instead",
                "途中的任何人都能读取和篡改发送的内容：请改写服务器 CA 文件的路径",
            )
            yield ("verify",), remedy

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError(_NO_NAME)
        return name

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: Optional[str]) -> Optional[str]:
        return url if url is None else http_url(url)

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: Dict[str, str]) -> Dict[str, str]:
        return checked_headers(headers)
