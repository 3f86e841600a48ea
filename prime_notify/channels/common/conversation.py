"""How the end of a task is told where its start has been told already."""

from __future__ import annotations

from typing import Dict, Mapping, Optional, Tuple

from prime_notify.config.endpoint import EndpointConfig, Lifecycle

__all__ = ["conversation"]


def conversation(
    endpoint: EndpointConfig, previous: Optional[Mapping[str, str]], *needed: str, calls: bool
) -> Tuple[Lifecycle, Dict[str, str]]:
    """Whether a message stands alone, replies to its start or updates it, and where that start is found.

    ``needed`` are the names that a receipt of this service has; one without them is another service's, from before
    the endpoint's config was changed. ``calls``: somebody is called by name in the message. An edited message rings
    nobody's phone, in no service, so such a message is never an update: it replies to the start instead.
    """
    start = {name: previous[name] for name in needed if name in previous} if previous else {}
    if len(start) < len(needed) or endpoint.lifecycle == "separate":
        return "separate", {}
    return "reply" if calls else endpoint.lifecycle, start
