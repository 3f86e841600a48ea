"""The config of a Slack endpoint: either an incoming webhook, or a bot that posts to a channel.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks and
https://docs.slack.dev/reference/methods/chat.postMessage
"""

from __future__ import annotations

from typing import Iterable, List, Optional, Tuple
from urllib.parse import urlsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.options import check_users
from prime_notify.channels.common.sender import SenderOptions
from prime_notify.channels.slack.workflow import is_workflow
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, option
from prime_notify.config.problem import Location
from prime_notify.text.wording import Wording

__all__ = ["SlackEndpoint", "SlackOptions"]

_API = "https://slack.com/api"
_WEBHOOKS = "hooks.slack.com"
_BOT = '"slack": {"bot_token": "xoxb-...", "channel": "C0123456789"}'
_IGNORED = Wording(
    "Slack ignores it for a webhook of an app, which posts to its own channel: leave it out, or use a bot: {bot}",
    "应用的 webhook 只发到它自己的频道，Slack 会忽略此项：请去掉，或改用机器人：{bot}",
    bot=_BOT,
)
_USER = "[UW][A-Z0-9]{2,20}"
_GROUP = "S[A-Z0-9]{2,20}"


class SlackOptions(SenderOptions):
    """Options of Slack."""

    bot_token: Optional[str] = option(
        None,
        'The bot\'s token, "xoxb-..."; the bot needs the scope chat:write and must be a member of the channel.',
        "机器人的令牌，形如 “xoxb-...”；机器人需要 chat:write 权限，并且已加入该频道。",
        example="xoxb-<token>",
        min_length=1,
    )
    channel: Optional[str] = option(
        None,
        'The bot\'s channel: its id ("C0123456789") or name ("#backups"). Slack ignores it for a webhook; compatible '
        "servers and old webhooks may not.",
        "机器人发送到的频道：频道 ID（“C0123456789”）或名称（“#backups”）。使用 webhook 时 Slack 会忽略它；"
        "兼容服务器与旧式 webhook 可能不会。",
        example="#backups",
        min_length=1,
        content=True,
        essential=True,
    )
    username: Optional[str] = option(
        None,
        "The name shown as the sender; a bot needs the scope chat:write.customize for it.",
        "显示的发送者名称；机器人需要 chat:write.customize 权限。",
        example="Backups",
        min_length=1,
        max_length=80,
        content=True,
    )


class SlackEndpoint(EndpointConfig):
    """An endpoint of type ``slack``: ``url`` of an incoming webhook, or ``slack.bot_token`` and ``slack.channel``."""

    type: Literal["slack"]
    url: str = option(
        _API,
        f"The address of an incoming webhook, https://{_WEBHOOKS}/services/..., or of a workflow, "
        f"https://{_WEBHOOKS}/triggers/...; with a bot token, the Web API's.",
        f"Incoming Webhook 的地址 https://{_WEBHOOKS}/services/...，或工作流的地址 https://{_WEBHOOKS}/triggers/...；"
        "使用机器人令牌时为 Web API 的地址。",
        example="https://hooks.slack.com/services/<id>",
    )
    slack: SlackOptions = option(
        SlackOptions(),
        "Options of Slack.",
        "Slack 的选项。",
        example={"username": "Backups"},
    )

    @property
    def is_webhook(self) -> bool:
        """Whether this is an incoming webhook. Its messages can neither be replied to nor updated."""
        return not self.slack.bot_token

    @model_validator(mode="after")
    def _check_way(self) -> SlackEndpoint:
        if not self.is_webhook:
            if not self.slack.channel:
                raise ValueError(
                    Wording(
                        "name the channel in which the bot posts: {bot}", "请填写机器人发送到的频道：{bot}", bot=_BOT
                    )
                )
            if urlsplit(self.url).hostname == _WEBHOOKS:
                raise MisfitError(
                    Wording(
                        'leave out "url": a bot posts to its channel, not to a webhook; or leave out the token',
                        '请去掉 "url"：机器人发送到频道，而不是 Webhook；或者去掉令牌',
                    ),
                    "url",
                )
            return self
        if self.url == _API:
            raise ValueError(
                Wording(
                    'write the webhook\'s address as "url": "https://{host}/services/...", or {bot}',
                    '请填写 Webhook 的地址："url": "https://{host}/services/..."，或使用机器人：{bot}',
                    host=_WEBHOOKS,
                    bot=_BOT,
                )
            )
        return self

    def warnings(self) -> Iterable[Tuple[Location, Wording]]:
        yield from super().warnings()
        if self.is_webhook and self.slack.channel and urlsplit(self.url).hostname == _WEBHOOKS:
            yield ("slack", "channel"), _IGNORED
        if not self.is_webhook or not is_workflow(self.url):
            return
        ignored: List[Location] = [(name,) for name in ("actions", "mention") if getattr(self, name)]
        ignored += [("slack", name) for name in ("username", "icon") if getattr(self.slack, name)]
        for location in ignored:
            yield (
                location,
                Wording(
                    "a workflow gets variables only, and its steps say how they look; leave it out; it is ignored",
                    "工作流只接收变量，外观由它的步骤决定；请去掉此项；它会被忽略",
                ),
            )

    @model_validator(mode="after")
    def _check_lifecycle(self) -> SlackEndpoint:
        if self.is_webhook and self.lifecycle != "separate":
            remedy = Wording(
                'leave out "lifecycle": an incoming webhook can neither reply nor update; a bot can do both: {bot}',
                '请去掉 "lifecycle"：Incoming Webhook 既不能回复也不能更新消息；机器人两者都可以：{bot}',
                bot=_BOT,
            )
            raise MisfitError(remedy, "lifecycle")
        return self

    @model_validator(mode="after")
    def _check_mention(self) -> SlackEndpoint:
        check_users(
            self.mention,
            _USER,
            Wording(
                'write in mention.users the ids of members, such as "U0123456789"',
                '请在 mention.users 中填写成员 ID，例如 "U0123456789"',
            ),
        )
        groups = Wording(
            'write in mention.roles the ids of user groups, such as "S0123456789"',
            '请在 mention.roles 中填写用户组 ID，例如 "S0123456789"',
        )
        check_users(self.mention, _GROUP, groups, "roles")
        return self
