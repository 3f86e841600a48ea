"""Cards of messages to chats, made from their requests."""

from __future__ import annotations

import json
import re
from typing import Any, Iterator, List, Mapping, Tuple

from scripts.gallery.card import EVERYONE, Card, escape, lines, markdown

__all__ = ["dingtalk", "discord", "feishu", "kook", "onebot", "slack", "telegram", "wecom"]

_Pair = Tuple[str, str]
_FEISHU_TONES = {"green": "#34c724", "red": "#f54a45", "yellow": "#ffc60a", "orange": "#ff8800", "blue": "#3370ff"}
_KOOK_TONES = {"success": "#3abd54", "warning": "#fa8c16", "danger": "#f54236", "info": "#3a78f2"}
_WECOM_TONES = {"info": "#39b54a", "comment": "#909399", "warning": "#ff9900"}


def slack(body: Mapping[str, Any]) -> Card:
    """Blocks: the header and mentions above, an attachment with its coloured bar below."""
    above = body.get("blocks", ())
    inside = [block for one in body.get("attachments", ()) for block in one.get("blocks", ())]
    cells = [_slack_text(cell) for block in inside for cell in block.get("fields", ())]
    elements = [(block["type"], element) for block in inside for element in block.get("elements", ())]
    kinds = {"header": "title", "section": "text"}
    return Card(
        "slack",
        lead="".join(f'<div class="{kinds[block["type"]]}">{_slack_text(block["text"])}</div>' for block in above),
        body="".join(f"<p>{_slack_text(block['text'])}</p>" for block in inside if "text" in block),
        fields=tuple(zip(cells[::2], cells[1::2])),
        buttons=tuple(_slack_text(element["text"]) for kind, element in elements if kind == "actions"),
        footer=" &nbsp; ".join(_slack_text(element) for kind, element in elements if kind == "context"),
        tone="".join(one.get("color", "") for one in body.get("attachments", ())),
    )


def _slack_text(text: Mapping[str, Any]) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text"""
    if text["type"] == "plain_text":
        return escape(text["text"]).replace("\n", "<br>")
    shown = str(text["text"])  # already escaped
    shown = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", shown)
    shown = re.sub(r"<@(\w+)>", '<span class="at">@admin</span>', shown)
    shown = re.sub(r"<!(?:subteam\^)?(\w+)[^>]*>", r'<span class="at">@\1</span>', shown)
    shown = re.sub(r"<(https?://[^|>]+)\|([^>]*)>", r"<a>\2</a>", shown)
    shown = re.sub(r"```\n?(.*?)\n?```", r"<pre>\1</pre>", shown, flags=re.DOTALL)
    return re.sub(r"\*([^*\n]+)\*", r"<b>\1</b>", shown).replace("\n<pre>", "<pre>").replace("\n", "<br>")


def discord(body: Mapping[str, Any]) -> Card:
    """An embed, with the content above it and the buttons below."""
    (embed,) = body["embeds"]
    buttons = [button for row in body.get("components", ()) for button in row["components"]]
    return Card(
        "discord",
        lead=re.sub(r"&lt;@(?:&amp;)?\w+&gt;", '<span class="at">@Admin</span>', escape(body.get("content", ""))),
        title=_discord_text(embed["title"]),
        body=markdown(embed.get("description", "")) + "".join(map(_discord_cell, embed.get("fields", ()))),
        buttons=tuple(escape(button["label"]) + " ↗" for button in buttons),
        footer=" • ".join(
            escape(text) for text in (embed.get("footer", {}).get("text"), embed.get("timestamp", "")[:16]) if text
        ).replace("T", " "),
        tone=f"#{embed['color']:06x}",
    )


def _discord_cell(cell: Mapping[str, Any]) -> str:
    kind = "cell" if cell.get("inline") else "cell wide"
    return f'<div class="{kind}"><b>{_discord_text(cell["name"])}</b>{markdown(cell["value"])}</div>'


def _discord_text(text: str) -> str:
    return markdown(text).replace("<p>", "").replace("</p>", "")


def telegram(body: Mapping[str, Any]) -> Card:
    """Telegram's HTML is HTML; its line breaks are breaks."""
    rows = body.get("reply_markup", {}).get("inline_keyboard", ())
    shown = re.sub(r"(?m)^@\w+(?: @\w+)*$", lambda found: f"<a>{found[0]}</a>", str(body.get("text", "")))
    title, _, rest = shown.partition("\n")
    return Card(
        "telegram",
        title=title,
        body=rest.rstrip("\n").replace("\n<pre>", "<pre>").replace("</pre>\n", "</pre>").replace("\n", "<br>"),
        buttons=tuple(f"{escape(button['text'])} ↗" for row in rows for button in row),
    )


def feishu(body: Mapping[str, Any]) -> Card:
    """A card: https://open.feishu.cn/document/feishu-cards/card-json-structure"""
    card = body["card"]
    elements = card["elements"]
    actions = [button for element in elements if element["tag"] == "action" for button in element["actions"]]
    return Card(
        "feishu",
        title=escape(card["header"]["title"]["content"]),
        body="".join(_feishu_element(element) for element in elements),
        buttons=tuple(escape(button["text"]["content"]) for button in actions),
        tone=_FEISHU_TONES.get(card["header"]["template"], "#8f959e"),
    )


def _feishu_element(element: Mapping[str, Any]) -> str:
    if element["tag"] == "column_set":
        return f'<div class="columns">{"".join(_feishu_element(one) for one in element["columns"])}</div>'
    if element["tag"] == "column":
        return f"<div>{''.join(_feishu_element(one) for one in element['elements'])}</div>"
    if element["tag"] == "div":
        text = element["text"]
        kind = "label" if text.get("text_color") == "grey" else "value"
        return f'<div class="{kind}">{escape(text["content"])}</div>'
    if element["tag"] == "markdown":
        called = re.sub(r"<at id=(\w+)>.*?</at>", lambda found: f" @{_all(found[1])} ", element["content"])
        return f'<div class="at">{escape(called)}</div>'
    return ""


def _all(name: str) -> str:
    return EVERYONE if name == "all" else name


def dingtalk(body: Mapping[str, Any]) -> Card:
    """Markdown, or an action card: Markdown with buttons."""
    card = body.get("actionCard") or body["markdown"]
    single = [card["singleTitle"]] if "singleTitle" in card else []
    buttons = single + [button["title"] for button in card.get("btns", ())]
    shown = re.sub(r"(@\d{5,})", r'<span class="at">\1</span>', card["text"])
    return Card("dingtalk", body=markdown(shown), buttons=tuple(map(escape, buttons)))


def wecom(body: Mapping[str, Any]) -> Card:
    """Markdown with three named colours, or text."""
    if body["msgtype"] == "text":
        return Card("wecom", body=lines(body["text"]["content"]))
    text = body["markdown"]["content"]
    text = re.sub(r'<font color="(\w+)">', lambda found: f'<font color="{_WECOM_TONES.get(found[1], "")}">', text)
    text = re.sub(r"<@([^>]+)>", r'<span class="at">@\1</span>', text)
    text = re.sub(r"(?m)^((?!>).+)$", r"\n\1\n", text)  # in WeCom, a line without ">" ends the quote
    return Card("wecom", body=markdown(text))


def kook(body: Mapping[str, Any]) -> Card:
    """A card: https://developer.kookapp.cn/doc/cardmessage"""
    (card,) = json.loads(body["content"])
    header, *modules = card["modules"]
    actions = [one for module in modules if module["type"] == "action-group" for one in module["elements"]]
    below = [one["content"] for module in modules if module["type"] == "context" for one in module["elements"]]
    sections = [module["text"] for module in modules if module["type"] == "section"]
    return Card(
        "kook",
        title=escape(header["text"]["content"]),
        body="".join(map(_kook_text, sections)),
        buttons=tuple(escape(button["text"]["content"]) for button in actions),
        footer=" &nbsp; ".join(map(escape, below)),
        tone=_KOOK_TONES.get(card["theme"], ""),
    )


def _kook_text(text: Mapping[str, Any]) -> str:
    if text["type"] == "paragraph":
        return f'<div class="cells">{"".join(map(_kook_text, text["fields"]))}</div>'
    if text["type"] == "plain-text":
        return f"<div>{lines(text['content'])}</div>"
    called = re.sub(r"\(met\)all\(met\)", '<span class="at">@all</span>', text["content"])
    return markdown(called)


def onebot(body: Mapping[str, Any]) -> Card:
    """Segments: texts and mentions."""
    return Card("onebot", body="".join(_onebot_segments(body["message"])).replace("\n", "<br>"))


def _onebot_segments(segments: List[Mapping[str, Any]]) -> Iterator[str]:
    for segment in segments:
        if segment["type"] == "at":
            yield f'<span class="at">@{escape(_all(str(segment["data"]["qq"])))}</span> '
        elif segment["type"] == "text":
            yield escape(segment["data"]["text"])
