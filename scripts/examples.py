"""The file of examples that is written beside a config: one endpoint of each type, as its channel gives it."""

from __future__ import annotations

import json
import re

from prime_notify.channels.common.registry import channel_types

__all__ = ["render_examples"]

_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_HOW = {
    "en_us": 'One example for each type of endpoint. Copy the value of an "endpoint" into the list '
    "notification.endpoints in config.json, write your own values into it, set notification.enabled to true, then type "
    "!!pn reload. Prime Notify writes this file at each start: changes in it have no effect.",
    "zh_cn": '每种推送目标一个示例。把某个 "endpoint" 的值复制到 config.json 的 notification.endpoints 列表中，'
    "换成你自己的值，将 notification.enabled 设为 true，然后执行 !!pn reload。"
    "本文件由 Prime Notify 在每次启动时写入，修改它不会生效。",
}


def render_examples(language: str) -> str:
    """The file in ``en_us`` or ``zh_cn``."""
    examples, names = [], set()
    for channel in channel_types().values():
        endpoint = dict(channel.example)
        if endpoint["name"] in names:  # so that several may be copied as they are
            endpoint["name"] = channel.type
        names.add(endpoint["name"])
        examples.append({"about": _plain(channel.about[language]), "endpoint": endpoint})
    return json.dumps({"how": _HOW[language], "examples": examples}, indent=2, ensure_ascii=False) + "\n"


def _plain(markdown: str) -> str:
    """The text with the address of each link behind it. Links within the documentation lose theirs."""
    text = _LINK.sub(lambda link: f"{link[1]} ({link[2]})" if "://" in link[2] else link[1], markdown)
    return text.replace("**", "").replace("`", "").replace("*", "")
