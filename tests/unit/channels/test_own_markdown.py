"""The owner's own Markdown, in a template for ``desp`` or ``body``, at each service with rich text."""

from __future__ import annotations

import json
from typing import Any, Dict, Tuple

import pytest

from prime_notify.messages.messages import Messages
from prime_notify.model.item import Item
from prime_notify.model.notification import Notification
from tests.support.build import loaded
from tests.support.mails import Html, html_in, text_in
from tests.support.messages import NOW, payload
from tests.support.texts import CATALOGUE

OWN = (
    "# Backup of **{{ server.name }}**\n- _comment_: {{ backup.comment }}\n"
    "[the map](https://map.example.com/a_b)\n`1 < 2`"
)
TYPED = "*me* [x](http://evil.example.com) <!channel> @everyone & `co`"
JOINER = "\u2060"


def rendered(type: str, templates: Dict[str, str], comment: str = TYPED, **options: Any) -> Any:
    config = loaded({"name": "a", "type": type, "templates": templates, **options})
    [endpoint] = config.endpoints
    about = payload(
        "backup_success", server={"running": True, "name": "My server"}, backup={"id": 7, "comment": comment}
    )
    message = Messages(config.config, CATALOGUE, "en_us").message([Item(Notification(about))], endpoint.config, NOW)
    assert not message.warnings
    return endpoint.render(message)


def sent(type: str, templates: Dict[str, str], comment: str = TYPED, **options: Any) -> Tuple[Any, str]:
    body = json.loads(rendered(type, templates, comment, **options).body)
    return body, json.dumps(body, ensure_ascii=False)


SERVICES: Dict[str, Tuple[Dict[str, Any], Any, str]] = {
    "slack": (
        {"url": "https://hooks.slack.com/services/T0/B0/secret"},
        lambda body: body["attachments"][0]["blocks"][0]["text"],
        f"*Backup of My server*\n• _comment_: *{JOINER}me*{JOINER} [x](http://evil.example.com) &lt;!channel&gt; "
        f"@everyone &amp; `{JOINER}co`{JOINER}\n<https://map.example.com/a_b|the map>\n`1 &lt; 2`",
    ),
    "telegram": (
        {"telegram": {"bot_token": "1:secret", "chat_id": "1"}},
        lambda body: body["text"].partition("\n\n")[2],
        "<b>Backup of My server</b>\n• <i>comment</i>: *me* <code>[x](http://evil.example.com)</code> &lt;!channel&gt; "
        '<code>@everyone</code> &amp; `co`\n<a href="https://map.example.com/a_b">the map</a>\n<code>1 &lt; 2</code>',
    ),
    "discord": (
        {"url": "https://discord.com/api/webhooks/1/secret"},
        lambda body: body["embeds"][0]["description"],
        "**Backup of My server**\n• *comment*: \\*me\\* \\[x](http\\://evil.example.com) \\<!channel> \\@everyone & "
        "\\`co\\`\n[the map](<https://map.example.com/a_b>)\n`1 < 2`",
    ),
    "matrix": (
        {"url": "https://m.example.com", "matrix": {"access_token": "secret", "room_id": "!a:example.com"}},
        lambda body: body["formatted_body"].partition("</h4>")[2],
        "<p><strong>Backup of My server</strong><br>• <em>comment</em>: *me* [x](http://evil.example.com) "
        "&lt;!channel&gt; @everyone &amp; `co`<br>"
        '<a href="https://map.example.com/a_b">the map</a><br><code>1 &lt; 2</code></p>',
    ),
    "mattermost": (
        {"url": "https://m.example.com/hooks/secret"},
        lambda body: body["attachments"][0]["text"],
        f"**Backup of My server**\n• *comment*{JOINER}: \\*me\\* \\[x\\](http:/&#47;evil\\.example\\.com) "
        f"&lt;!channel&gt; @{JOINER}everyone &amp; \\`co\\`\n[the map](https://map.example.com/a_b)\n`1 < 2`",
    ),
    "rocketchat": (
        {"url": "https://m.example.com/hooks/1/secret"},
        lambda body: body["attachments"][0]["text"],
        f"*Backup of My server*\n• _comment_: ＊me＊ ［x］(http:／／evil.{JOINER}example.{JOINER}com) ＜!channel＞ "
        "＠everyone & ｀co｀\n[the map](https://map.example.com/a_b)\n`1 < 2`",
    ),
    "teams": (
        {"url": "https://m.example.com/workflow/secret"},
        lambda body: body["attachments"][0]["content"]["body"][1]["text"].replace("\n\n", "\n"),
        "**Backup of My server**\n• _comment_: ＊me＊ ［x］(http:／／evil.example.com) ＜!channel＞ ＠everyone & "
        "｀co｀\n[the map](https://map.example.com/a_b)\n1 ＜ 2",
    ),
    "feishu": (
        {"url": "https://open.feishu.cn/open-apis/bot/v2/hook/secret"},
        lambda body: body["card"]["elements"][0]["content"],
        "**Backup of My server**\n• *comment*: &#42;me&#42; &#91;x&#93;&#40;http:/&#47;evil.example.com&#41; "
        "&#60;!channel&#62; @everyone &#38; &#96;co&#96;\n[the map](https://map.example.com/a_b)\n`1 < 2`",
    ),
    "dingtalk": (
        {"dingtalk": {"access_token": "secret"}},
        lambda body: body["markdown"]["text"].partition("\n\n")[2].replace("  \n", "\n"),
        "**Backup of My server**\n• comment: ＊me＊ ［x］(http:／／evil.example.com) ＜!channel＞ ＠everyone & ｀co｀\n"
        "[the map](https://map.example.com/a_b)\n1 ＜ 2",
    ),
    "kook": (
        {"kook": {"token": "secret12", "channel_id": "1"}},
        lambda body: json.loads(body["content"])[0]["modules"][1]["text"]["content"],
        "**Backup of My server**\n• comment: ＊me＊ ［x］(http:／／evil.example.com) ＜!channel＞ ＠everyone & ｀co｀\n"
        "[the map](https://map.example.com/a_b)\n1 ＜ 2",
    ),
    "wecom": (
        {"wecom": {"key": "secret"}},
        lambda body: body["markdown"]["content"].partition("\n")[2],
        "**Backup of My server**\n• comment: ＊me＊ ［x］(http:／／evil.example.com) ＜!channel＞ ＠everyone & ｀co｀\n"
        "[the map](https://map.example.com/a_b)\n1 ＜ 2",
    ),
}


@pytest.mark.parametrize("template", ["desp", "body"])
@pytest.mark.parametrize("type", SERVICES)
def test_the_owners_markdown_becomes_the_services_and_a_players_stays_text(type: str, template: str) -> None:
    options, shown, expected = SERVICES[type]
    body, _ = sent(type, {template: OWN}, **options)
    found = shown(body)
    assert (found["text"] if isinstance(found, dict) else found) == expected
    assert not isinstance(found, dict) or (found["type"], found["verbatim"]) == ("mrkdwn", True)


def test_a_mail_shows_it_in_html_and_plainly() -> None:
    account = {"from": "mc@gmail.com", "password": "secret12"}
    request = rendered("mail", {"desp": OWN + "\n> a ~~b~~\n```\n  x\n```"}, mail=account)
    page = html_in(request)
    assert (
        "<b>Backup of My server</b><br>• <i>comment</i>: *me* [x](http:/\u200b/evil.example.com) &lt;!channel&gt;"
        in page
    )
    assert '<a href="https://map.example.com/a_b" style="color:#2f7de1">the map</a><br><code>1 &lt; 2</code>' in page
    assert "› a <s>b</s><br>" in page
    assert "&nbsp;&nbsp;x</span>" in page
    assert [link for link, _ in Html(page).links] == ["https://map.example.com/a_b"]
    assert "the map (https://map.example.com/a_b)" in text_in(request)
    assert "**" not in text_in(request)


@pytest.mark.parametrize("type", ["ntfy", "gotify"])
def test_a_service_of_markdown_gets_it_as_it_is(type: str) -> None:
    where = {"ntfy": {"ntfy": {"topic": "t", "markdown": True}}, "gotify": {"gotify": {"token": "t", "markdown": True}}}
    url = {"url": "https://push.example.com"}
    body, _ = sent(type, {"desp": OWN}, comment="[x](y)", **where[type], **url)
    assert body["message"].startswith("# Backup of **My server**\n- _comment_: \\[x\\](y)\n[the map](https://map")


@pytest.mark.parametrize("type", SERVICES)
def test_a_text_that_is_too_long_arrives_all_the_same(type: str) -> None:
    options, _, _ = SERVICES[type]
    _, text = sent(type, {"desp": "**{{ backup.comment }}** " * 40}, comment="x*" * 200, **options)
    assert "x" * 1 in text
    assert len(text.encode()) < 40_000


def test_a_service_of_plain_text_shows_the_text_without_marks() -> None:
    _, text = sent("onebot", {"desp": OWN}, onebot={"group_id": 12345}, url="http://127.0.0.1:9")
    assert "Backup of My server" in text
    assert "**" not in text
    assert "the map (https://map.example.com/a_b)" in text
