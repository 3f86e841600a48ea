"""Lark, the international Feishu: the same bot (:mod:`prime_notify.channels.common.feishu_bot`) at other addresses.

https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot
"""

from __future__ import annotations

from typing_extensions import Literal

from prime_notify.channels.common.feishu_answers import answers_of
from prime_notify.channels.common.feishu_bot import CardBot, CardBotEndpoint, CardBotOptions
from prime_notify.channels.common.variables import VARIABLES
from prime_notify.config.option import option
from prime_notify.text.wording import verbatim

__all__ = ["Lark", "LarkEndpoint", "LarkOptions"]


class LarkOptions(CardBotOptions):
    """Options of a custom bot of Lark."""


class LarkEndpoint(CardBotEndpoint):
    """An endpoint of type ``lark``."""

    type: Literal["lark"]
    url: str = option(
        ...,
        "The webhook address of a custom bot of Lark, or of an automation of a Base.",
        "Lark 自定义机器人的 webhook 地址，或多维表格（Base）自动化流程的 webhook 地址。",
        example="https://open.larksuite.com/open-apis/bot/v2/hook/<id>",
    )
    lark: LarkOptions = option(LarkOptions, "Options of the bot.", "机器人的选项。", example={"secret": "<secret>"})

    @property
    def bot(self) -> LarkOptions:
        return self.lark


class Lark(CardBot[LarkEndpoint]):
    """The custom bot of Lark."""

    type = "lark"
    endpoint_model = LarkEndpoint
    example = {"name": "team", "type": "lark", "url": "https://open.larksuite.com/open-apis/bot/v2/hook/<id>"}
    about = {
        "en_us": (
            "Posts cards to a group chat of [Lark](https://www.larksuite.com), the international edition of Feishu. In "
            "the group's settings choose *Bots*, *Add Bot*, *Custom Bot*, and copy the webhook address. Where its "
            "security settings ask for a signature or a keyword, write them to `lark.secret` and `lark.keyword`. An "
            "*automation* of a Base that starts with a webhook gets flat variables: "
            f"{', '.join(f'`{name}`' for name in VARIABLES)}."
        ),
        "zh_cn": (
            "向飞书国际版 [Lark](https://www.larksuite.com) 群聊发送卡片。"
            "在群设置中选择“机器人”→“添加机器人”→“自定义机器人”，复制它的 webhook 地址；"
            "若安全设置启用了签名校验或自定义关键词，请填入 `lark.secret` 与 `lark.keyword`。"
            "由“接收到 webhook 时”触发的多维表格（Base）自动化流程会收到以下变量："
            f"{'、'.join(f'`{name}`' for name in VARIABLES)}。"
        ),
    }
    answers = answers_of(verbatim("Lark"), "lark")
