"""The config of a Mattermost endpoint: https://docs.mattermost.com/integrations-guide/incoming-webhooks.html"""

from __future__ import annotations

from typing import Any, Dict, Optional, Union
from urllib.parse import urlsplit

from pydantic import BeforeValidator, model_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.common.options import check_users
from prime_notify.channels.common.sender import SenderOptions
from prime_notify.config.choices import SeverityChoice, as_choice
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, option
from prime_notify.text.wording import Wording

__all__ = ["MattermostEndpoint", "MattermostOptions"]

_NAME = "@?[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_Level = Annotated[Literal["standard", "important", "urgent"], BeforeValidator(as_choice)]


class MattermostOptions(SenderOptions):
    """Options of Mattermost."""

    channel: Optional[str] = option(
        None,
        'Another channel than the webhook\'s, by its name in the address ("town-square"), or "@steve" for a direct '
        "message. A webhook that is locked to its channel refuses it.",
        "发到其他频道：填写频道网址中的名称（“town-square”），或用 “@steve” 发私信。锁定了频道的 webhook 会拒绝。",
        example="town-square",
        min_length=1,
        content=True,
        essential=True,
    )
    priority: Optional[Union[_Level, Dict[SeverityChoice, _Level]]] = option(
        None,
        'The priority label, for all messages or by severity: "important" or "urgent". By default none.',
        "消息优先级标签，可统一设置，也可按严重程度设置：“important” 或 “urgent”。默认没有。",
        example={"error": "urgent"},
        public=True,
    )
    ask_for_acknowledgement: bool = option(
        False,
        "Whether a message with a priority asks its readers to acknowledge it.",
        "带优先级的消息是否要求读者确认。",
        example=True,
        public=True,
    )


class MattermostEndpoint(EndpointConfig):
    """An endpoint of type ``mattermost``: the ``url`` of an incoming webhook."""

    type: Literal["mattermost"]
    url: str = option(
        ...,
        "The address of an incoming webhook, https://<server>/hooks/<key>.",
        "传入 Webhook（Incoming Webhook）的地址 https://<服务器>/hooks/<key>。",
        example="https://mattermost.example.com/hooks/<key>",
    )
    mattermost: MattermostOptions = option(
        MattermostOptions(), "Options of Mattermost.", "Mattermost 的选项。", example={"username": "Backups"}
    )

    @model_validator(mode="after")
    def _check(self) -> Any:
        if "/api/v4/" in urlsplit(self.url).path:
            raise MisfitError(
                Wording(
                    "write the address of an incoming webhook, https://<server>/hooks/..., not that of the API",
                    "请填写传入 Webhook 的地址 https://<服务器>/hooks/...，而不是 API 的地址",
                ),
                "url",
            )
        remedy = Wording(
            "write users and groups by their names, such as steve, in mention",
            "请在 mention 中填写用户名或用户组名，例如 steve",
        )
        check_users(self.mention, _NAME, remedy)
        check_users(self.mention, _NAME, remedy, "roles")
        return self
