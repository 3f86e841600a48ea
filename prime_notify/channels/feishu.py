"""Feishu: cards in a group chat, through a custom bot (:mod:`prime_notify.channels.common.feishu_bot`).

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

from __future__ import annotations

from typing_extensions import Literal

from prime_notify.channels.common.feishu_answers import answers_of
from prime_notify.channels.common.feishu_bot import CardBot, CardBotEndpoint, CardBotOptions, sign
from prime_notify.channels.common.variables import VARIABLES
from prime_notify.config.option import option
from prime_notify.text.wording import Wording

__all__ = ["Feishu", "FeishuEndpoint", "FeishuOptions", "sign"]


class FeishuOptions(CardBotOptions):
    """Options of a custom bot of Feishu."""


class FeishuEndpoint(CardBotEndpoint):
    """An endpoint of type ``feishu``; of Lark, too."""

    type: Literal["feishu"]
    url: str = option(
        ...,
        "The webhook address of a custom bot, of Feishu or of Lark; or of an automation of a Base.",
        "自定义机器人的 webhook 地址，飞书或 Lark 均可；或多维表格自动化流程的 webhook 地址。",
        example="https://open.feishu.cn/open-apis/bot/v2/hook/<id>",
    )
    feishu: FeishuOptions = option(
        FeishuOptions, "Options of the bot.", "机器人的选项。", example={"secret": "<secret>"}
    )

    @property
    def bot(self) -> FeishuOptions:
        return self.feishu


class Feishu(CardBot[FeishuEndpoint]):
    """The custom bot of Feishu."""

    type = "feishu"
    also_asked = (("feishu", "secret"), ("feishu", "keyword"))
    endpoint_model = FeishuEndpoint
    example = {"name": "team", "type": "feishu", "url": "https://open.feishu.cn/open-apis/bot/v2/hook/<id>"}
    about = {
        "en_us": (
            "Posts cards to a group chat of [Feishu](https://www.feishu.cn) or [Lark](https://www.larksuite.com). In "
            "the group's settings add a *custom bot* and copy its webhook address. Where its security settings ask "
            "for a signature or a keyword, write them to `feishu.secret` and `feishu.keyword`. An *automation* of a "
            "Base that starts with a webhook gets flat variables: "
            f"{', '.join(f'`{name}`' for name in VARIABLES)}."
        ),
        "zh_cn": (
            "向[飞书](https://www.feishu.cn)或 [Lark](https://www.larksuite.com) 群聊发送卡片。"
            "在群设置中添加“自定义机器人”，复制它的 webhook 地址；"
            "若安全设置启用了签名校验或自定义关键词，请填入 `feishu.secret` 与 `feishu.keyword`。"
            "由“接收到 webhook 时”触发的多维表格自动化流程会收到以下变量："
            f"{'、'.join(f'`{name}`' for name in VARIABLES)}。"
        ),
    }
    answers = answers_of(Wording("Feishu", "飞书"), "feishu")
