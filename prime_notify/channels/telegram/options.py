"""The config of a Telegram endpoint: https://core.telegram.org/bots/api#sendmessage"""

from __future__ import annotations

import re
from typing import Optional

from pydantic import field_validator, model_validator
from typing_extensions import Literal

from prime_notify.channels.common.options import check_users
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import IdText, Options, option
from prime_notify.text.wording import Wording

__all__ = ["TelegramEndpoint", "TelegramOptions"]

_API = "https://api.telegram.org"


class TelegramOptions(Options):
    """Options of Telegram, in its own spelling."""

    bot_token: str = option(
        ...,
        'The bot\'s token, "123456789:AA...", as @BotFather shows it.',
        "机器人的令牌，形如 “123456789:AA...”，由 @BotFather 给出。",
        example="123456789:<token>",
        min_length=1,
    )
    chat_id: IdText = option(
        ...,
        "The chat: its id (groups have negative ones), or the @name of a public channel or group.",
        "发送到的会话：会话 ID（群组为负数），或公开频道、群组的 @名称。",
        example=-1001234567890,
        content=True,
    )
    message_thread_id: Optional[int] = option(
        None,
        "The topic of a group with topics.",
        "开启话题的群组中的话题 ID。",
        example=7,
        ge=1,
        public=True,
        essential=True,
    )
    silent: bool = option(
        False, "Whether messages arrive without a sound.", "消息是否静默送达（不响铃）。", example=True, public=True
    )

    @field_validator("bot_token")
    @classmethod
    def _check_token(cls, token: str) -> str:
        if re.search(r"[\s/?#]", token) or re.match(r"bot\d", token):
            raise ValueError(
                Wording(
                    'write the token alone, "123456789:AA...", without "bot" before it and without an address',
                    '请只填写令牌本身，如 "123456789:AA..."，前面不加 "bot"，也不加地址',
                )
            )
        return token

    @field_validator("chat_id")
    @classmethod
    def _check_chat(cls, chat: str) -> str:
        if not re.fullmatch(r"-?[0-9]{1,20}|@[A-Za-z0-9_]{2,64}", chat):
            raise ValueError(
                Wording(
                    "write the chat's id, such as -1001234567890, or the @name of a public channel or group",
                    "请填写会话 ID，例如 -1001234567890，或公开频道、群组的 @名称",
                )
            )
        return chat


class TelegramEndpoint(EndpointConfig):
    """An endpoint of type ``telegram``: a bot and a chat."""

    type: Literal["telegram"]
    url: str = option(
        _API,
        "The Bot API server; may be one of your own (github.com/tdlib/telegram-bot-api).",
        "Bot API 服务器的地址；可以是自己搭建的（github.com/tdlib/telegram-bot-api）。",
        example="http://127.0.0.1:8081",
    )
    telegram: TelegramOptions = option(
        ...,
        "Options of Telegram.",
        "Telegram 的选项。",
        example={"bot_token": "123456789:<token>", "chat_id": -1001234567890},
    )

    @model_validator(mode="after")
    def _check_mention(self) -> TelegramEndpoint:
        remedy = Wording(
            'write in mention.users ids of users, digits only, or names with their @, such as "@steve"',
            '请在 mention.users 中填写用户 ID（只有数字）或带 @ 的用户名，例如 "@steve"',
        )
        check_users(self.mention, r"[0-9]{1,20}|@[A-Za-z0-9_]{2,32}", remedy)
        return self
