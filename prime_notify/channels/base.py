"""What a channel is: it turns a message into a request and a response into an outcome, and does no I/O."""

from __future__ import annotations

import abc
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Mapping, Type, TypeVar

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome

__all__ = ["Channel", "Request", "Response"]


@dataclass(frozen=True)
class Request:
    """One HTTP request, complete: the transport adds nothing but what HTTP itself needs.

    URLs and header values are secrets, and bodies private: none of them is in the repr.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Response:
    """What came back. Header names are lower-case; ``body`` is cut at the transport's cap (then ``truncated``).

    ``received_at``: when, unix seconds; 0 when not known.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    truncated: bool = False
    received_at: float = 0.0


E_co = TypeVar("E_co", bound=EndpointConfig, covariant=True)


class Channel(abc.ABC, Generic[E_co]):
    """A kind of endpoint. One module in this package each, found by itself (:mod:`prime_notify.channels.registry`).

    Instances are cheap and hold only their endpoint's config. ``render`` and ``judge`` are pure: the same input gives
    the same output, no clock, no socket, no randomness.
    """

    type: ClassVar[str]
    """The value of ``type`` in an endpoint's config, and the name of the object that holds the channel's options."""

    endpoint_model: ClassVar[Type[EndpointConfig]]
    """The Pydantic model of an endpoint of this type."""

    def __init__(self, endpoint: E_co) -> None:
        self.endpoint = endpoint

    @abc.abstractmethod
    def render(self, message: Message) -> Request:
        """The request that delivers ``message``. Total: any message gives a request within the service's limits."""

    @abc.abstractmethod
    def judge(self, response: Response) -> Outcome:
        """What the service's answer means. Total: any bytes give an outcome."""
