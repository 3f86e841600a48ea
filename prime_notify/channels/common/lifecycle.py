"""The ties between the messages of one task at a service: an identity, and the start's receipt."""

from __future__ import annotations

import uuid
from typing import Dict, Mapping, Optional, Tuple

from prime_notify.config.endpoint import EndpointConfig, Lifecycle
from prime_notify.model.event import Bound, Severity, Status
from prime_notify.model.payload import Payload

__all__ = ["lifecycle_of", "run_id"]

# Made once: with another one, the end of a running task would not match its start
_NAMESPACE = uuid.UUID("1f6f2c0e-6a4c-5a35-9b7e-0d5c3f0a9e51")


def run_id(payload: Payload) -> str:
    """A UUID in its canonical form, the same for all notifications of one task and on every try.

    ``task_id`` itself is not used: it may have any characters, and another plugin may use the same one.
    """
    name = f"{payload.plugin.id}\n{payload.task.value}\n{payload.task_id}"
    return str(uuid.uuid5(_NAMESPACE, name.encode("utf-8", "replace").decode("utf-8")))


def lifecycle_of(
    endpoint: EndpointConfig, payload: Payload, previous: Optional[Mapping[str, str]], *needed: str, mentions: bool
) -> Tuple[Lifecycle, Dict[str, str]]:
    """Whether a message stands alone, replies to its start or updates it, and the receipt of that start.

    ``needed``: the names that a receipt of this service has. A receipt without them is another service's, from before
    the endpoint's config was changed. ``mentions``: the message mentions people. An edited message rings no phone at
    these services, so neither such a message nor a failure is an update, nor a message in the midst
    of a task, which is stuck: it replies to the start instead, and the start is updated besides
    (:meth:`prime_notify.channels.common.base.Channel.follow_up`).
    """
    start = {name: previous[name] for name in needed if name in previous} if previous else {}
    if len(start) < len(needed) or endpoint.lifecycle == "separate":
        return "separate", {}
    is_bad = payload.status is Status.FAILURE or payload.severity is Severity.ERROR
    urgent = mentions or is_bad or payload.event.bound is Bound.NONE
    return "reply" if urgent else endpoint.lifecycle, start
