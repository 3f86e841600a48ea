"""Who is called by name in a message."""

from __future__ import annotations

import re
from typing import Optional

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.message_options import Mention
from prime_notify.model.payload import Payload

__all__ = ["MOST_CALLED", "NOBODY", "called", "check_users"]

NOBODY = Mention()

MOST_CALLED = 50
"""So many people at most in one message: DingTalk's limit, and more than any other service's message has room for."""


def called(endpoint: EndpointConfig, payload: Payload) -> Mention:
    """Whom the endpoint's config calls for such a payload."""
    mention = endpoint.mention
    return mention if mention is not None and payload.severity in mention.on else NOBODY


def check_users(mention: Optional[Mention], pattern: str, remedy: str) -> None:
    """:raises ValueError: ``remedy``, when a user's id does not look like one of the service's."""
    if mention is not None and not all(re.fullmatch(pattern, user, re.ASCII) for user in mention.users):
        raise ValueError(remedy)
