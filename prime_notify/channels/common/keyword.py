"""The option of bots that take only messages with a keyword in them."""

from __future__ import annotations

from typing import Optional

from prime_notify.config.option import Options, option

__all__ = ["KeywordOptions"]


class KeywordOptions(Options):
    """Base of a channel's options."""

    keyword: Optional[str] = option(
        None,
        "One of the bot's custom keywords, when it has any; added to titles that lack it.",
        "机器人设置了“自定义关键词”时，填其中一个；标题中没有时会自动补上。",
        example="Minecraft",
        min_length=1,
        max_length=50,
        content=True,
    )
