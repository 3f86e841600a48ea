"""The config of a Matrix endpoint: https://spec.matrix.org/latest/client-server-api/#sending-events-to-a-room"""

from __future__ import annotations

import re
from typing import Any, Optional
from urllib.parse import urlsplit

from pydantic import BeforeValidator, field_validator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.options import check_users
from prime_notify.config.choices import as_choice
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.text.wording import Wording

__all__ = ["MatrixEndpoint", "MatrixOptions"]

# Of room version 12 on, an id has no server (spec.matrix.org, Appendices, Room IDs)
_ROOM = re.compile(r"![^\s:/?#]{1,254}(:[^\s/?#]{1,230})?")
_USER = r"@[^\s:/?#]{1,200}:[A-Za-z0-9.\-\[\]:]{1,230}"


class MatrixOptions(Options):
    """Options of Matrix."""

    access_token: str = option(
        ...,
        "The access token of the account that sends the messages.",
        "发送消息的帐号的访问令牌（access token）。",
        example="<token>",
        min_length=1,
    )
    room_id: str = option(
        ...,
        'The internal id of the room, which begins with "!". The account must be in the room.',
        "房间的内部 ID，以 “!” 开头。该帐号须已加入此房间。",
        example="!<id>:example.org",
        content=True,
    )
    msgtype: Optional[Annotated[Literal["notice", "text"], BeforeValidator(as_choice)]] = option(
        None,
        'The kind of message: "notice", which by the default rules of clients rings on no device, not even with a '
        'mention, or "text". By default "text" for warnings, errors and mentions, and "notice" for the rest.',
        "消息类型：“notice”（按客户端的默认规则，在任何设备上都不会响铃，即使 @ 了人）或 “text”。"
        "默认：警告、错误和 @ 人的消息为 “text”，其余为 “notice”。",
        example="text",
        public=True,
    )

    @field_validator("access_token")
    @classmethod
    def _check_token(cls, token: str) -> str:
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise ValueError(
                Wording(
                    "write the access token alone, without quotation marks and spaces",
                    "请只填写访问令牌本身，不要有引号和空格",
                )
            )
        return token

    @field_validator("room_id")
    @classmethod
    def _check_room(cls, room: str) -> str:
        if _ROOM.fullmatch(room):
            return room
        if room.startswith("#"):
            raise ValueError(
                Wording(
                    'write the internal id of the room ("!..."), not its address ("#..."), which can move to another '
                    "room: in Element, open the room's settings, Advanced, Internal room ID",
                    "请填写房间的内部 ID（“!...”），而不是房间地址（“#...”，它可能改指其他房间）："
                    "在 Element 中打开房间设置 → 高级 → 内部房间 ID",
                )
            )
        raise ValueError(
            Wording(
                'write the internal id of the room, such as "!abc:example.org": in Element, open the room\'s settings, '
                "Advanced, Internal room ID",
                "请填写房间的内部 ID，例如 “!abc:example.org”：在 Element 中打开房间设置 → 高级 → 内部房间 ID",
            )
        )


class MatrixEndpoint(EndpointConfig):
    """An endpoint of type ``matrix``: the ``url`` of a homeserver, an account and a room."""

    type: Literal["matrix"]
    url: str = option(
        ...,
        "The address of the account's homeserver, such as https://matrix.example.org.",
        "该帐号所在主服务器的地址，例如 https://matrix.example.org。",
        example="https://matrix.example.org",
    )
    matrix: MatrixOptions = option(
        ...,
        "The account, and the room that it posts to.",
        "发送消息的帐号与房间。",
        example={"access_token": "<token>", "room_id": "!<id>:example.org"},
    )

    @property
    def homeserver(self) -> str:
        """The address below which the client–server API stands. ``url`` may be that of a method of this API."""
        parts = urlsplit(self.url)
        base = parts.path.partition("/_matrix")[0].rstrip("/")
        return parts._replace(path=base, query="", fragment="").geturl()

    @model_validator(mode="after")
    def _check(self) -> Any:
        if (urlsplit(self.url).hostname or "") in ("matrix.to", "app.element.io"):
            raise MisfitError(
                Wording(
                    "write the address of the account's homeserver; in Element: All settings, Help & About, "
                    "Homeserver is",
                    "请填写该帐号主服务器的地址；在 Element 中：所有设置 → 帮助及关于 → 主服务器为",
                ),
                "url",
            )
        check_users(
            self.mention,
            _USER,
            Wording(
                'write in mention.users full Matrix ids, such as "@steve:example.org"',
                "请在 mention.users 中填写完整的 Matrix ID，例如 “@steve:example.org”",
            ),
        )
        return self
