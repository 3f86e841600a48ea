"""Checks whether a request of any kind could be sent, without sending it."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import shutil
import threading
from pathlib import Path
from typing import Optional
from urllib.parse import urlsplit

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import AnyRequest, AppriseRequest, CommandRequest, GameRequest, Request
from prime_notify.text.wording import Wording
from prime_notify.transport.http import HttpTransport

__all__ = ["Prober", "same_place"]


class Prober:
    """Probes with connections of its own. :meth:`close` cuts a running probe off; later ones fail at once."""

    def __init__(self, http: Optional[HttpTransport] = None) -> None:
        self._http = http
        self._closed = False
        self._lock = threading.Lock()

    def probe(self, request: AnyRequest, *, timeout: float) -> Optional[TransportFailure]:
        """The failure that ``request`` would meet; None when it could be sent, as far as a probe shows."""
        if isinstance(request, CommandRequest):
            return _command(request)
        if isinstance(request, AppriseRequest):
            return _apprise()
        if isinstance(request, GameRequest):
            return None
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
    """Whether a probe of one request is valid for the other, too."""
    return _place(one) == _place(other)


def _place(request: AnyRequest) -> object:
    """The parts of a request that a probe looks at."""
    if isinstance(request, Request):
        return dataclasses.replace(request, method="", url=_origin(request.url), headers={}, body=b"", warnings=())
    if isinstance(request, CommandRequest):
        return CommandRequest, request.argv[0], request.folder, request.environment.get("PATH")
    return type(request)


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
        reason = Wording("the folder in which {name} is to run does not exist", "{name} 的工作目录不存在", name=name)
        return _unusable(reason, Wording("create it, or name another", "请创建它，或改用另一个"))
    has_folder = name != program
    places = [program, str(Path(folder, program))] if has_folder else [program]
    path = request.environment.get("PATH")
    if any(shutil.which(place, path=path) for place in places):
        return None
    if has_folder and any(Path(place).is_file() for place in places):
        reason = Wording("{name} may not be executed", "没有执行 {name} 的权限", name=name)
        return _unusable(reason, Wording("make it executable: chmod +x", "请赋予执行权限：chmod +x"))
    hint = Wording(
        "write the program's whole path; one without / is looked for in PATH",
        "请写程序的完整路径；不含 / 的会在 PATH 中查找",
    )
    return _unusable(Wording("there is no program {name}", "没有程序 {name}", name=name), hint)


def _apprise() -> Optional[TransportFailure]:
    if importlib.util.find_spec("apprise") is not None:
        return None
    hint = Wording(
        "install it for the Python that runs MCDReforged: pip install apprise",
        "请为运行 MCDReforged 的 Python 安装它：pip install apprise",
    )
    return _unusable(Wording("the library apprise is not installed", "没有安装 apprise 库"), hint)


def _unusable(reason: Wording, hint: Wording) -> TransportFailure:
    return TransportFailure(FailureKind.OTHER, reason, hint)
