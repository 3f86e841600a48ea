"""An endpoint: one configured destination with its channel, ready for use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Optional

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.known_services import is_own_server
from prime_notify.config.endpoint import EndpointConfig
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome, Permanent, Retry
from prime_notify.model.request import AnyRequest, MailRequest, Request
from prime_notify.model.response import Response
from prime_notify.text.redaction import Redactor

__all__ = ["Endpoint"]


@dataclass(frozen=True)
class Endpoint:
    """One destination, ready for use. ``redact`` masks its secrets in any text."""

    config: EndpointConfig
    channel: Channel[Any]
    redact: Redactor

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def type(self) -> str:
        return self.config.type

    def render(self, message: Message) -> AnyRequest:
        """The request that delivers ``message``, with the endpoint's connection options."""
        return self._connected(self.channel.render(message))

    def follow_up(self, message: Message) -> Optional[AnyRequest]:
        """The request that updates the start after ``message`` is delivered, if there is one."""
        request = self.channel.follow_up(message)
        return None if request is None else self._connected(request)

    def heartbeat(self, beat: Heartbeat) -> Optional[AnyRequest]:
        """The request of a heartbeat; None: the service takes none."""
        request = self.channel.heartbeat(beat)
        return None if request is None else self._connected(request)

    def _connected(self, request: AnyRequest) -> AnyRequest:
        connection = self.config.connection
        if (
            not isinstance(request, (Request, MailRequest)) or request.connection == connection
        ):  # as with most endpoints
            return request
        return replace(request, connection=connection)

    def judge(self, request: AnyRequest, response: Response) -> Outcome:
        """The outcome of the answer to a request.

        A public service is believed at once; only before a server of one's own may stand a proxy that speaks for it.
        """
        outcome = self.channel.judge_answer(request, response)
        if isinstance(outcome, Permanent) and outcome.doubtful and not is_own_server(self.config.url or ""):
            return replace(outcome, doubtful=False)
        longest = self.channel.longest_wait
        if isinstance(outcome, Retry) and outcome.after is not None and outcome.after > longest:
            return replace(outcome, after=longest)
        return outcome
