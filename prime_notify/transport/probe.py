"""Looks whether requests of any kind could be sent, without sending them."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import shutil
import threading
from pathlib import Path
from typing import Optional
from urllib.parse import urlsplit

from prime_notify.channels.common.base import AnyRequest, AppriseRequest, CommandRequest, Request
from prime_notify.transport.failure import FailureKind, TransportFailure
from prime_notify.transport.http import HttpTransport

__all__ = ["Prober", "same_place"]


class Prober:
    """Probes with connections of its own. :meth:`close` cuts the one under way off; later ones fail at once."""

    def __init__(self, http: Optional[HttpTransport] = None) -> None:
        self._http = http
        self._closed = False
        self._lock = threading.Lock()

    def probe(self, request: AnyRequest, *, timeout: float) -> Optional[TransportFailure]:
        """What would keep ``request`` from being sent; None when nothing seems to."""
        if isinstance(request, CommandRequest):
            return _command(request)
        if isinstance(request, AppriseRequest):
            return _apprise()
        return self._transport().probe(request, timeout=timeout)

    def close(self) -> None:
        """Idempotent, from any thread."""
        with self._lock:
            self._closed = True
            http = self._http
        if http is not None:
            http.close()

    def _transport(self) -> HttpTransport:
        with self._lock:
            if self._http is None:
                self._http = HttpTransport()
                if self._closed:
                    self._http.close()
            return self._http


def same_place(one: AnyRequest, other: AnyRequest) -> bool:
    """Whether a probe of the one tells about the other, too."""
    return _place(one) == _place(other)


def _place(request: AnyRequest) -> object:
    """The request without what a probe does not look at."""
    if isinstance(request, Request):
        return dataclasses.replace(request, method="", url=_origin(request.url), headers={}, body=b"", warnings=())
    if isinstance(request, CommandRequest):
        return CommandRequest, request.argv[0], request.folder, request.environment.get("PATH")
    return AppriseRequest


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _command(request: CommandRequest) -> Optional[TransportFailure]:
    program, folder = request.argv[0], request.folder or os.curdir
    name = program.replace("\\", "/").rpartition("/")[2]
    if not Path(folder).is_dir():
        return _unusable(f"the folder in which {name} is to run does not exist", "create it, or name another")
    has_folder = name != program
    places = [program, str(Path(folder, program))] if has_folder else [program]
    path = request.environment.get("PATH")
    if any(shutil.which(place, path=path) for place in places):
        return None
    if has_folder and any(Path(place).is_file() for place in places):
        return _unusable(f"{name} may not be executed", "make it executable: chmod +x")
    hint = "write the program's whole path; one without / is looked for in PATH"
    return _unusable(f"there is no program {name}", hint)


def _apprise() -> Optional[TransportFailure]:
    if importlib.util.find_spec("apprise") is not None:
        return None
    hint = "install it for the Python that runs MCDReforged: pip install apprise"
    return _unusable("the library apprise is not installed", hint)


def _unusable(reason: str, hint: str) -> TransportFailure:
    return TransportFailure(FailureKind.OTHER, reason, hint)
