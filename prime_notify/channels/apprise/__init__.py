"""Apprise: the library for more than a hundred other services. https://github.com/caronc/apprise"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from typing import Any, ClassVar, List, Sequence

from pydantic import BeforeValidator, field_validator
from typing_extensions import Annotated, Literal

from prime_notify.channels.apprise.confirmation import is_confirmed
from prime_notify.channels.apprise.outcomes import INSTALL, combined_urls, refused
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.recipients import left_of, receipt_of
from prime_notify.channels.common.urgency import Tone, tone_of
from prime_notify.config.choices import as_list
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import Options, option
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Retry
from prime_notify.model.request import AnyRequest, AppriseRequest
from prime_notify.model.response import Response
from prime_notify.text.addresses import split_urls
from prime_notify.text.cutting import cut_bytes, cut_chars
from prime_notify.text.json_text import parse_object
from prime_notify.text.markdown import escape
from prime_notify.text.wording import Wording

__all__ = ["Apprise", "AppriseEndpoint", "AppriseOptions"]

_OLDEST = (2, 2)  # older versions send plain text unescaped to services that show Markdown

_TITLE = 250  # characters; Apprise itself cuts to what each service takes
_BODY = 16 * 1024  # bytes
_TRACEBACK = 4000  # characters, of its end

_KINDS = {Tone.GOOD: "success", Tone.WARNING: "warning", Tone.BAD: "failure", Tone.RUNNING: "info"}

_NATIVE = {
    "bark": "bark",
    "barks": "bark",
    "dingtalk": "dingtalk",
    "feishu": "feishu",
    "lark": "lark",
    "schan": "serverchan",
    "wecombot": "wecom",
}
"""Services that refuse with HTTP 200. Apprise (2.2, for some 2.3 as well) takes that for a success."""

_NATIVE_HOSTS = {
    "oapi.dingtalk.com": "dingtalk",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "lark",
    "qyapi.weixin.qq.com": "wecom",
}
"""The same services, by the web addresses that Apprise takes as well."""

_SCHEME = re.compile(r"([a-z0-9][a-z0-9+.-]*)://.", re.IGNORECASE | re.DOTALL)
_LIVE = re.compile(r"(@(?=\S)|<(?=[@!#&/:a-z])|\](?=\()|\[(?=CQ:))", re.IGNORECASE)
"""The beginnings of mentions, links, HTML and codes of QQ at any of the services, up to the place of a break."""
_BREAK = "\u200b"  # invisible


def _each_url(value: Any) -> Any:
    """A list of URLs, of which the owner may have written several into one string."""
    listed = as_list(value)
    if not isinstance(listed, list):
        return listed
    return [url for item in listed for url in (split_urls(item) or [item] if isinstance(item, str) else [item])]


def _check_library() -> None:
    """Looks for the library without importing it: the import takes long, and waits for the first message."""
    if importlib.util.find_spec("apprise") is None:
        raise ValueError(
            Wording(
                "this type needs the library Apprise, which is not installed: {install}",
                "此类型需要 Apprise 库，但尚未安装：{install}",
                install=INSTALL,
            )
        )
    try:
        version = importlib.metadata.version("apprise")
    except importlib.metadata.PackageNotFoundError:  # installed in some way of its own
        return
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < _OLDEST:
        raise ValueError(
            Wording(
                "Apprise {version} is installed, which is too old: {install}",
                "已安装的 Apprise {version} 版本太旧：{install}",
                version=version,
                install=INSTALL,
            )
        )


class AppriseOptions(Options):
    """The URLs of Apprise, and the form of the text."""

    urls: Annotated[List[str], BeforeValidator(_each_url)] = option(
        ...,
        'Apprise\'s URLs, such as "pover://user@token"; see https://appriseit.com/services/.',
        "Apprise 的 URL，例如 “pover://user@token”；见 https://appriseit.com/services/ 。",
        example=["pover://user@token"],
        min_length=1,
        max_length=20,
        essential=True,
    )
    format: Literal["text", "markdown"] = option(
        "text",
        "The format of the text for Apprise, which converts it to the format of each service.",
        "交给 Apprise 的文本格式；Apprise 会转换为各服务所用的格式。",
        example="markdown",
        public=True,
    )

    @field_validator("urls")
    @classmethod
    def _check_urls(cls, urls: List[str]) -> List[str]:
        for url in urls:
            scheme = _SCHEME.match(url)
            if scheme is None or not url.isprintable():
                raise ValueError(
                    Wording(
                        'write whole URLs, such as "json://example.com/hook"',
                        '请写完整的 URL，例如 "json://example.com/hook"',
                    )
                )
            native = _NATIVE.get(scheme[1].lower()) or _NATIVE_HOSTS.get(url.lower().split("/")[2])
            if native:
                raise ValueError(
                    Wording(
                        'Apprise does not notice when {native} refuses a message: write an endpoint of "type": '
                        '"{native}" instead',
                        '{native} 拒收消息时 Apprise 察觉不到：请改用 "type": "{native}" 的推送目标',
                        native=native,
                    )
                )
        _check_library()
        return urls


class AppriseEndpoint(EndpointConfig):
    """An endpoint of type ``apprise``: the library's URLs instead of an address."""

    shows_bars: ClassVar[bool] = False  # some of its services send an SMS
    type: Literal["apprise"]
    url: str = option(
        "", "Not used: write apprise.urls.", "不使用：请填写 apprise.urls。", example=None, essential=True
    )
    apprise: AppriseOptions = option(
        ...,
        "Where Apprise is to send.",
        "Apprise 的发送目标。",
        example={"urls": ["pover://user@token"]},
    )


class Apprise(Channel[AppriseEndpoint]):
    """Hands a message to the library. It is delivered when every URL has taken it, and accepted without confirmation
    where Apprise cannot know whether one has.

    A retry goes only to the URLs that have not taken the message yet, also after a restart of MCDReforged.
    """

    type = "apprise"
    endpoint_model = AppriseEndpoint
    example = {"name": "pushover", "type": "apprise", "apprise": {"urls": ["pover://<user>@<token>"]}}
    about = {
        "en_us": (
            "Every other service, such as Pushover, through the library [Apprise](https://github.com/caronc/apprise): "
            'install it with `pip install "apprise>=2.2"`, and write its URLs. If a service has a type of its own, '
            "use that: Apprise reports less about failures, and `mention` and `lifecycle` have no effect. For many "
            "services Apprise looks at the HTTP status only: their messages are *accepted, not confirmed*."
        ),
        "zh_cn": (
            "通过 [Apprise](https://github.com/caronc/apprise) 库使用其他服务，例如 Pushover："
            '先执行 `pip install "apprise>=2.2"`，再填写它的 URL。若某服务有专门的类型，请优先使用：'
            "Apprise 给出的失败原因较少，也不支持 `mention` 与 `lifecycle`。"
            "许多服务 Apprise 只看 HTTP 状态码，其结果显示为“已接受，未确认”。"
        ),
    }

    def render(self, message: Message) -> AppriseRequest:
        options = self.endpoint.apprise
        title = " ".join(_quiet(message.texts.title, 4 * _TITLE).split())
        body = self._markdown(message) if options.format == "markdown" else self._text(message)
        left = left_of(options.urls, message.previous)
        return AppriseRequest(
            urls=tuple(left),
            title=cut_chars(title, _TITLE),
            body=body or title or message.payload.event.value,  # Apprise refuses an empty one
            kind=_KINDS[tone_of(message.payload)],
            format=options.format,
            id=f"{message.notification.id} {self.endpoint.name}",  # two endpoints may share a URL
            receipt=receipt_of([url for url in options.urls if url not in left]),
        )

    def judge_answer(self, request: AnyRequest, response: Response) -> Outcome:
        before = request.receipt if isinstance(request, AppriseRequest) else None
        return self._judge(response, left_of(self.endpoint.apprise.urls, before))

    def judge(self, response: Response) -> Outcome:
        return self._judge(response, self.endpoint.apprise.urls)

    def _judge(self, response: Response, asked: Sequence[str]) -> Outcome:
        """The answer of :mod:`prime_notify.transport.apprise` has a result for each of the URLs that were ``asked``."""
        urls = self.endpoint.apprise.urls
        earlier = receipt_of([url for url in urls if url not in asked]) if len(asked) < len(urls) else None
        results = parse_object(response.body).get("urls")
        if not isinstance(results, list) or len(results) != len(asked):
            return Retry(
                Wording("Apprise gave no result", "Apprise 没有给出结果"),
                hint=Wording("check the installed version of Apprise", "请检查所安装的 Apprise 版本"),
                receipt=earlier,
            )
        failed = {
            url: refused(result if isinstance(result, dict) else {})
            for url, result in zip(asked, results)
            if not isinstance(result, dict) or result.get("state") != "delivered"
        }
        if not failed:
            confirmed = all(is_confirmed(url.partition("://")[0]) for url in urls)
            return Delivered(detail=f"{len(urls)} URLs" if len(urls) > 1 else "", confirmed=confirmed)
        refusals = [(f"URL {number}", failed[url]) for number, url in enumerate(urls, 1) if url in failed]
        taken = [url for url in urls if url not in failed]
        return combined_urls(refusals, len(urls), receipt_of(taken) if taken else None)

    def _text(self, message: Message) -> str:
        parts = [_quiet(message.texts.body, _BODY)]
        parts += ["\n".join(f"{action.label}: {action.url}" for action in self.endpoint.actions)]
        parts += [self._traceback(message)]
        return "\n\n".join(filter(None, parts))

    def _markdown(self, message: Message) -> str:
        trace = self._traceback(message)
        fence = "`" * max(3, 1 + max(map(len, re.findall("`+", trace)), default=0))
        links = (f"[{escape(action.label)}]({_inside_parentheses(action.url)})" for action in self.endpoint.actions)
        parts = [_quiet(message.texts.desp, _BODY), " · ".join(links)]
        parts += [f"{fence}\n{trace}\n{fence}" if trace else ""]
        return "\n\n".join(filter(None, parts))

    def _traceback(self, message: Message) -> str:
        error = message.payload.error
        trace = error.traceback if error is not None and self.endpoint.traceback else None
        return _quiet((trace or "")[-_TRACEBACK:], 4 * _TRACEBACK)


def _quiet(text: str, limit: int) -> str:
    """At most ``limit`` bytes, in which nothing that a player typed mentions people or forges a link.

    Apprise itself escapes for HTML and Markdown, but only by a service's declared format, not by the markup that the
    service reads in plain text. Some of its plugins even look for mentions in order to make them work.
    """
    text = text[: limit + 1]  # sliced first, since cutting reads the whole text repeatedly
    text = text.encode("utf-8", "replace").decode("utf-8")
    return cut_bytes(_LIVE.sub(rf"\1{_BREAK}", text), limit).strip()


def _inside_parentheses(url: str) -> str:
    return url.replace("(", "%28").replace(")", "%29")
