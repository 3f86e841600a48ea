"""Which options of an endpoint are secondary: a value that does not fit is left out, and the endpoint works."""

from __future__ import annotations

from typing import Any

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.option import is_content, is_essential, is_public
from prime_notify.config.problem import Location
from prime_notify.model.annotations import field_at, member, option_names

__all__ = ["is_secondary"]


def is_secondary(model: Any, location: Location) -> bool:
    """Whether an endpoint of this model can do its work without the value at ``location``.

    An option that every endpoint has says so itself. One of the channel's own is secondary unless it is essential, or
    may be a secret: without a secret, the service would refuse everything.
    """
    first = str(location[0])
    common = field_at(EndpointConfig, first)
    if common is not None:
        return not is_essential(common)
    annotation = member(model, first)
    for part in location[1:]:
        inner = field_at(annotation, str(part))
        open_to_all = inner is None or is_public(inner) or is_content(inner) or bool(option_names(inner.annotation))
        if not open_to_all or (inner is not None and is_essential(inner)):
            return False
        annotation = member(annotation, part)
    return len(location) > 1
