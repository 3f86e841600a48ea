"""Options that several services have in common, and their checks."""

from __future__ import annotations

import base64
import re
from typing import Any, Dict, Optional

from pydantic import model_validator

from prime_notify.config.message_options import Mention
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.text.wording import Wording

__all__ = ["MOST_MENTIONED", "CredentialOptions", "KeywordOptions", "check_users"]

MOST_MENTIONED = 50
"""The most people that one message can mention: DingTalk's limit, and more than other services have room for."""


class CredentialOptions(Options):
    """Base of the options of services that take a bearer token, or a user and a password.

    All of them may be absent: many servers in a local network ask for nothing.
    """

    token: Optional[str] = option(
        None,
        "An access token, sent as a bearer token.",
        "访问令牌，以 Bearer 方式发送。",
        example="<token>",
        min_length=1,
    )
    user: Optional[str] = option(
        None,
        "The user, where the server requires user and password.",
        "用户名（服务器要求用户名和密码时）。",
        example="minecraft",
        min_length=1,
        content=True,
    )
    password: Optional[str] = option(None, "The user's password.", "该用户的密码。", example="<password>", min_length=1)

    @model_validator(mode="after")
    def _check_credentials(self) -> Any:
        if (self.user is None) != (self.password is None):
            raise ValueError(Wording('write both "user" and "password"', '"user" 与 "password" 须一起填写'))
        if self.token and self.user:
            raise ValueError(
                Wording(
                    'write either "token", or "user" and "password"',
                    '请填写 "token"，或者 "user" 与 "password"，不要都写',
                )
            )
        if ":" in (self.user or ""):
            raise ValueError(
                Wording('write a user without ":" (HTTP cannot send one)', '用户名中不能有 ":"（HTTP 无法发送）')
            )
        if self.token and not (self.token.isascii() and self.token.isprintable() and " " not in self.token):
            raise ValueError(
                Wording("write the token alone, as the service shows it", "请只填写令牌本身，与服务上显示的一致")
            )
        return self

    @property
    def authorization(self) -> Dict[str, str]:
        """The Authorization header (RFC 6750, RFC 7617); none without credentials."""
        if self.token:
            return {"Authorization": f"Bearer {self.token}"}
        if self.user and self.password:
            pair = f"{self.user}:{self.password}".encode("utf-8", "replace")
            return {"Authorization": f"Basic {base64.b64encode(pair).decode('ascii')}"}
        return {}


class KeywordOptions(Options):
    """Base of the options of bots that take only messages with a keyword in them."""

    keyword: Optional[str] = option(
        None,
        "One of the bot's custom keywords, when it has any; added to titles that lack it.",
        "机器人设置了“自定义关键词”时，填其中一个；标题中没有时会自动补上。",
        example="Minecraft",
        min_length=1,
        max_length=50,
        content=True,
    )


def check_users(mention: Optional[Mention], pattern: str, remedy: Wording, kind: str = "users") -> None:
    """:raises MisfitError: ``remedy``, at the first of the ids that does not look like one of the service's.

    ``kind``: the option of the ids: ``users`` or ``roles``.
    """
    for index, id in enumerate(getattr(mention, kind, ())):
        if not re.fullmatch(pattern, id, re.ASCII):
            raise MisfitError(remedy, "mention", kind, index)
