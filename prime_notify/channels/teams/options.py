"""The config of a Teams endpoint: the address of a workflow of Power Automate.

https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Tuple
from urllib.parse import parse_qs, urlsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.options import check_users
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, Options, option
from prime_notify.config.problem import Location
from prime_notify.text.wording import Wording

__all__ = ["TeamsEndpoint", "TeamsOptions"]

_CONNECTORS = re.compile(r"(?:.+\.)?webhook\.office\.com|outlook\.office(?:365)?\.com")
_PRINCIPAL = r"[^@\s<>\"&]{1,100}@[A-Za-z0-9.-]{1,150}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_WORKFLOWS = re.compile(r"(?:.+\.)?(?:logic\.azure\.(?:com|us)|powerplatform\.(?:com|us))")


class TeamsOptions(Options):
    """Options of Teams."""

    full_width: bool = option(
        False,
        "Whether the card takes the whole width of the chat.",
        "卡片是否占满聊天窗口的宽度。",
        example=True,
        public=True,
    )


class TeamsEndpoint(EndpointConfig):
    """An endpoint of type ``teams``: the ``url`` of a workflow."""

    type: Literal["teams"]
    url: str = option(
        ...,
        "The address of a workflow that starts with a Teams webhook request, with its sig parameter.",
        "以“收到 Teams webhook 请求时”触发的工作流的地址，包含其中的 sig 参数。",
        example="https://<id>.environment.api.powerplatform.com/workflows/<id>/triggers/manual/paths/invoke?sig=<sig>",
    )
    teams: TeamsOptions = option(TeamsOptions(), "Options of Teams.", "Teams 的选项。", example={"full_width": True})

    @model_validator(mode="after")
    def _check(self) -> Any:
        if _CONNECTORS.fullmatch(urlsplit(self.url).hostname or ""):
            raise MisfitError(
                Wording(
                    "this is the address of a connector, which Microsoft has retired: in Teams, open the channel's "
                    '"...", Workflows, "Send webhook alerts to a channel", and copy the new address',
                    "这是 Office 365 连接器的地址，微软已停用连接器：请在 Teams 中打开频道的“...”→“工作流”→"
                    "“将 Webhook 警报发送到频道”，并复制新的地址",
                ),
                "url",
            )
        check_users(
            self.mention,
            _PRINCIPAL,
            Wording(
                'write users in mention.users by the address with which they log in ("steve@example.com"), or by '
                "their object id",
                "请在 mention.users 中填写用户的登录地址（“steve@example.com”）或对象 ID",
            ),
        )
        return self

    def warnings(self) -> Iterable[Tuple[Location, Wording]]:
        yield from super().warnings()
        parts = urlsplit(self.url)
        if _WORKFLOWS.fullmatch(parts.hostname or "") and "sig" not in parse_qs(parts.query):
            remedy = Wording(
                'copy the whole address of the workflow, up to the end of "sig=..."; without it only people who are '
                'logged in may start the workflow ("Who can trigger the flow" is not "Anyone")',
                '请复制工作流的完整地址，直到 "sig=..." 的末尾；'
                "缺少它时只有已登录的人能触发（“谁可以触发流”不是“任何人”）",
            )
            yield ("url",), remedy
