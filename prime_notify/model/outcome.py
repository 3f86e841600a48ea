"""The outcome of one attempt: a small closed set. A channel judges it, a lane acts upon it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Mapping, Optional, Union

__all__ = ["Delivered", "Outcome", "Permanent", "Retry"]


@dataclass(frozen=True)
class Delivered:
    """The service accepted the message.

    ``confirmed``: its answer shows that it did. Otherwise nothing refused the message, but the service may have done so
    in words that nobody reads: people read "accepted, not confirmed", never "delivered".
    ``receipt``: the values by which a later message of the same task can reply to this one, or update it.
    ``reached``: who has seen it and for whom it is kept, in the language of the console, where the channel knows.
    """

    status: Optional[int] = None
    detail: str = ""
    receipt: Optional[Mapping[str, str]] = None
    confirmed: bool = True
    reached: str = ""


@dataclass(frozen=True)
class Retry:
    """The message did not arrive, and may arrive later.

    ``after``: seconds that the service asked us to wait. ``throttled``: the service is slowing the whole endpoint down,
    not refusing this one message. ``separately``: the message that this one replies to or updates is gone; it can be
    sent at once on its own, rendered without ``previous``. ``cut_off``: the plugin ended the attempt itself, so it says
    nothing of the endpoint. ``elsewhere``: only another process can make the attempt; the same holds. ``internal``: an
    error of ours prevented the attempt, and says nothing of it either.
    ``receipt``: the values by which the next attempt goes on where this one ended.
    """

    reason: str
    status: Optional[int] = None
    after: Optional[float] = None
    throttled: bool = False
    hint: str = ""
    separately: bool = False
    cut_off: bool = False
    elsewhere: bool = False
    internal: bool = False
    receipt: Optional[Mapping[str, str]] = None


@dataclass(frozen=True)
class Permanent:
    """The message will never arrive. ``disable``: no other message to this endpoint will either (HTTP 410).

    ``doubtful``: the refusal may come from a proxy or a tunnel before the service, as while the service restarts. It
    is believed when it has come a few times. ``moved``: the values that stand in for the endpoint's own from now on, as
    the service says (:meth:`prime_notify.channels.common.base.Channel.moved`).
    ``receipt``: as in :class:`Retry`, for a person who sends it again.
    """

    reason: str
    status: Optional[int] = None
    disable: bool = False
    hint: str = ""
    doubtful: bool = False
    moved: Optional[Mapping[str, str]] = None
    receipt: Optional[Mapping[str, str]] = None


Outcome = Union[Delivered, Retry, Permanent]
