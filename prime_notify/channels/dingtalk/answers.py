"""The meaning of DingTalk's answers. Some codes are not in its documents; others have seen them in real answers."""

from __future__ import annotations

import re

from prime_notify.channels.common.answers import Answers, Meaning, RefusalKind, number
from prime_notify.model.outcome import Outcome, Retry
from prime_notify.model.response import Response
from prime_notify.text.json_text import parse_object
from prime_notify.text.wording import Wording

__all__ = ["judge_answer"]

_BLOCKED = 600.0  # seconds without any message for a bot that sent more than 20 in a minute

_TOO_FAST = Meaning(
    Wording(
        "DingTalk accepts 20 messages a minute and then silences the bot for ten minutes",
        "钉钉每分钟接受 20 条消息，超过后机器人会被禁言十分钟",
    ),
    RefusalKind.THROTTLED,
    _BLOCKED,
)
_WRONG_TOKEN = Meaning(
    Wording(
        "copy the bot's webhook address again: its access_token is unknown to DingTalk",
        "请重新复制机器人的 webhook 地址：钉钉不认识其中的 access_token",
    )
)
_REFUSED_TEXT = Meaning(
    Wording(
        "DingTalk's content check refused the message: see the actions and texts of this endpoint",
        "消息未通过钉钉的内容检查：请查看该推送目标的 actions 与文本",
    )
)
_TOO_MANY = Wording("too many requests came", "请求过多")
_GATE = Wording("DingTalk's own gateway turned the request away for now", "钉钉的网关暂时拒绝了请求")
_ANSWERS = Answers(
    service=Wording("DingTalk", "钉钉"),
    success=0,
    code_fields=("errcode",),
    text_fields=("errmsg",),
    patterns=(
        (re.compile("too fast|too many|over limit|限流|太快", re.IGNORECASE), _TOO_FAST),
        (
            re.compile("keyword|关键词", re.IGNORECASE),
            Meaning(
                Wording(
                    "the bot requires a keyword: write one of those in its security settings to dingtalk.keyword",
                    "机器人要求关键词：请把安全设置中的某个关键词填入 dingtalk.keyword",
                )
            ),
        ),
        (
            re.compile("timestamp|过期", re.IGNORECASE),
            Meaning(
                Wording(
                    "check this machine's clock: DingTalk accepts signatures of the last hour only",
                    "请检查本机的时钟：钉钉只接受一小时内的签名",
                )
            ),
        ),
        (
            re.compile(r"\bsign\b|签名", re.IGNORECASE),
            Meaning(
                Wording(
                    "compare dingtalk.secret with the secret (SEC...) in the bot's security settings",
                    "请核对 dingtalk.secret 与机器人安全设置中的密钥（SEC 开头）",
                )
            ),
        ),
        (
            re.compile("whitelist|白名单", re.IGNORECASE),
            Meaning(
                Wording(
                    "add this server's public address to the IP addresses in the bot's security settings",
                    "请把本服务器的公网地址加入机器人安全设置中的 IP 地址",
                )
            ),
        ),
        (re.compile("token is not exist", re.IGNORECASE), _WRONG_TOKEN),
    ),
    meanings={
        -1: Meaning(Wording("DingTalk itself is busy", "钉钉系统繁忙"), RefusalKind.RETRY),
        88: _WRONG_TOKEN,
        40035: Meaning(
            Wording(
                "a parameter is missing: is the URL that of a custom bot, with its access_token?",
                "缺少参数：URL 是否为自定义机器人的地址并带有 access_token？",
            )
        ),
        43004: Meaning(
            Wording(
                "DingTalk requires application/json: remove Content-Type from this endpoint's headers",
                "钉钉要求 application/json：请从该推送目标的 headers 中去掉 Content-Type",
            )
        ),
        90030: _TOO_FAST,
        130101: _TOO_FAST,
        300001: _WRONG_TOKEN,
        300005: _WRONG_TOKEN,
        310000: Meaning(
            Wording(
                "look into the bot's security settings: keyword, signature or IP addresses",
                "请查看机器人的安全设置：关键词、加签或 IP 地址",
            )
        ),
        400013: Meaning(
            Wording("the group was dissolved: add a bot to another one", "群已解散：请在其他群中添加机器人")
        ),
        400101: _WRONG_TOKEN,
        400102: Meaning(
            Wording(
                "the bot was stopped: switch it on again in the group's settings", "机器人已停用：请在群设置中重新启用"
            )
        ),
        400105: Meaning(
            Wording(
                "DingTalk does not accept such messages here: is the URL that of a custom bot?",
                "钉钉在此不接受这种消息：URL 是否为自定义机器人的地址？",
            )
        ),
        400106: Meaning(
            Wording(
                "the bot was removed from the group: add it again and copy its address",
                "机器人已被移出群：请重新添加并复制其地址",
            )
        ),
        410100: _TOO_FAST,
        430101: _REFUSED_TEXT,
        430102: _REFUSED_TEXT,
        430103: _REFUSED_TEXT,
        430104: _REFUSED_TEXT,
        660026: _TOO_FAST,
    },
    unknown=Wording(
        "see the error codes at https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages",
        "错误码见 https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages",
    ),
)


def judge_answer(response: Response) -> Outcome:
    """``errcode`` 0 is the only success. An answer of the gateway has no ``errcode``, and names a time to wait."""
    answer = parse_object(response.body)
    if 200 <= response.status < 300 and "punish" in answer and "errcode" not in answer:
        after = min(max(number(answer.get("wait")) or 0, 60), 3600)
        return Retry(_GATE, response.status, after=float(after), throttled=True, hint=_TOO_MANY)
    return _ANSWERS.judge(response)
