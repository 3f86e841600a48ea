"""Gotify: a self-hosted server that pushes to Android and to browsers. https://gotify.net"""

from __future__ import annotations

import dataclasses
from typing import Any, Dict, Optional, Union
from urllib.parse import parse_qs, urlsplit, urlunsplit

from pydantic import Field, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.answers import foreign_answer, says_no
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.http_status import refusal
from prime_notify.channels.common.prose import collapse_spaces, links_text, markdown_text, plain_text, traceback_of
from prime_notify.channels.common.urgency import priority_of
from prime_notify.config.choices import SeverityChoice
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.model.event import Severity
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_chars
from prime_notify.text.json_text import parse_object
from prime_notify.text.plain import excerpt
from prime_notify.text.wording import Wording

__all__ = ["Gotify", "GotifyEndpoint", "GotifyOptions"]

# Gotify documents no limits; a server with MySQL takes 65 535 bytes (model/message.go: a "text" column)
_TITLE = 250  # characters
_MESSAGE = 32 * 1024  # bytes
_PRIORITIES = {Severity.INFO: 2, Severity.WARNING: 5, Severity.ERROR: 8}  # silent, with sound, with vibration too
_HINTS = {
    401: Wording(
        "check gotify.token: create an application in Gotify (not a client) and copy its token",
        "请检查 gotify.token：在 Gotify 中创建应用（application，而非 client）并复制其令牌",
    ),
    403: Wording(
        "check gotify.token: create an application in Gotify (not a client) and copy its token",
        "请检查 gotify.token：在 Gotify 中创建应用（application，而非 client）并复制其令牌",
    ),
    404: Wording(
        "check the URL: it is the address at which Gotify's web interface is", "请检查 URL：应为 Gotify 网页界面的地址"
    ),
}

_Level = Annotated[int, Field(ge=0, le=10)]
_Priority = Union[_Level, Dict[SeverityChoice, _Level]]


class GotifyOptions(Options):
    """Options of Gotify."""

    token: Optional[str] = option(
        None,
        "The token of an application in Gotify.",
        "Gotify 中应用（application）的令牌。",
        example="<token>",
        min_length=1,
    )
    priority: Optional[_Priority] = option(
        None,
        'From 0 to 10, for all messages or by severity: {"info": 5}. By default 2 (silent) for info, 5 (sound) for '
        "warning, 8 (sound and vibration) for error.",
        '优先级，0 到 10；可统一设置，也可按严重程度设置：{"info": 5}。'
        "默认 info 为 2（静音），warning 为 5（响铃），error 为 8（响铃并振动）。",
        example={"error": 10},
        public=True,
    )
    markdown: bool = option(
        True,
        "Whether the text is sent as Markdown, or else as plain text.",
        "是否以 Markdown 发送正文，否则为纯文本。",
        example=False,
        public=True,
    )


class GotifyEndpoint(EndpointConfig):
    """An endpoint of type ``gotify``."""

    type: Literal["gotify"]
    gotify: GotifyOptions = option(
        GotifyOptions(), "Options of Gotify.", "Gotify 的选项。", example={"token": "<token>"}
    )

    @model_validator(mode="after")
    def _check_token(self) -> GotifyEndpoint:
        token = self.gotify.token
        if not token and "token" not in parse_qs(urlsplit(self.url).query):
            raise ValueError(
                Wording(
                    'write the token of an application in Gotify: "gotify": {{"token": "..."}}',
                    '请填写 Gotify 中某个应用的令牌："gotify": {{"token": "..."}}',
                )
            )
        if token and not (token.isascii() and token.isprintable()):
            raise MisfitError(
                Wording("write the token alone, as Gotify shows it", "请只填写令牌本身，与 Gotify 中显示的一致"),
                "gotify",
                "token",
            )
        return self


class Gotify(Channel[GotifyEndpoint]):
    """Sends one message; the answer is the stored message with its id."""

    type = "gotify"
    endpoint_model = GotifyEndpoint
    example = {
        "name": "gotify",
        "type": "gotify",
        "url": "https://gotify.example.com",
        "gotify": {"token": "<token>"},
    }
    about = {
        "en_us": (
            "Pushes through your own [Gotify](https://gotify.net) server: create an application there and copy its "
            "token. Silent on success, loud on failure, unless `priority` says otherwise. A tap opens the first of "
            "the `actions`."
        ),
        "zh_cn": (
            "通过自建的 [Gotify](https://gotify.net) 服务器推送：在其中创建一个应用（application），复制它的令牌。"
            "默认成功时静音，失败时响铃，可用 `priority` 更改。点击消息会打开 `actions` 中的第一个。"
        ),
    }
    longest_wait = 3600.0

    def __init__(self, endpoint: GotifyEndpoint) -> None:
        super().__init__(endpoint)
        parts = urlsplit(endpoint.url)
        path = parts.path.rstrip("/")
        self._url = urlunsplit(parts._replace(path=path if path.endswith("/message") else f"{path}/message"))

    def render(self, message: Message) -> Request:
        payload, options, actions = message.payload, self.endpoint.gotify, self.endpoint.actions
        extras: Dict[str, Any] = {
            "client::display": {"contentType": "text/markdown" if options.markdown else "text/plain"}
        }
        if actions:
            extras["client::notification"] = {"click": {"url": actions[0].url}}
        document = {
            "title": cut_chars(collapse_spaces(message.texts.title), _TITLE),
            "message": self._text(message),
            "priority": priority_of(payload, options.priority, _PRIORITIES),
            "extras": extras,
        }
        own = {"X-Gotify-Key": options.token} if options.token else {}
        return json_post(self._url, document, self.endpoint.headers, own)

    def judge(self, response: Response) -> Outcome:
        answer = parse_object(response.body)
        if 200 <= response.status < 300:
            id = answer.get("id")
            if isinstance(id, int) and not isinstance(id, bool) and id > 0 and not says_no(answer):
                return Delivered(response.status)
            return Retry(foreign_answer("Gotify"), response.status, hint=_HINTS[404])
        text = excerpt(answer.get("errorDescription")) or excerpt(answer.get("error"))
        refused = refusal(response, text)
        hint = _HINTS.get(response.status, refused.hint)
        if "appid is required" in text:  # the answer to a client's token
            hint = _HINTS[401]
        return dataclasses.replace(refused, hint=hint)

    def _text(self, message: Message) -> str:
        markdown = self.endpoint.gotify.markdown
        links = links_text(self.endpoint.actions, markdown=markdown)

        def fits(text: str) -> bool:
            return len((text + links).encode("utf-8", "replace")) <= _MESSAGE

        links = links if fits(links) else ""  # half the room at most
        traceback = traceback_of(message.payload, wanted=self.endpoint.traceback)
        compose = markdown_text if markdown else plain_text
        text = compose(message, fits, traceback)
        return (text if text.strip() else message.payload.event.value) + links  # Gotify refuses an empty one
