"""The general webhook: the whole payload as JSON with POST, or any request that the owner describes."""

from __future__ import annotations

import base64
import dataclasses
import html
import re
from typing import Dict, Mapping, Optional, Tuple
from urllib.parse import quote, urlencode

from prime_notify.channels import serverchan
from prime_notify.channels.common.alerts import firing_receipt
from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_status import refusal
from prime_notify.channels.common.known_services import service_at
from prime_notify.channels.webhook.formats import (
    alertmanager_firing,
    document_of,
    heartbeat_document,
    payload_json,
)
from prime_notify.channels.webhook.options import BODILESS, WebhookEndpoint, WebhookOptions
from prime_notify.channels.webhook.services import Judge, judge_at
from prime_notify.channels.webhook.signing import signature_headers
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.templates import Mode, is_template
from prime_notify.templates.filters import as_text
from prime_notify.templates.tree import Filler
from prime_notify.templates.variables import values_of
from prime_notify.text.json_text import to_json
from prime_notify.text.wording import Wording

__all__ = ["Webhook", "WebhookEndpoint", "WebhookOptions"]

_JSON = "application/json; charset=utf-8"
_FORM = "application/x-www-form-urlencoded"
_LONGEST_HEADER = 2048
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]+")


class Webhook(Channel[WebhookEndpoint]):
    """Sends the payload; the HTTP status is the answer, but for services whose answers are known.

    The payload carries ``title`` and ``desp``, so ServerChan's own URLs work too, with ServerChan's limits.
    """

    type = "webhook"
    endpoint_model = WebhookEndpoint
    example = {"name": "ops", "type": "webhook", "url": "https://example.com/hook"}
    about = {
        "en_us": (
            "Posts the whole payload as JSON to a receiver of your own. `type` may be left out. The object `webhook` "
            "describes any other request: method, query, headers, your own body or form, signatures, or the format of "
            "another system. The answer of a known service, such as Feishu or PushDeer, is judged as that service's."
        ),
        "zh_cn": (
            "把完整的载荷以 JSON 发送（POST）到你自己的接收端。`type` 可以省略。"
            "通过 `webhook` 可定制任意请求：方法、参数、请求头、自定义正文或表单、签名，以及其他系统的格式。"
            "发往已知服务（如飞书、PushDeer）时，按该服务的规则判断应答。"
        ),
    }
    status_is_answer = True

    def __init__(self, endpoint: WebhookEndpoint) -> None:
        super().__init__(endpoint)
        options = endpoint.webhook
        plain = not options.is_own_body and options.format in (None, "prime_backup")
        self._to_serverchan = plain and service_at(endpoint.url) == "serverchan"
        self._judge_service: Optional[Judge] = judge_at(endpoint.url)
        self._sends_payload = plain and not self._to_serverchan
        self.shows_state = options.format == "alertmanager" and not options.is_own_body
        self._success_statuses = options.success_statuses
        self._authorization = _authorization(options)

    def render(self, message: Message) -> Request:
        filler = Filler(lambda: values_of(message, traceback=self.endpoint.traceback), message.texts.title)
        body, content_type = self._body(message, filler)
        request = self._request(message.notification.id, message.now, body, content_type, filler)
        receipt = firing_receipt(alertmanager_firing(message)) if self.shows_state else None
        return dataclasses.replace(request, receipt=receipt) if receipt else request

    def heartbeat(self, beat: Heartbeat) -> Request:
        """Signed and with headers like a notification; its body is the same whatever the notifications look like."""
        options = self.endpoint.webhook
        document = heartbeat_document(beat, options.format or "prime_backup")
        filler = Filler(lambda: heartbeat_document(beat, "prime_backup").value, "heartbeat")
        bodiless = options.method in BODILESS
        body, content_type = (b"", "") if bodiless else (to_json(document.value), document.content_type)
        return self._request(beat.id, beat.at.unix, body, content_type, filler)

    def _request(self, id: str, now: float, body: bytes, content_type: str, filler: Filler) -> Request:
        options = self.endpoint.webhook
        headers = self._headers(id, now, filler, content_type if body else "")
        url = _address(self.endpoint.url, options.query, filler)
        if options.signing is not None:
            headers = _merged(headers, signature_headers(options.signing, id, now, body))
        return Request(options.method, url, headers, body, warnings=tuple(filler.warnings))

    def judge(self, response: Response) -> Outcome:
        is_success = response.status in self._success_statuses
        if self._judge_service and not (is_success and not 200 <= response.status < 300):
            return self._for_webhook(self._judge_service(response))
        if is_success:
            return Delivered(response.status)
        if 200 <= response.status < 300:
            reason = Wording(
                "HTTP {status} is not among the statuses that count as success",
                "HTTP {status} 不在表示成功的状态码之中",
                status=response.status,
            )
            return Retry(
                reason,
                response.status,
                hint=Wording('look at "webhook": {{"success": ...}}', '请查看 "webhook": {{"success": ...}}'),
            )
        return refusal(response)

    def _for_webhook(self, outcome: Outcome) -> Outcome:
        """The outcome that a service's channel finds, without what only the channel can follow.

        The remedies of a channel name its own options, so a webhook that it could replace gets that remedy instead.
        """
        if isinstance(outcome, Delivered):
            return Delivered(outcome.status, confirmed=outcome.confirmed)
        if isinstance(outcome, Permanent):
            outcome = dataclasses.replace(outcome, moved=None)
        elif outcome.separately:
            outcome = dataclasses.replace(outcome, separately=False)
        remedy = self.endpoint.misfit
        is_throttled = isinstance(outcome, Retry) and outcome.throttled
        return dataclasses.replace(outcome, hint=remedy) if remedy and not is_throttled else outcome

    def _body(self, message: Message, filler: Filler) -> Tuple[bytes, str]:
        """The bytes and their Content-Type."""
        options = self.endpoint.webhook
        if options.form is not None:
            fields = {name: filler.value(value, f"webhook.form.{name}") for name, value in options.form.items()}
            pairs = [(name, as_text(value)) for name, value in fields.items() if value is not None]
            return urlencode(pairs, errors="replace").encode("ascii"), options.content_type or _FORM
        if isinstance(options.body, str) and options.content_type is not None:
            default = f"{message.texts.title}\n{message.texts.body}"
            default = html.escape(default) if options.mode is Mode.XML else default
            text = filler.text(options.body, "webhook.body", options.mode, default)
            return text.encode("utf-8", "replace"), _with_charset(options.content_type)
        if options.body is not None:
            return to_json(filler.value(options.body, "webhook.body")), options.content_type or _JSON
        if options.method in BODILESS and options.format is None:
            return b"", ""
        return self._document(message)

    def _document(self, message: Message) -> Tuple[bytes, str]:
        endpoint, options = self.endpoint, self.endpoint.webhook
        if self._sends_payload:
            return payload_json(message, traceback=endpoint.traceback), options.content_type or _JSON
        document = document_of(
            options.format or "prime_backup",
            message,
            endpoint=endpoint.name,
            traceback=endpoint.traceback,
            alert=options.alert,
        )
        value = serverchan.fit(document.value) if self._to_serverchan else document.value
        return to_json(value), options.content_type or document.content_type

    def _headers(self, id: str, now: float, filler: Filler, content_type: str) -> Dict[str, str]:
        # The ids are the same in all tries, so that a receiver can recognize a repetition (standardwebhooks.com)
        own = {"webhook-id": id, "webhook-timestamp": str(int(now)), "Idempotency-Key": id}
        if content_type:
            own = {"Content-Type": content_type, **own}
        if self._authorization:
            own["Authorization"] = self._authorization
        given = {name: self._header(name, value, filler) for name, value in self.endpoint.headers.items()}
        return _merged(own, given) if given else own

    def _header(self, name: str, value: str, filler: Filler) -> str:
        """A header's value. The values in a template can neither end the line nor fill a server's buffers."""
        if not is_template(value):
            return value
        text = filler.text(value, f"headers.{name}", Mode.TEXT).encode("utf-8", "replace").decode("utf-8")
        return _UNPRINTABLE.sub(" ", text).strip()[:_LONGEST_HEADER]


def _authorization(options: WebhookOptions) -> str:
    """The value of the header Authorization; empty where the options give none."""
    if options.auth is not None:
        pair = f"{options.auth.user}:{options.auth.password}"
        return "Basic " + base64.b64encode(pair.encode("utf-8", "replace")).decode("ascii")
    return "" if options.token is None else f"Bearer {options.token}"


def _merged(headers: Mapping[str, str], stronger: Mapping[str, str]) -> Dict[str, str]:
    """Both sets of headers. The ``stronger`` ones replace others of the same name, whatever its case."""
    names = {name.lower() for name in stronger}
    return {**{name: value for name, value in headers.items() if name.lower() not in names}, **stronger}


def _address(url: str, query: Mapping[str, str], filler: Filler) -> str:
    """The URL with its templates filled in, and with the parameters of the query that did not come out empty."""
    if is_template(url):
        static = url[: min(index for index in map(url.find, ("{{", "{%", "{#")) if index >= 0)]
        url = filler.text(url, "url", Mode.URL, static)
    if not query:
        return url
    texts = {name: filler.text(value, f"webhook.query.{name}") for name, value in query.items()}
    pairs = [(name, text) for name, text in texts.items() if text or not is_template(query[name])]
    if not pairs:
        return url
    address, hash_sign, fragment = url.partition("#")
    joint = "" if address.endswith(("?", "&")) else "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode(pairs, quote_via=quote, errors='replace')}{hash_sign}{fragment}"


def _with_charset(content_type: str) -> str:
    return content_type if "charset" in content_type.lower() else f"{content_type}; charset=utf-8"
