"""What a channel is: it turns a message into a request and a response into an outcome, and does no I/O."""

from __future__ import annotations

import abc
from typing import Any, ClassVar, FrozenSet, Generic, Mapping, Tuple, Type, TypeVar

from prime_notify.config.endpoint import EndpointConfig, Lifecycle
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome
from prime_notify.model.request import AnyRequest
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
    """By language (``en_us``, ``zh_cn``): what it is for and how to get what the example needs, in Markdown."""

    rate_limits: ClassVar[Tuple[Rate, ...]] = ()
    """What the service takes, by its own documents: how often a lane tries where the config does not say."""

    status_is_answer: ClassVar[bool] = False
    """Whether the service says with the HTTP status (or exit code) alone that it took a message. Of the others, an
    answer that is not in their own words is no success, whatever its status."""

    lifecycles: ClassVar[FrozenSet[Lifecycle]] = frozenset(("separate",))
    """Which values of an endpoint's ``lifecycle`` the service can do. For the others, a start's outcome carries a
    receipt (:attr:`prime_notify.model.outcome.Delivered.receipt`), which the end's message gets as ``previous``."""

    shows_state: ClassVar[bool] = False
    """Whether what was told last is what counts, as in monitoring: then the ends of different tasks keep their order,
    so that a failure that was late cannot undo the success after it."""

    def __init__(self, endpoint: E_co) -> None:
        self.endpoint = endpoint

    @abc.abstractmethod
    def render(self, message: Message) -> AnyRequest:
        """The request that delivers ``message``. Total: any message gives a request within the service's limits."""

    @abc.abstractmethod
    def judge(self, response: Response) -> Outcome:
        """What the service's answer means. Total: any bytes give an outcome."""
