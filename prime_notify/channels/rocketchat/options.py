"""The config of a Rocket.Chat endpoint: https://docs.rocket.chat/docs/integrations"""

from __future__ import annotations

from typing import Any, Optional
from urllib.parse import urlsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.options import check_users
from prime_notify.channels.common.sender import SenderOptions
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, option
from prime_notify.text.wording import Wording

__all__ = ["RocketChatEndpoint", "RocketChatOptions"]

_NAME = r"@?[\w.-]{1,64}"


class RocketChatOptions(SenderOptions):
    """Options of Rocket.Chat."""

    channel: Optional[str] = option(
        None,
        'Another channel than the integration\'s ("#backups"), or a user ("@steve"). The integration has to allow it.',
        "发到其他频道（“#backups”）或用户（“@steve”）；须在集成设置中允许覆盖目标频道。",
        example="#backups",
        min_length=1,
        content=True,
        essential=True,
    )


class RocketChatEndpoint(EndpointConfig):
    """An endpoint of type ``rocketchat``: the ``url`` of an incoming webhook."""

    type: Literal["rocketchat"]
    url: str = option(
        ...,
        "The address of an incoming webhook, https://<server>/hooks/<id>/<token>.",
        "传入 WebHook（Incoming）的地址 https://<服务器>/hooks/<id>/<token>。",
        example="https://chat.example.com/hooks/<id>/<token>",
    )
    rocketchat: RocketChatOptions = option(
        RocketChatOptions(), "Options of Rocket.Chat.", "Rocket.Chat 的选项。", example={"username": "Backups"}
    )

    @model_validator(mode="after")
    def _check(self) -> Any:
        if "/api/v1/" in urlsplit(self.url).path:
            raise MisfitError(
                Wording(
                    "write the address of an incoming webhook, https://<server>/hooks/..., not that of the API",
                    "请填写传入 WebHook 的地址 https://<服务器>/hooks/...，而不是 API 的地址",
                ),
                "url",
            )
        remedy = Wording(
            "write users by their usernames, such as steve, in mention", "请在 mention 中填写用户名，例如 steve"
        )
        check_users(self.mention, _NAME, remedy)
        check_users(self.mention, _NAME, remedy, "roles")
        return self
