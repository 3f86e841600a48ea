"""ntfy: pushes to phones and desktops, through ntfy.sh or a server of one's own. https://docs.ntfy.sh/publish/"""

from __future__ import annotations

import re
from typing import Any, Dict, List, Optional, Tuple, Union
from urllib.parse import urlsplit, urlunsplit

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.lifecycle import run_id
from prime_notify.channels.common.options import CredentialOptions
from prime_notify.channels.common.prose import collapse_spaces, links_text, markdown_text, plain_text, traceback_of
from prime_notify.channels.common.symbols import without_symbol
from prime_notify.channels.common.urgency import Tone, priority_of, tone_of
from prime_notify.channels.ntfy.answers import TOPIC_RULE, judge_answer, judge_foreign
from prime_notify.config.choices import SeverityChoice, as_list
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import option
from prime_notify.config.units import Rate
from prime_notify.model.event import Severity, Status
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut
from prime_notify.text.json_text import to_json
from prime_notify.text.wording import Wording

__all__ = ["Ntfy", "NtfyEndpoint", "NtfyOptions"]

_PUBLIC_HOST = "ntfy.sh"
# The server (util/peek.go) takes a message that fills its buffer of 4096 bytes for one that is too long, and makes
# a file of it. For the whole JSON the limit is twice that (server.go, transformBodyJSON).
_MESSAGE = 4096 - 1  # bytes
_DOCUMENT = 2 * 4096 - 1  # bytes
_TITLE = 1024  # bytes
_TAGS = 512  # bytes of all together, with the commas between them
_FRAME = 3072  # bytes of JSON for the config's parts beside title and message
_BUTTONS = 3
_TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}", re.ASCII)
_PRIORITIES = {Severity.INFO: 2, Severity.WARNING: 4, Severity.ERROR: 5}
_PRIORITY_WORDS = {"min": 1, "low": 2, "default": 3, "high": 4, "max": 5, "urgent": 5}
_TAG_OF_TONE = {
    Tone.GOOD: "white_check_mark",
    Tone.WARNING: "warning",
    Tone.BAD: "x",
    Tone.RUNNING: "hourglass_flowing_sand",
}
_TAG_OF_STATUS = {Status.OVERDUE: "alarm_clock"}


def _level(value: Any) -> Any:
    return _PRIORITY_WORDS.get(value.strip().lower(), value) if isinstance(value, str) else value


_Level = Annotated[
    int,
    BeforeValidator(_level),
    Field(ge=1, le=5),
    WithJsonSchema({"anyOf": [{"enum": list(_PRIORITY_WORDS)}, {"type": "integer", "minimum": 1, "maximum": 5}]}),
]
_Tags = Annotated[List[Annotated[str, Field(min_length=1, pattern="^[^,]+$")]], BeforeValidator(as_list)]


_PriorityOption = Union[_Level, Dict[SeverityChoice, _Level]]


class NtfyOptions(CredentialOptions):
    """Options of ntfy, in its own spelling."""

    topic: Optional[str] = option(
        None,
        "The topic; may stand in the url instead. On ntfy.sh whoever knows it can read along: make it hard to guess.",
        "主题；也可以写在 url 中。在 ntfy.sh 上，知道主题的人都能读到消息：请取一个难猜的名字。",
        example="backups-k3vX9q",
        essential=True,
    )
    priority: Optional[_PriorityOption] = option(
        None,
        'From 1 (min) to 5 (max), for all messages or by severity: {"info": 1}. By default 2 (quiet) for info, '
        "4 for warning, 5 for error.",
        '优先级，1（min）到 5（max）；可统一设置，也可按严重程度设置：{"info": 1}。'
        "默认 info 为 2（安静），warning 为 4，error 为 5。",
        example={"error": "high"},
        public=True,
    )
    tags: _Tags = option(
        list,
        "Tags beside the one for the outcome. Names of emoji are shown as emoji.",
        "除表示结果的标签外附加的标签；表情名称会显示为表情。",
        example=["minecraft"],
        content=True,
    )
    click: Optional[str] = option(
        None,
        "The URL that a tap on the message opens; by default the first of the actions.",
        "点击消息时打开的链接；默认为 actions 中的第一个。",
        example="https://example.com/backups",
        content=True,
    )
    icon: Optional[str] = option(
        None,
        "URL of a JPEG or PNG icon.",
        "图标的 URL（JPEG 或 PNG）。",
        example="https://example.com/icon.png",
        pattern="^https?://",
        content=True,
    )
    markdown: bool = option(
        False,
        "Whether the text is sent as Markdown; apps that do not know it show the marks.",
        "是否以 Markdown 发送正文；不支持的客户端会直接显示标记符号。",
        example=True,
        public=True,
    )

    @field_validator("topic")
    @classmethod
    def _check_topic(cls, topic: Optional[str]) -> Optional[str]:
        if topic is not None and not _TOPIC.fullmatch(topic):
            raise ValueError(TOPIC_RULE)
        return topic

    @field_validator("tags")
    @classmethod
    def _check_tags(cls, tags: List[str]) -> List[str]:
        if len(",".join([max(_TAG_OF_TONE.values(), key=len), *tags]).encode("utf-8", "replace")) > _TAGS:
            raise ValueError(
                Wording(
                    "ntfy accepts {most} bytes of tags at most: write fewer",
                    "ntfy 的标签总共至多 {most} 字节：请减少标签",
                    most=_TAGS,
                )
            )
        return tags


class NtfyEndpoint(EndpointConfig):
    """An endpoint of type ``ntfy``: the topic stands in ``ntfy.topic``, or at the end of ``url``."""

    type: Literal["ntfy"]
    url: str = option(
        f"https://{_PUBLIC_HOST}",
        "The server's address, with or without the topic; may be left out for ntfy.sh.",
        "服务器地址，可带主题；使用 ntfy.sh 时可以省略。",
        example="https://ntfy.example.com",
    )
    ntfy: NtfyOptions = option(NtfyOptions(), "Options of ntfy.", "ntfy 的选项。", example={"topic": "backups-k3vX9q"})

    @model_validator(mode="after")
    def _check_destination(self) -> NtfyEndpoint:
        url, topic = _destination(self)
        if not topic:
            raise ValueError(
                Wording('write the topic: "ntfy": {{"topic": "..."}}', '请填写主题："ntfy": {{"topic": "..."}}')
            )
        if not _TOPIC.fullmatch(topic):
            raise ValueError(
                Wording('{rule}: "ntfy": {{"topic": "..."}}', '{rule}："ntfy": {{"topic": "..."}}', rule=TOPIC_RULE)
            )
        parts = urlsplit(url)
        if parts.hostname == _PUBLIC_HOST and parts.path != "/":
            raise ValueError(
                Wording(
                    "write the topic once, in ntfy.topic or at the end of the url",
                    "主题只写一处：ntfy.topic，或 url 的末尾",
                )
            )
        if len(to_json(_frame(self, topic))) > _FRAME:
            raise ValueError(
                Wording(
                    "ntfy accepts {most} bytes of tags, links and actions at most: write shorter ones",
                    "ntfy 的标签、链接和按钮总共至多 {most} 字节：请缩短",
                    most=_FRAME,
                )
            )
        return self


class Ntfy(Channel[NtfyEndpoint]):
    """Sends one message as JSON to the server's root."""

    type = "ntfy"
    endpoint_model = NtfyEndpoint
    example = {"name": "ntfy", "type": "ntfy", "ntfy": {"topic": "minecraft-k3q8zt"}}
    about = {
        "en_us": (
            "Pushes to phones and desktops with [ntfy](https://ntfy.sh), through its public server or your own: "
            "subscribe to a topic in the app and write it here. Quiet on success, loud on failure, unless `priority` "
            "says otherwise. `update` needs a server of version 2.16 or later."
        ),
        "zh_cn": (
            "通过 [ntfy](https://ntfy.sh) 推送到手机和电脑，可用公共服务器或自建服务器："
            "在 App 中订阅一个主题，并写在这里。"
            "默认成功时安静，失败时响亮，可用 `priority` 更改。`update` 需要 2.16 或更新的服务器。"
        ),
    }
    rate_limits = (Rate(60, 300),)  # 60 at once, then one in 5 seconds
    lifecycles = frozenset(("separate", "update"))

    def __init__(self, endpoint: NtfyEndpoint) -> None:
        super().__init__(endpoint)
        self._url, self._topic = _destination(endpoint)

    def render(self, message: Message) -> Request:
        payload, options = message.payload, self.endpoint.ntfy
        document = {
            **_frame(self.endpoint, self._topic),
            "tags": [_TAG_OF_STATUS.get(payload.status) or _TAG_OF_TONE[tone_of(payload)], *options.tags],
            "priority": priority_of(payload, options.priority, _PRIORITIES),
            "title": _title(message.texts.title),
        }
        document["message"] = self._text(message, document)
        # The app replaces a message of the same id. So a retry of a message that had arrived repeats nothing, and with
        # lifecycle "update" the end takes the start's place. Older servers ignore it.
        shared = self.endpoint.lifecycle == "update"
        own = {"X-Sequence-ID": run_id(payload) if shared else message.notification.id, **options.authorization}
        return json_post(self._url, document, self.endpoint.headers, own)

    def judge(self, response: Response) -> Outcome:
        return judge_answer(response, self._topic)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return judge_foreign(response)

    def _text(self, message: Message, document: Dict[str, Any]) -> str:
        """The body within both limits; actions beyond the buttons follow as links, where they fit."""

        def fits(text: str) -> bool:
            sizes = len(text.encode("utf-8", "replace")), len(to_json({**document, "message": text}))
            return sizes[0] <= _MESSAGE and sizes[1] <= _DOCUMENT

        markdown = self.endpoint.ntfy.markdown
        links = links_text(self.endpoint.actions[_BUTTONS:], markdown=markdown)
        links = links if fits(links * 2) else ""  # half the room at most
        traceback = traceback_of(message.payload, wanted=self.endpoint.traceback)
        compose = markdown_text if markdown else plain_text
        text = compose(message, lambda text: fits(text + links), traceback)
        return (text if text.strip() else message.payload.event.value) + links


def _destination(endpoint: NtfyEndpoint) -> Tuple[str, Optional[str]]:
    """The server's root, to which JSON is posted, and the topic."""
    parts = urlsplit(endpoint.url)
    segments = [segment for segment in parts.path.split("/") if segment]
    topic = endpoint.ntfy.topic or (segments[-1] if segments else None)
    if segments and segments[-1] == topic:
        segments.pop()
    path = "".join(f"/{segment}" for segment in segments) + "/"
    return urlunsplit(parts._replace(path=path)), topic


def _frame(endpoint: NtfyEndpoint, topic: Optional[str]) -> Dict[str, Any]:
    """The parts that are the same in all messages of an endpoint. They must leave room for the others."""
    options, actions = endpoint.ntfy, endpoint.actions
    buttons = [{"action": "view", "label": one.label, "url": one.url} for one in actions[:_BUTTONS]]
    frame: Dict[str, Any] = {
        "topic": topic,
        "click": options.click or (actions[0].url if actions else None),
        "icon": options.icon,
        "actions": buttons,
        "tags": options.tags,
        "markdown": options.markdown,
    }
    return {name: value for name, value in frame.items() if value}


def _title(text: str) -> str:
    """One line within the limit; control characters take six bytes each in JSON."""
    line = without_symbol(collapse_spaces(text))  # a tag stands for the symbol
    return cut(line[: _TITLE + 1], lambda part: len(to_json(part)) <= _TITLE)
