"""One identity for the start and the end of a task, in a form that any service takes."""

from __future__ import annotations

import uuid

from prime_notify.model.payload import Payload

__all__ = ["run_id"]

_NAMESPACE = uuid.UUID("1f6f2c0e-6a4c-5a35-9b7e-0d5c3f0a9e51")  # ours, made once; another would break running tasks


def run_id(payload: Payload) -> str:
    """A UUID in its canonical form, the same for all notifications of one task and on every try.

    ``task_id`` itself will not do: a plugin may have made it up, of any characters, and another may use the same.
    """
    name = f"{payload.plugin.id}\n{payload.task.value}\n{payload.task_id}"
    return str(uuid.uuid5(_NAMESPACE, name.encode("utf-8", "replace").decode("utf-8")))
