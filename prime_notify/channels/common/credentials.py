"""Options of services that take a bearer token, or a user and a password."""

from __future__ import annotations

import base64
from typing import Any, Dict, Optional

from pydantic import model_validator

from prime_notify.config.option import Options, option

__all__ = ["CredentialOptions"]


class CredentialOptions(Options):
    """Base of a channel's options. All of it is optional: many servers in a local network ask for nothing."""

    token: Optional[str] = option(
        None,
        "An access token, sent as a bearer token.",
        "访问令牌，以 Bearer 方式发送。",
        example="<token>",
        min_length=1,
    )
    user: Optional[str] = option(
        None,
        "The user, where the server wants user and password.",
        "用户名（服务器要求用户名和密码时）。",
        example="minecraft",
        min_length=1,
        content=True,
    )
    password: Optional[str] = option(None, "The user's password.", "该用户的密码。", example="<password>", min_length=1)

    @model_validator(mode="after")
    def _check_credentials(self) -> Any:
        if (self.user is None) != (self.password is None):
            raise ValueError('write both "user" and "password"')
        if self.token and self.user:
            raise ValueError('write either "token", or "user" and "password"')
        if ":" in (self.user or ""):
            raise ValueError('write a user without ":" (HTTP cannot send one)')
        if self.token and not (self.token.isascii() and self.token.isprintable() and " " not in self.token):
            raise ValueError("write the token alone, as the service shows it")
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
