"""The custom bot that Feishu and Lark have in common: a card in a group chat. Or an automation that gets variables.

https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot (limits, signature), and of webhooks that begin an
automation of a Base https://www.feishu.cn/hc/zh-CN/articles/383585269199: its body is any JSON object, and a
``Client-Token`` makes it run once, however often a request is sent again within three hours.
"""

from __future__ import annotations

import abc
import base64
import hashlib
import hmac
import re
from typing import Any, ClassVar, Dict, Iterable, List, Optional, Tuple, TypeVar
from urllib.parse import urlsplit

from pydantic import model_validator

from prime_notify.channels.common.answers import Answers
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.feishu_card import card_of
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.common.layout import Content, content_of, fit
from prime_notify.channels.common.options import KeywordOptions, check_users
from prime_notify.channels.common.urgency import tone_of
from prime_notify.channels.common.variables import variables_of
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import MisfitError, option
from prime_notify.config.problem import Location
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.text.json_text import to_json
from prime_notify.text.wording import Wording

__all__ = ["CardBot", "CardBotEndpoint", "CardBotOptions", "is_automation", "sign"]

_LIMIT = 20_000  # bytes of the whole request: "20 KB"
_HOSTS = re.compile(r"open\.(feishu\.cn|larksuite\.com|larkoffice\.com)")
_AUTOMATION = re.compile(r"/(flow/api/trigger-webhook|base/automation/(webhook/event|hook))/")


class CardBotOptions(KeywordOptions):
    """Options of a custom bot, as its security settings have them."""

    secret: Optional[str] = option(
        None,
        "The secret of the bot's signature verification, when that is switched on.",
        "机器人开启“签名校验”后显示的密钥。",
        example="<secret>",
        min_length=1,
    )
    token: Optional[str] = option(
        None,
        "The Bearer token of an automation's trigger, when its credential check is switched on.",
        "自动化流程的触发条件开启凭证校验后的 Bearer token。",
        example="<token>",
        min_length=1,
    )


class CardBotEndpoint(EndpointConfig):
    """Base of the endpoints of a custom bot."""

    @property
    @abc.abstractmethod
    def bot(self) -> CardBotOptions:
        """The options of the bot."""

    @model_validator(mode="after")
    def _check(self) -> Any:
        parts = urlsplit(self.url)
        if _HOSTS.fullmatch(parts.hostname or "") and not parts.path.startswith("/open-apis/bot/v2/hook/"):
            raise MisfitError(
                Wording(
                    'write a custom bot\'s address: "https://{host}/open-apis/bot/v2/hook/..."',
                    '请填写自定义机器人的地址："https://{host}/open-apis/bot/v2/hook/..."',
                    host="open.larksuite.com" if self.type == "lark" else "open.feishu.cn",
                ),
                "url",
            )
        token = self.bot.token or ""
        if not (token.isascii() and token.isprintable() and " " not in token):
            raise MisfitError(
                Wording('write the token alone, without "Bearer"', '请只填写令牌本身，不含 "Bearer"'),
                self.type,
                "token",
            )
        check_users(
            self.mention,
            r"[\w-]{1,64}",
            Wording(
                "write users by their open_id (ou_...) or user_id in mention.users",
                "请在 mention.users 中填写用户的 open_id（ou_...）或 user_id",
            ),
        )
        return self

    def warnings(self) -> Iterable[Tuple[Location, Wording]]:
        yield from super().warnings()
        if not is_automation(self.url):
            return
        ignored: List[Location] = [(name,) for name in ("actions", "mention") if getattr(self, name)]
        ignored += [(self.type, name) for name in ("secret", "keyword") if getattr(self.bot, name)]
        for location in ignored:
            remedy = Wording(
                "an automation gets variables only, and its steps say how they look; leave it out; it is ignored",
                "自动化流程只接收变量，外观由它的步骤决定；请去掉此项；它会被忽略",
            )
            yield location, remedy


E_co = TypeVar("E_co", bound=CardBotEndpoint, covariant=True)


class CardBot(Channel[E_co]):
    """Sends one card; ``code`` 0 in the answer is the only success, whatever the HTTP status."""

    answers: ClassVar[Answers]
    rate_limits = (Rate(5, 1), Rate(100, 60))
    longest_wait = 3600.0

    def render(self, message: Message) -> Request:
        if is_automation(self.endpoint.url):
            return self._to_automation(message)
        tone = tone_of(message.payload)
        content = content_of(message, self.endpoint, _LIMIT)

        def document(candidate: Content) -> Dict[str, Any]:
            card = card_of(candidate, tone, self.endpoint.bot.keyword)
            return {**self._signature(message.now), "msg_type": "interactive", "card": card}

        fitted = fit(content, lambda candidate: len(to_json(document(candidate))) <= _LIMIT)
        return json_post(self.endpoint.url, document(fitted), self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return self.answers.judge(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return cls.answers.judge(response)

    def _to_automation(self, message: Message) -> Request:
        token, name = self.endpoint.bot.token, f"{message.payload.id}\n{self.endpoint.name}"
        own = {"Client-Token": hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]}
        own.update({"Authorization": f"Bearer {token}"} if token else {})
        return json_post(self.endpoint.url, variables_of(message), self.endpoint.headers, own)

    def _signature(self, now: float) -> Dict[str, str]:
        secret, timestamp = self.endpoint.bot.secret, str(int(now))
        return {"timestamp": timestamp, "sign": sign(timestamp, secret)} if secret else {}


def is_automation(url: str) -> bool:
    """Whether an address begins a flow of a Base or of the BotBuilder, which gets variables."""
    return _AUTOMATION.match(urlsplit(url).path) is not None


def sign(timestamp: str, secret: str) -> str:
    """Base64 of the HMAC-SHA256 of an empty text; the key is timestamp (unix seconds) and secret."""
    key = f"{timestamp}\n{secret}".encode()
    return base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode("ascii")
