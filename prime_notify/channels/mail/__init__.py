"""Mail: through the owner's own account at any provider, or through a relay. RFC 5321, RFC 5322."""

from __future__ import annotations

import dataclasses
import datetime
import email.utils
import re
import uuid
from typing import Iterator, List, Mapping, Optional, Sequence, Tuple

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.layout import content_of, fit
from prime_notify.channels.common.lifecycle import lifecycle_of
from prime_notify.channels.common.recipients import left_of, receipt_of
from prime_notify.channels.common.urgency import tone_of
from prime_notify.channels.mail.addresses import Address
from prime_notify.channels.mail.answers import judged
from prime_notify.channels.mail.layout import html_of, text_of
from prime_notify.channels.mail.mime import address_list, header_text, mail_bytes
from prime_notify.channels.mail.options import MailEndpoint, MailOptions
from prime_notify.model.event import Severity
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import AnyRequest, MailRequest
from prime_notify.model.response import Response

__all__ = ["Mail", "MailEndpoint", "MailOptions"]

_LIMIT = 60_000  # bytes of HTML; Gmail cuts a mail at 102 KB
_NAMESPACE = uuid.UUID("7b0c4f0e-58a1-5c0b-9d0e-2f6f3a1c4d11")  # made once: a retry has the same Message-ID
_NAME = 60  # characters
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,320}>")
_ID, _OWN_ID = "message_id", "own_id"
"""In receipts: the Message-ID of the start, and in that of a request, the mail's own."""


class Mail(Channel[MailEndpoint]):
    """Sends one mail to all recipients. A retry goes only to those whom the server has not taken it for.

    The server's 250 after the whole mail is its promise to deliver it, or to report a failure (RFC 5321, 4.2.5). With
    the lifecycle ``reply`` the end of a task is a reply to its start.
    """

    type = "mail"
    endpoint_model = MailEndpoint
    example = {
        "name": "mail",
        "type": "mail",
        "mail": {"from": "steve@gmail.com", "password": "<app password>"},
    }
    about = {
        "en_us": (
            "Sends mails through your own account. `mail.password` is an "
            "[app password](https://myaccount.google.com/apppasswords) for Gmail, iCloud and Yahoo, and an "
            "authorization code for QQ Mail and 163. The servers of these providers are known; for any other, write "
            '`"host": "smtp.example.com"`. Without `to`, the mail goes to the sender. A password is only sent '
            "encrypted. *Delivered* means that the server has accepted the mail: look into the spam folder once."
        ),
        "zh_cn": (
            "通过你自己的邮箱账户发送邮件。QQ 邮箱、163 邮箱等的 `mail.password` 填“授权码”：在网页版邮箱的设置中开启 "
            "SMTP 服务后显示；Gmail、iCloud 与 Yahoo 填应用专用密码。这些服务商的服务器已内置，其他服务商请写 "
            '`"host": "smtp.example.com"`。不写 `to` 则发给自己。密码只会加密传输。'
            "“已送达”表示邮件服务器已接收：首次请看一下垃圾邮件文件夹。"
        ),
    }
    lifecycles = frozenset(("separate", "reply"))

    def render(self, message: Message) -> MailRequest:
        endpoint = self.endpoint
        user, password = endpoint.login
        recipients = self._recipients
        left = left_of(recipients, message.previous)
        _, start = lifecycle_of(endpoint, message.payload, message.previous, _ID, mentions=False)
        taken = receipt_of([one for one in recipients if one not in left]) if len(left) < len(recipients) else {}
        return MailRequest(
            host=endpoint.host,
            port=endpoint.port,
            security=endpoint.security,
            sender=endpoint.mail.sender.address,
            recipients=tuple(left),
            mail=self._mail(message, start.get(_ID)),
            user=user,
            password=password,
            receipt={**taken, **start, _OWN_ID: self._id(message)},
        )

    def judge_answer(self, request: AnyRequest, response: Response) -> Outcome:
        assert isinstance(request, MailRequest)
        before = dict(request.receipt or {})
        own = {_ID: before.pop(_OWN_ID)}
        outcome = self._judge(response, request.recipients, before)
        return dataclasses.replace(outcome, receipt=own) if isinstance(outcome, Delivered) else outcome

    def judge(self, response: Response) -> Outcome:
        return self._judge(response, self._recipients, {})

    @property
    def _recipients(self) -> List[str]:
        return [one.address for one in self.endpoint.mail.recipients]

    def _judge(self, response: Response, asked: Sequence[str], before: Mapping[str, str]) -> Outcome:
        return judged(response, asked, self._recipients, before, self.endpoint.host)

    def _mail(self, message: Message, start: Optional[str]) -> bytes:
        content = content_of(message, self.endpoint, _LIMIT)
        tone, language = tone_of(message.payload), message.language
        fitted = fit(
            content, lambda shorter: len(html_of(shorter, tone, language).encode("utf-8", "replace")) <= _LIMIT
        )
        headers = [*self._headers(message, fitted.title, start)]
        return mail_bytes(headers, text_of(fitted, language), html_of(fitted, tone, language))

    def _headers(self, message: Message, title: str, start: Optional[str]) -> Iterator[Tuple[str, str]]:
        sender = self.endpoint.mail.sender
        if not sender.name:
            server = message.payload.server
            sender = Address((server.name if server else None) or "Minecraft", sender.address)
        yield "From", address_list("From", [Address(sender.name[:_NAME], sender.address)])
        yield "To", address_list("To", self.endpoint.mail.recipients)
        yield "Subject", header_text("Subject", title)
        moment = datetime.datetime.fromtimestamp(message.now, datetime.timezone.utc)
        yield "Date", email.utils.format_datetime(moment)
        yield "Message-ID", self._id(message)
        if start and _MESSAGE_ID.fullmatch(start):
            yield "In-Reply-To", start
            yield "References", start
        yield "Auto-Submitted", "auto-generated"  # RFC 3834: nobody's vacation answers
        yield "X-Auto-Response-Suppress", "All"  # the same for Exchange
        if message.payload.severity is Severity.ERROR:
            yield "Importance", "high"
        for name, value in self.endpoint.headers.items():
            yield name, header_text(name, value)

    def _id(self, message: Message) -> str:
        """The same in every retry, so that a mailbox which got it twice can drop one."""
        name = f"{self.endpoint.name}\n{message.notification.id}".encode("utf-8", "replace").decode("utf-8")
        return f"<{uuid.uuid5(_NAMESPACE, name)}@{self.endpoint.mail.sender.domain}>"
