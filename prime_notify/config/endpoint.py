"""The options that every endpoint has, whatever its type."""

from __future__ import annotations

import functools
import re
from typing import Any, Dict, Iterable, List, Optional, Tuple, Union

from pydantic import BeforeValidator, field_validator
from typing_extensions import Annotated, Literal

from prime_notify.config.actions import Action, Mention, http_url
from prime_notify.config.connection import ClientCertificate, ProxyAddress, Verify
from prime_notify.config.duration import Duration
from prime_notify.config.event_words import EventWord, EventWords, SeverityWord, TextList, listed, word
from prime_notify.config.filter import Filter
from prime_notify.config.option import Options, option
from prime_notify.config.problem import Location
from prime_notify.config.quiet import DedupeConfig, DigestConfig, GroupName, QuietHoursConfig, Repeat
from prime_notify.config.rate import Rate
from prime_notify.config.template_options import Templates
from prime_notify.model.request import ConnectionOptions

__all__ = [
    "Action",
    "EndpointConfig",
    "EventWord",
    "Language",
    "Lifecycle",
    "Mention",
    "SeverityWord",
    "http_url",
    "listed",
]


Language = Annotated[Literal["en_us", "zh_cn"], BeforeValidator(word)]
Lifecycle = Annotated[Literal["separate", "reply", "update"], BeforeValidator(word)]
_Rates = Annotated[List[Rate], BeforeValidator(listed)]

_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # token, RFC 9110 section 5.6.2


class EndpointConfig(Options):
    """One configured destination. Channels subclass it and add an options object named like their type.

    A field whose value is a secret says so with ``secret=True``: it is then masked in whatever the endpoint logs or
    answers. ``url`` and ``headers`` are secret by themselves.
    """

    name: str = option(
        ...,
        "The endpoint's name, unique, shown in logs and commands.",
        "推送目标的名字，不可重复，显示在日志和命令中。",
        example="phone",
        min_length=1,
        max_length=64,
    )
    type: str = option("webhook", "The channel.", "渠道。", example="bark")
    enabled: bool = option(True, "Whether anything is sent to this endpoint.", "是否向此推送目标发送。", example=False)
    url: str = option(
        ...,
        "Where to send; may point to a self-hosted server.",
        "发送到的地址，可以指向自建服务。",
        example="https://example.com/hook",
        secret=True,
    )
    headers: Dict[str, str] = option(
        dict,
        "Extra HTTP headers; their values are secret.",
        "额外的 HTTP 头，其值会被保密。",
        example={"X-Team": "minecraft"},
        secret=True,
    )
    timeout: Duration = option(
        Duration("10s"),
        'Bound of one whole attempt: "500ms", "5s", "1m", or seconds as a number.',
        '一次尝试的总时限："500ms"、"5s"、"1m"，或以秒为单位的数字。',
        example="5s",
    )
    events: Optional[EventWords] = option(
        None,
        'Only these events: names, tasks such as "backup", or patterns such as "*_failure"; narrows the list '
        "of the whole notification block.",
        '只要这些事件：事件名、任务（如 "backup"），或 "*_failure" 之类的模式；在 notification 块的列表之内再作筛选。',
        example=["backup", "restore_failure"],
    )
    filter: Filter = option(
        Filter,
        "Only events that fit all of these rules, and none of those in its `except`.",
        "只发送符合以下所有规则、且不符合其 `except` 中任何一项的事件。",
        example={"min_severity": "warning"},
    )
    language: Optional[Language] = option(
        None,
        'Language of the texts, such as "en_us" or "zh_cn".',
        '文本的语言，例如 "en_us" 或 "zh_cn"。',
        example="zh_cn",
    )
    traceback: bool = option(False, "Whether failures carry their traceback.", "失败通知是否附带堆栈。", example=True)
    actions: List[Action] = option(
        list,
        "Buttons or links below the message.",
        "消息下方的按钮或链接。",
        example=[{"label": "Dashboard", "url": "https://example.com/backups"}],
        max_length=5,
    )
    mention: Optional[Mention] = option(
        None,
        "Who is called by name; by default on failures only.",
        "要点名（@）的人；默认仅在失败时。",
        example={"users": ["123456789"]},
    )
    lifecycle: Lifecycle = option(
        "separate",
        "How the end of a task is told: on its own, as a reply to its start, or by updating that.",
        "任务结束如何告知：单独发送、回复其开始消息，或更新该消息。",
        example="update",
    )
    retry: Optional[List[Duration]] = option(
        None,
        "How long to wait after each failed attempt, one entry for each; about 24 hours in all by default.",
        "每次失败后等待多久，每项对应一次；默认合计约 24 小时。",
        example=["5s", "1m", "10m"],
        max_length=50,
    )
    rate_limit: Optional[_Rates] = option(
        None,
        'At most so many attempts, such as "20/m" or ["5/s", "100/m"]; by default what the service takes.',
        '尝试次数的上限，例如 "20/m" 或 ["5/s", "100/m"]；默认为服务方的限制。',
        example=["5/s", "100/m"],
    )
    expire: Optional[Union[Duration, Dict[EventWord, Duration]]] = option(
        None,
        'What waited longer is no longer sent: a duration, or one for each event: {"backup_start": "10m"}.',
        '等待超过此时长就不再发送：一个时长，或按事件分别给出：{"backup_start": "10m"}。',
        example={"backup_start": "10m"},
    )
    fold_after: Optional[Duration] = option(
        None,
        "A start that waited longer than this is not sent any more when its end waits, too.",
        "开始消息等待超过此时长、且其结束消息也在等待时，不再发送开始消息。",
        example="1m",
    )
    templates: Optional[Templates] = option(
        None,
        "Texts of your own, with the event's fields in them; needs Jinja2.",
        "自定义文本，可引用事件的各字段；需要安装 Jinja2。",
        example={"title": "{{ event }} in {{ cost_s|duration }}"},
    )
    proxy: Optional[ProxyAddress] = option(
        None,
        'The proxy: "http://host:port", "socks5://user:password@host:port", or "direct" for none; by default what the '
        "environment says. SOCKS needs PySocks.",
        "代理：http://host:port、socks5://user:password@host:port，或 direct 表示不使用；默认遵从环境变量。"
        "SOCKS 需要安装 PySocks。",
        example="http://127.0.0.1:3128",
        secret=True,
    )
    verify: Verify = option(
        True,
        "Whether the server's TLS certificate is verified; a file's path: against the CAs in it.",
        "是否验证服务器的 TLS 证书；也可写一个 CA 文件的路径，用其中的 CA 来验证。",
        example="ca.pem",
    )
    cert: Optional[ClientCertificate] = option(
        None,
        'The client certificate: the path of a PEM file with its key, or ["cert.pem", "key.pem"].',
        '客户端证书：同时含私钥的 PEM 文件的路径，或 ["cert.pem", "key.pem"]。',
        example=["cert.pem", "key.pem"],
    )
    digest: Optional[DigestConfig] = option(
        None,
        "Notifications are collected and sent in one message, with totals and the failures on top.",
        "收集通知并汇总为一条消息发送：附各类总数，失败在最前。",
        example={"every": "6h"},
    )
    quiet_hours: Optional[QuietHoursConfig] = option(
        None,
        "A part of every day in which only what is severe is sent; the rest follows in one message when it ends.",
        "每天的一段时间内只发送严重的通知，其余在结束后汇总为一条消息发送。",
        example={"from": "23:00", "to": "7:00"},
    )

    dedupe: Optional[DedupeConfig] = option(
        None,
        "The same failure is not told again and again, but counted.",
        "相同的失败不反复通知，而是计数。",
        example={"window": "1h"},
    )
    repeat: Optional[Repeat] = option(
        None,
        'How often to remind of a task that still fails, such as "6h", until it succeeds; that is told as well, '
        "whatever the filter says.",
        "任务仍失败时多久提醒一次，如 6h，直到成功为止；成功时也会通知，不受 filter 限制。",
        example="6h",
    )
    fallback: Optional[TextList] = option(
        None,
        "Names of endpoints, the best first, that take over what is a warning or an error while this one cannot be "
        "reached, and the errors that it gives up.",
        "后备目标的名称，优先的在前：此目标无法送达期间的警告与错误，以及它放弃的错误，由它们接替发送。",
        example=["mail"],
        max_length=10,
    )

    group: Optional[GroupName] = option(
        None,
        "The group, one of `notification.groups`, whose endpoints share the notifications.",
        "所属的组（`notification.groups` 之一），同组目标分担通知。",
        example="phones",
    )

    def __repr_args__(self) -> Iterable[Tuple[Optional[str], Any]]:
        """What may be seen: options can hold secrets, and a repr ends up in tracebacks and logs."""
        return [("name", self.name), ("type", self.type), ("enabled", self.enabled)]

    @functools.cached_property
    def takes_everything(self) -> bool:
        """Whether no rule has to be asked. A backup waits for the answer, and most endpoints have no rule."""
        return self.enabled and self.events is None and not self.filter.model_fields_set

    @functools.cached_property
    def connection(self) -> ConnectionOptions:
        """How the transport is to connect."""
        return ConnectionOptions(self.proxy, self.verify, tuple(self.cert or ()))

    def warnings(self) -> Iterable[Tuple[Location, str]]:
        """What works but should be looked at: where it stands, and what to do about it."""
        if self.verify is False:
            remedy = "anyone on the way can read and change what is sent: write the path of the server's CA instead"
            yield ("verify",), remedy

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str) -> str:
        if not name.isprintable():
            raise ValueError("write a name without line breaks and other invisible characters")
        return name

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: Optional[str]) -> Optional[str]:
        return url if url is None else http_url(url)

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: Dict[str, str]) -> Dict[str, str]:
        for name, value in headers.items():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError('write header names of letters, digits and "-" only')
            if any(char in value for char in "\r\n\0"):
                raise ValueError(f'write the value of "{name}" on one line')
        return headers

    @field_validator("timeout")
    @classmethod
    def _check_timeout(cls, timeout: Duration) -> Duration:
        if not timeout:
            raise ValueError('write a duration above zero, such as "10s"')
        return timeout
