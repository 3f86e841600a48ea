"""The interface of channels: a channel turns a message into a request and a response into an outcome. It does
no I/O.
"""

from __future__ import annotations

import abc
import dataclasses
from typing import Any, ClassVar, FrozenSet, Generic, Mapping, Optional, Tuple, Type, TypeVar

from prime_notify.channels.common.http_status import refusal
from prime_notify.config.endpoint import EndpointConfig, Lifecycle
from prime_notify.config.units import Rate
from prime_notify.model.event import Status, Task
from prime_notify.model.heartbeat import Heartbeat
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome
from prime_notify.model.request import AnyRequest, Request
from prime_notify.model.response import Response

__all__ = ["Channel"]


E_co = TypeVar("E_co", bound=EndpointConfig, covariant=True)


class Channel(abc.ABC, Generic[E_co]):
    """A kind of endpoint, found by itself (:mod:`prime_notify.channels.common.registry`).

    Instances are cheap and hold only their endpoint's config. ``render`` and ``judge`` are pure: the same input gives
    the same output, no clock, no socket, no randomness.
    """

    type: ClassVar[str]
    """The value of ``type`` in an endpoint's config, and the name of the object that holds the channel's options."""

    endpoint_model: ClassVar[Type[EndpointConfig]]
    """The Pydantic model of an endpoint of this type."""

    example: ClassVar[Mapping[str, Any]]
    """The smallest endpoint of this type that works, as it stands in a config; for the reference and for tests."""

    about: ClassVar[Mapping[str, str]]
    """By language (``en_us``, ``zh_cn``), in Markdown: its purpose, and where the values of the example come from."""

    key_pattern: ClassVar[str] = ""
    """A regular expression by which a key of the service is recognized, wherever it is pasted; empty where keys have no
    form of their own.
    """

    also_asked: ClassVar[Tuple[Tuple[str, str], ...]] = ()
    """Options beside those of the example for which a setup asks, since many owners need them: object and key."""

    console_only: ClassVar[bool] = False
    """Whether such an endpoint may be set up only in the console, since it reaches beyond messages."""

    rate_limits: ClassVar[Tuple[Rate, ...]] = ()
    """The limits that the service documents: the pace of a lane where the config names none."""

    longest_wait: ClassVar[float] = 86400.0
    """Seconds: the longest wait that the service can ask for. More is a mistake of the service, or in another unit."""

    status_is_answer: ClassVar[bool] = False
    """Whether the HTTP status (or exit code) alone means success. For the other services an answer of a foreign form is
    no success, whatever its status.
    """

    lifecycles: ClassVar[FrozenSet[Lifecycle]] = frozenset(("separate",))
    """The values of an endpoint's ``lifecycle`` that the service supports. For values other than ``separate``, a
    start's outcome carries a receipt (:attr:`prime_notify.model.outcome.Delivered.receipt`), which the end's message
    gets as ``previous``.
    """

    shows_state: bool = False
    """Whether only the newest message counts, as in monitoring. Then the ends of different tasks keep their order, so
    that a late failure cannot undo the success after it. A message gets the receipt of the last one of the same kind of
    task as ``previous``; an empty one when there was none.
    """

    def __init__(self, endpoint: E_co) -> None:
        self.endpoint = endpoint

    @abc.abstractmethod
    def render(self, message: Message) -> AnyRequest:
        """The request that delivers ``message``. Total: any message gives a request within the service's limits."""

    def follow_up(self, message: Message) -> Optional[AnyRequest]:
        """A second request after ``message`` is delivered: the update of its start, where the message is no update.

        It is tried once. Its outcome changes nothing for the message.
        """
        return None

    def heartbeat(self, beat: Heartbeat) -> Optional[AnyRequest]:
        """The request of a heartbeat; None: the service knows no states.

        The endpoint model of a channel that makes one has the option (:mod:`prime_notify.config.heartbeat_option`).
        """
        return None

    def is_alarm(self, task: Task, status: Status) -> bool:
        """Whether the endpoint shows an alarm after the last task of this kind ended so. A heartbeat would hide it."""
        return task is Task.BACKUP and status.begins_failure

    def judge_answer(self, request: AnyRequest, response: Response) -> Outcome:
        """The same for the answer to a known request: a delivered message leaves the request's receipt behind."""
        outcome = self.judge(response)
        if isinstance(outcome, Delivered) and isinstance(request, Request) and request.receipt is not None:
            return dataclasses.replace(outcome, receipt=outcome.receipt or request.receipt)
        return outcome

    @abc.abstractmethod
    def judge(self, response: Response) -> Outcome:
        """The outcome that the service's answer means. Total: any bytes give an outcome."""

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        """The outcome of the service's answer to a request that is not the channel's own: that of a webhook to ``url``.

        Total. By default the HTTP status is the answer.
        """
        return Delivered(response.status) if 200 <= response.status < 300 else refusal(response)

    def moved(self, values: Mapping[str, str]) -> Optional[Channel[E_co]]:
        """The channel with the ``values`` of :attr:`prime_notify.model.outcome.Permanent.moved`; None when the service
        moves nothing.
        """
        return None
