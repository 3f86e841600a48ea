"""The meaning of the answers of Feishu and of Lark: ``code`` 0 is the only success, whatever the HTTP status.

Of custom bots: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot. Of the webhooks that begin an
automation of a Base: https://www.feishu.cn/hc/zh-CN/articles/383585269199.
"""

from __future__ import annotations

import re
from typing import Mapping

from prime_notify.channels.common.answers import Answers, Meaning, RefusalKind
from prime_notify.text.wording import Wording

__all__ = ["answers_of"]

_MINUTE = 60.0  # seconds
_WRONG_URL = Meaning(
    Wording(
        "copy the bot's webhook address again: the bot may have been removed from the group",
        "请重新复制机器人的 webhook 地址：它可能已被移出群",
    )
)
_MALFORMED = Meaning(
    Wording(
        "the request was refused as malformed: is the URL that of a custom bot?",
        "请求的格式被拒绝：URL 是否为自定义机器人的地址？",
    )
)
_SWITCHED_OFF = Meaning(Wording("switch the bot on again in the group's settings", "请在群设置中重新启用机器人"))
_CARD_REFUSED = Meaning(
    Wording(
        "the card was refused: check the ids in mention (@all needs the group's permission) and the actions",
        "卡片被拒绝：请检查 mention 中的 id（@所有人需要群的权限）与 actions",
    )
)


def answers_of(service: Wording, type: str) -> Answers:
    """The table of ``service``, for the channel ``type``, whose options the remedies name."""
    busy = Meaning(
        Wording(
            "{service} is slowing the bot down; it accepts 100 messages a minute, and fewer on the hour and the half "
            "hour",
            "{service} 限制了机器人的频率：每分钟 100 条，整点与半点时更少",
            service=service,
        ),
        RefusalKind.THROTTLED,
        _MINUTE,
    )
    return Answers(
        service=service,
        success=0,
        code_fields=("code", "StatusCode"),
        text_fields=("msg", "StatusMessage"),
        patterns=(
            (re.compile("frequency|too many|rate limit|频率|限流", re.IGNORECASE), busy),
            (re.compile("access token invalid", re.IGNORECASE), _WRONG_URL),
            (re.compile("workflow is disabled", re.IGNORECASE), _AUTOMATION_OFF),
            (re.compile("not enabled|stopped|disabled|停用", re.IGNORECASE), _SWITCHED_OFF),
            (re.compile("ErrCode: 200|card", re.IGNORECASE), _CARD_REFUSED),
        ),
        meanings={
            9499: _MALFORMED,
            19001: _WRONG_URL,
            19002: _MALFORMED,
            **dict.fromkeys((11232, 11247, 99991400), busy),
            **_security(type),
            **_automation(type),
        },
        unknown=Wording(
            "see the error codes at https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot",
            "错误码见 https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot",
        ),
    )


def _security(type: str) -> Mapping[int, Meaning]:
    """The codes of a bot's security settings."""
    return {
        19021: Meaning(
            Wording(
                "compare {type}.secret with the secret in the bot's security settings, and check this machine's "
                "clock: a signature is good for an hour",
                "请核对 {type}.secret 与机器人安全设置中的密钥，并检查本机的时钟：签名一小时内有效",
                type=type,
            )
        ),
        19022: Meaning(
            Wording(
                "add this server's public address to the IP allowlist in the bot's security settings",
                "请把本服务器的公网地址加入机器人安全设置中的 IP 白名单",
            )
        ),
        19024: Meaning(
            Wording(
                "the bot requires a keyword: write one of those in its security settings to {type}.keyword",
                "机器人要求关键词：请把安全设置中的某个关键词填入 {type}.keyword",
                type=type,
            )
        ),
    }


_AUTOMATION_OFF = Meaning(
    Wording("switch the automation on again in the Base", "请在多维表格中重新启用该自动化流程"), RefusalKind.DISABLE
)


def _automation(type: str) -> Mapping[int, Meaning]:
    """The codes of a webhook that begins an automation."""
    return {
        800004509: _AUTOMATION_OFF,
        800005649: Meaning(
            Wording(
                "write the Bearer token of the automation's trigger to {type}.token",
                "请把自动化流程触发条件中的 Bearer token 填入 {type}.token",
                type=type,
            )
        ),
        800005650: Meaning(
            Wording(
                "add this server's public address to the IP allowlist of the automation's trigger",
                "请把本服务器的公网地址加入自动化流程触发条件的 IP 白名单",
            )
        ),
    }
