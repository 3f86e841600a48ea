"""Other ways to send, for comparison: requests, one endpoint after another, and Apprise."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
from typing import Any, Callable, Dict, Sequence

import requests

__all__ = ["HAS_APPRISE", "apprise", "in_turn"]

HAS_APPRISE = importlib.util.find_spec("apprise") is not None


def in_turn(urls: Sequence[str], body: Dict[str, Any], timeout: float) -> Callable[[], None]:
    """Posts to the URLs one after another, like a plugin without a queue. ``timeout``: seconds for each."""

    def post() -> None:
        for url in urls:
            with contextlib.suppress(requests.RequestException):
                requests.post(url, json=body, timeout=timeout)

    return post


def apprise(urls: Sequence[str], timeout: float) -> Callable[[], Any]:
    """Sends to all URLs with Apprise: with its JSON service, on its own threads. ``timeout``: seconds for each."""
    import apprise as library

    service = library.Apprise()
    for url in urls:
        service.add(url.replace("http://", "json://") + f"?cto={timeout}&rto={timeout}")
    return functools.partial(service.notify, title="Backup #42 done", body="before the dragon fight")
