"""The config of a Discord endpoint: https://discord.com/developers/docs/resources/webhook#execute-webhook"""

from __future__ import annotations

import re
from typing import Optional
from urllib.parse import parse_qs, urlsplit

from pydantic import field_validator, model_validator
from typing_extensions import Literal

from prime_notify.channels.common.options import check_users
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import Options, option

__all__ = ["DiscordEndpoint", "DiscordOptions"]

_SNOWFLAKE = "[0-9]{15,20}"
_FORBIDDEN = re.compile("clyde|discord", re.IGNORECASE)
_LONGEST_LINK = 512  # characters of a button's URL
_LONGEST_PICTURE = 2048


class DiscordOptions(Options):
    """Options of Discord."""

    username: Optional[str] = option(
        None,
        "The name shown as the sender instead of the webhook's.",
        "显示的发送者名称，代替 Webhook 自己的名称。",
        example="Backups",
        min_length=1,
        max_length=80,
        content=True,
    )
    avatar_url: Optional[str] = option(
        None,
        "The URL of the sender's picture.",
        "发送者头像的网址。",
        example="https://example.com/icon.png",
        max_length=_LONGEST_PICTURE,
        content=True,
    )
    thread_id: Optional[str] = option(
        None,
        "The id of a thread of the webhook's channel, or of a forum's post, in which everything is posted.",
        "Webhook 所在频道中的子区（或论坛帖子）的 ID，消息都发送到其中。",
        example="1234567890123456789",
        content=True,
    )
    forum: bool = option(
        False,
        "Whether the webhook's channel is a forum or media channel: each message, or with lifecycle each task, "
        "then makes a post of its own.",
        "Webhook 所在频道是否为论坛或媒体频道：每条消息（使用 lifecycle 时为每个任务）各发一个帖子。",
        example=True,
        public=True,
    )

    @field_validator("username")
    @classmethod
    def _check_username(cls, name: Optional[str]) -> Optional[str]:
        if name is not None and _FORBIDDEN.search(name):
            raise ValueError('write a name without "discord" and "clyde" in it: Discord refuses those')
        return name

    @field_validator("avatar_url")
    @classmethod
    def _check_avatar(cls, url: Optional[str]) -> Optional[str]:
        if url is not None and not re.fullmatch(r"https?://\S+", url):
            raise ValueError("write the whole address of a picture, https://...")
        return url

    @field_validator("thread_id")
    @classmethod
    def _check_thread(cls, thread: Optional[str]) -> Optional[str]:
        if thread is not None and not re.fullmatch(_SNOWFLAKE, thread, re.ASCII):
            raise ValueError('write the thread\'s id, digits only: right-click on it, "Copy Thread ID"')
        return thread


class DiscordEndpoint(EndpointConfig):
    """An endpoint of type ``discord``: the ``url`` of a channel's webhook."""

    type: Literal["discord"]
    url: str = option(
        ...,
        "The webhook's address, https://discord.com/api/webhooks/<id>/<token>.",
        "Webhook 的地址 https://discord.com/api/webhooks/<id>/<token>。",
        example="https://discord.com/api/webhooks/<id>/<token>",
    )
    discord: DiscordOptions = option(
        DiscordOptions(), "Options of Discord.", "Discord 的选项。", example={"username": "Backups"}
    )

    @property
    def thread_id(self) -> Optional[str]:
        """The thread in which everything is posted, from the options or from the address."""
        in_url = parse_qs(urlsplit(self.url).query).get("thread_id", [None])
        return self.discord.thread_id or in_url[0]

    @model_validator(mode="after")
    def _check_place(self) -> DiscordEndpoint:
        if re.search("/(slack|github)/?$", urlsplit(self.url).path):
            raise ValueError("write the address as Discord shows it, without /slack or /github at its end")
        if self.discord.forum and self.thread_id:
            raise ValueError('leave out "forum" or "thread_id": a thread_id puts everything into that one post')
        if self.lifecycle == "reply" and not self.discord.forum:
            raise ValueError(
                "Discord lets a webhook reply in forum channels only, where a task becomes a post: "
                'write "discord": {"forum": true} if it belongs to one, else "lifecycle": "update"'
            )
        return self

    @model_validator(mode="after")
    def _check_ids_and_links(self) -> DiscordEndpoint:
        remedy = 'write in mention.{} ids, digits only (Discord\'s developer mode has "Copy {} ID")'
        check_users(self.mention, _SNOWFLAKE, remedy.format("users", "User"))
        if self.mention and not all(re.fullmatch(_SNOWFLAKE, role, re.ASCII) for role in self.mention.roles):
            raise ValueError(remedy.format("roles", "Role"))
        if any(len(action.url) > _LONGEST_LINK for action in self.actions):
            raise ValueError(f"write shorter addresses in actions: Discord takes {_LONGEST_LINK} characters")
        return self
