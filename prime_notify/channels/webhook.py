"""The general webhook: the whole payload as JSON, with POST, for receivers of the owner's own."""

from __future__ import annotations

from typing import Any, Dict

from pydantic import Field
from typing_extensions import Literal

from prime_notify.channels import serverchan
from prime_notify.channels.common.base import Channel, Request, Response
from prime_notify.channels.common.http_status import judge_status
from prime_notify.channels.common.wire import json_post
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome

__all__ = ["Webhook", "WebhookEndpoint"]


class WebhookEndpoint(EndpointConfig):
    """An endpoint of type ``webhook``, which is also the type of an endpoint that names none."""

    type: Literal["webhook"] = Field("webhook", description="The channel.")


class Webhook(Channel[WebhookEndpoint]):
    """Sends the payload; the HTTP status is the answer.

    The payload carries ``title`` and ``desp``, so ServerChan's own URLs work too, with ServerChan's limits and with
    its way to say no.
    """

    type = "webhook"
    endpoint_model = WebhookEndpoint
    example = {"name": "ops", "type": "webhook", "url": "https://example.com/hook"}
    about = {
        "en_us": "Posts the whole payload as JSON to a receiver of your own. `type` may be left out.",
        "zh_cn": "把完整的载荷以 JSON 发送（POST）到你自己的接收端。`type` 可以省略。",
    }
    status_is_answer = True

    def __init__(self, endpoint: WebhookEndpoint) -> None:
        super().__init__(endpoint)
        self._to_serverchan = serverchan.is_serverchan(endpoint.url)

    def render(self, message: Message) -> Request:
        document = self._document(message)
        if self._to_serverchan:
            document = serverchan.fit(document)
        own = {
            # Constant over all tries, so that a receiver can tell a repetition (standardwebhooks.com)
            "webhook-id": message.notification.id,
            "webhook-timestamp": str(int(message.now)),
            "Idempotency-Key": message.notification.id,
        }
        return json_post(self.endpoint.url, document, self.endpoint.headers, own)

    def judge(self, response: Response) -> Outcome:
        if self._to_serverchan:
            return serverchan.judge_answer(response)
        return judge_status(response)

    def _document(self, message: Message) -> Dict[str, Any]:
        texts = message.texts
        document = message.payload.to_dict()
        document.update(title=texts.title, body=texts.body, desp=texts.desp)
        error = document.get("error")
        if error and not self.endpoint.traceback:
            error.pop("traceback", None)
        return document
