"""The config of a Discord endpoint: https://discord.com/developers/docs/resources/webhook#execute-webhook"""

from __future__ import annotations

import re
from typing import Optional
from urllib.parse import parse_qs, urlsplit

from pydantic import field_validator, model_validator
from typing_extensions import Literal

from prime_notify.channels.common.options import check_users
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.text.wording import Wording

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
        essential=True,
    )
    forum: bool = option(
        False,
        "Whether the webhook's channel is a forum or media channel: each message, or with lifecycle each task, "
        "then makes a post of its own.",
        "Webhook 所在频道是否为论坛或媒体频道：每条消息（使用 lifecycle 时为每个任务）各发一个帖子。",
        example=True,
        public=True,
        essential=True,
    )

    @field_validator("username")
    @classmethod
    def _check_username(cls, name: Optional[str]) -> Optional[str]:
        if name is not None and _FORBIDDEN.search(name):
            raise ValueError(
                Wording(
                    'write a name without "discord" and "clyde" in it: Discord refuses those',
                    '名称中不能有 "discord" 和 "clyde"：Discord 会拒绝',
                )
            )
        return name

    @field_validator("avatar_url")
    @classmethod
    def _check_avatar(cls, url: Optional[str]) -> Optional[str]:
        if url is not None and not re.fullmatch(r"https?://\S+", url):
            raise ValueError(
                Wording("write the whole address of a picture, https://...", "请填写图片的完整地址，https://...")
            )
        return url

    @field_validator("thread_id")
    @classmethod
    def _check_thread(cls, thread: Optional[str]) -> Optional[str]:
        if thread is not None and not re.fullmatch(_SNOWFLAKE, thread, re.ASCII):
            raise ValueError(
                Wording(
                    'write the thread\'s id, digits only: right-click on it, "Copy Thread ID"',
                    "请填写子区的 ID（只有数字）：右键点击子区，选择“复制子区 ID”",
                )
            )
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
            raise MisfitError(
                Wording(
                    "write the address as Discord shows it, without /slack or /github at its end",
                    "请填写 Discord 显示的地址，末尾不要有 /slack 或 /github",
                ),
                "url",
            )
        if self.discord.forum and self.thread_id:
            raise ValueError(
                Wording(
                    'leave out "forum" or "thread_id": a thread_id puts everything into that one post',
                    '"forum" 与 "thread_id" 只能留一个：有 thread_id 时，所有消息都发到那一个帖子里',
                )
            )
        if self.lifecycle == "reply" and not self.discord.forum:
            remedy = Wording(
                "Discord lets a webhook reply in forum channels only, where a task becomes a post: "
                'write "discord": {{"forum": true}} if it belongs to one, else "lifecycle": "update"',
                "Discord 只允许 Webhook 在论坛频道中回复（每个任务一个帖子）："
                '若它属于论坛频道，请写 "discord": {{"forum": true}}，否则请写 "lifecycle": "update"',
            )
            raise MisfitError(remedy, "lifecycle")
        return self

    @model_validator(mode="after")
    def _check_ids_and_links(self) -> DiscordEndpoint:
        for kind, menu in (("users", Wording("User", "用户")), ("roles", Wording("Role", "身份组"))):
            remedy = Wording(
                'write in mention.{kind} ids, digits only (Discord\'s developer mode has "Copy {menu} ID")',
                "请在 mention.{kind} 中填写 ID（只有数字；开启 Discord 的开发者模式后可“复制{menu} ID”）",
                kind=kind,
                menu=menu,
            )
            check_users(self.mention, _SNOWFLAKE, remedy, kind)
        for index, action in enumerate(self.actions):
            if len(action.url) > _LONGEST_LINK:
                shorter = Wording(
                    "write a shorter address: Discord accepts {most} characters",
                    "请缩短地址：Discord 最多接受 {most} 个字符",
                    most=_LONGEST_LINK,
                )
                raise MisfitError(shorter, "actions", index)
        return self
