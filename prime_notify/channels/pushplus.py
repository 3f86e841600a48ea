"""PushPlus (推送加): pushes to WeChat, mail and others. https://www.pushplus.plus/doc/guide/api.html

The codes: https://www.pushplus.plus/doc/guide/code.html. HTTP is always 200, and 200 in the body means accepted:
PushPlus delivers later.
"""

from __future__ import annotations

import dataclasses
import html
from typing import Callable, Dict, Optional
from urllib.parse import urlsplit

from pydantic import model_validator
from typing_extensions import Literal

from prime_notify.channels.common.answers import Answers, Meaning, RefusalKind
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import Content, colon, content_of, fit
from prime_notify.channels.common.symbols import on_colour
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import Options, option
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.cutting import cut_chars
from prime_notify.text.markdown import escape, link_target
from prime_notify.text.wording import Wording

__all__ = ["PushPlus", "PushPlusEndpoint", "PushPlusOptions"]

_DEFAULT_URL = "https://www.pushplus.plus/send"
_TITLE = 100  # characters, by PushPlus's own MCP server
_CONTENT = 20_000  # characters; no limit is documented, and this is enough
_DAY = 86_400.0  # seconds
_CHINA = 8 * 3600.0  # seconds ahead of UTC, all year
_MARGIN = 300.0  # seconds after midnight, since clocks differ

_RESTRICTED = Meaning(
    Wording(
        "the account sent too much and is restricted; each further request makes it longer: send fewer events",
        "账号因发送过多而受限，继续请求会延长限制：请减少事件",
    ),
    RefusalKind.THROTTLED,
)
_WRONG_TOKEN = Meaning(
    Wording(
        "check pushplus.token: copy it again from https://www.pushplus.plus",
        "请检查 pushplus.token：从 https://www.pushplus.plus 重新复制",
    )
)
_ANSWERS = Answers(
    service="PushPlus",
    success=200,
    meanings={
        302: _WRONG_TOKEN,
        401: _WRONG_TOKEN,
        403: Meaning(
            Wording(
                "add this server's public address to the allowlist at PushPlus",
                "请在 PushPlus 中把本服务器的公网地址加入白名单",
            )
        ),
        500: Meaning(Wording("PushPlus itself has a problem", "PushPlus 自身出现问题"), RefusalKind.RETRY),
        600: Meaning(
            Wording(
                "PushPlus did not accept the data: check the options of this endpoint",
                "PushPlus 没有接受数据：请检查该推送目标的选项",
            )
        ),
        805: Meaning(
            Wording("check pushplus.topic: the account has no access to it", "请检查 pushplus.topic：账号无权使用它")
        ),
        888: Meaning(
            Wording(
                "the account's points are used up: top it up at PushPlus, or choose another channel",
                "账号积分已用完：请在 PushPlus 充值，或改用其他渠道",
            )
        ),
        900: _RESTRICTED,
        903: _WRONG_TOKEN,
        905: Meaning(
            Wording(
                "PushPlus asks the account's owner to verify their name before it sends anything",
                "PushPlus 要求账号实名认证后才能发送",
            )
        ),
        999: Meaning(
            Wording(
                "PushPlus found the request invalid: check the options of this endpoint",
                "PushPlus 认为请求无效：请检查该推送目标的选项",
            )
        ),
    },
    unknown=Wording(
        "see the codes at https://www.pushplus.plus/doc/guide/code.html",
        "错误码见 https://www.pushplus.plus/doc/guide/code.html",
    ),
)


class PushPlusOptions(Options):
    """Options of PushPlus, in its own spelling."""

    token: Optional[str] = option(
        None,
        "The account's or message's token.",
        "用户 token 或消息 token。",
        example="<token>",
        min_length=1,
    )
    topic: Optional[str] = option(
        None,
        "The code of a group, to push to all of its members.",
        "群组编码，填写后推送给群组的所有成员。",
        example="<code>",
        min_length=1,
        content=True,
        essential=True,
    )
    template: Literal["html", "markdown", "txt"] = option(
        "html",
        "The format of the text. html looks best; mail and other bots may need another one.",
        "正文格式；html 效果最好，转发到其他机器人时可换用 markdown 或 txt。",
        example="markdown",
        public=True,
    )
    channel: Optional[str] = option(
        None,
        'The channel of PushPlus: "wechat" (the default), "webhook", "cp", "mail", "sms".',
        "发送渠道：wechat（默认）、webhook、cp、mail、sms。",
        example="mail",
        min_length=1,
        content=True,
    )
    webhook: Optional[str] = option(
        None,
        "The code of a webhook or WeCom app set up at PushPlus; for the channels webhook and cp.",
        "在 PushPlus 中配置的 webhook 编码；仅用于 webhook 与 cp 渠道。",
        example="<code>",
        min_length=1,
        content=True,
    )
    to: Optional[str] = option(
        None,
        "Tokens of friends to push to, separated by commas.",
        "好友令牌，多个用逗号分隔。",
        example="<token>,<another token>",
        min_length=1,
        essential=True,
    )


class PushPlusEndpoint(EndpointConfig):
    """An endpoint of type ``pushplus``: ``pushplus.token``, or ``url`` with the token as the end of its path."""

    type: Literal["pushplus"]
    url: str = option(
        _DEFAULT_URL,
        "The address; may be left out.",
        "接口地址，一般无需填写。",
        example="https://www.pushplus.plus/send/<token>",
    )
    pushplus: PushPlusOptions = option(
        PushPlusOptions, "Options of PushPlus.", "PushPlus 的选项。", example={"token": "<token>"}
    )

    @model_validator(mode="after")
    def _check(self) -> PushPlusEndpoint:
        if not self.pushplus.token and urlsplit(self.url).path.rstrip("/").endswith("/send"):
            raise ValueError(
                Wording(
                    'write the token: "pushplus": {{"token": "..."}}', '请填写 token："pushplus": {{"token": "..."}}'
                )
            )
        return self


class PushPlus(Channel[PushPlusEndpoint]):
    """Sends a page; ``code`` 200 in the answer is the only success."""

    type = "pushplus"
    endpoint_model = PushPlusEndpoint
    example = {"name": "wechat", "type": "pushplus", "pushplus": {"token": "<token>"}}
    about = {
        "en_us": (
            "Pushes to WeChat through [PushPlus](https://www.pushplus.plus) (推送加); sign in there and copy your "
            "token. `pushplus.topic` reaches a group. Accounts that send too much are restricted for days: name the "
            "`events` that matter."
        ),
        "zh_cn": (
            "通过 [PushPlus](https://www.pushplus.plus)（推送加）推送到微信；登录后复制 token 即可，"
            "`pushplus.topic` 可推送到群组。发送过多的账号会被限制数天：请用 `events` 只保留重要的事件。"
        ),
    }

    def render(self, message: Message) -> Request:
        options = self.endpoint.pushplus
        write = _WRITERS[options.template]
        tone = tone_of(message.payload)
        content = content_of(message, self.endpoint, _CONTENT)
        fitted = fit(content, lambda parts: len(write(parts, tone, message.language)) <= _CONTENT)
        document = {
            **options.model_dump(exclude_none=True),
            # Some clients show it as text and some as HTML
            "title": cut_chars(content.title.replace("<", "＜").replace(">", "＞"), _TITLE),
            "content": write(fitted, tone, message.language),
        }
        return json_post(self.endpoint.url, document, self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return _judged(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return _judged(response)


def _judged(response: Response) -> Outcome:
    outcome = _ANSWERS.judge(response)
    if isinstance(outcome, Retry) and outcome.hint == _RESTRICTED.hint:
        return dataclasses.replace(outcome, after=_until_tomorrow(response.received_at))
    return outcome


def _until_tomorrow(now: float) -> float:
    """Seconds until the next day in China, whose days PushPlus counts; a whole day when ``now`` is unknown."""
    return _DAY - (now + _CHINA) % _DAY + _MARGIN if now else _DAY


def _as_html(content: Content, tone: Tone, language: str) -> str:
    """The message as HTML, with inline styles only: WeChat's page and mail programs ignore others."""
    parts = [
        f'<h3 style="margin:0 0 12px;padding:10px 14px;border-radius:6px;color:#fff;background:{tone.hex}">'
        f"{html.escape(on_colour(content.title, tone))}</h3>"
    ]
    for fact in content.blocks:
        value = "<br>".join(map(html.escape, fact.value.split("\n")))
        parts.append(
            f'<div style="margin:0 0 12px;padding:6px 12px;border-left:4px solid {tone.hex};background:#f6f7f9">'
            f'<div style="color:#888;font-size:12px">{html.escape(fact.label)}</div>{value}</div>'
        )
    rows = (
        f'<tr><td style="padding:4px 16px 4px 0;color:#888;white-space:nowrap">{html.escape(fact.label)}</td>'
        f'<td style="padding:4px 0">{html.escape(fact.value)}</td></tr>'
        for fact in content.cells
    )
    parts.append(f"<table>{''.join(rows)}</table>" if content.cells else "")
    if content.traceback:
        style = "white-space:pre-wrap;word-break:break-all;font-size:12px;background:#f6f7f9;padding:8px"
        parts.append(f'<pre style="{style}">{html.escape(content.traceback)}</pre>')
    links = (f'<a href="{html.escape(action.url)}">{html.escape(action.label)}</a>' for action in content.actions)
    parts.append(f"<p>{' &nbsp; '.join(links)}</p>" if content.actions else "")
    return "".join(parts)


def _as_markdown(content: Content, tone: Tone, language: str) -> str:
    items = []
    for fact in (*content.blocks, *content.cells):
        first, *more = map(escape, fact.value.split("\n"))
        items += [f"- **{escape(fact.label)}**{colon(language)}{first}", *(f"  - {line}" for line in more)]
    trace = [f"> {escape(line)}  " for line in content.traceback.split("\n") if line]
    links = [f"[{escape(action.label)}]({link_target(action.url)})" for action in content.actions]
    parts = [f"### {escape(content.title)}", "\n".join(items), "\n".join(trace), " · ".join(links)]
    return "\n\n".join(filter(None, parts))


def _as_text(content: Content, tone: Tone, language: str) -> str:
    separator = colon(language)
    lines = [f"{fact.label}{separator}" + fact.value.replace("\n", "\n  ") for fact in content.facts]
    lines += [content.traceback] if content.traceback else []
    lines += [f"{action.label}{separator}{action.url}" for action in content.actions]
    return "\n".join(lines or [content.title])


_WRITERS: Dict[str, Callable[[Content, Tone, str], str]] = {
    "html": _as_html,
    "markdown": _as_markdown,
    "txt": _as_text,
}
