"""The transport of messages to players. A lane calls it; the task executor shows the message."""

from __future__ import annotations

import threading
from typing import Callable, Optional, Set, Tuple, Union

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import GameRequest
from prime_notify.model.response import Response
from prime_notify.text.wording import Wording, internal_error, system_reason
from prime_notify.transport.exchange import Meanwhile, Phase, Stopped
from prime_notify.transport.explain import explain

__all__ = ["GameTransport", "Shown"]

Shown = Optional[str]
"""Who saw a message and for whom it is kept, in words; None: nobody, and it is not kept."""


class GameTransport:
    """``show`` runs on the task executor, by ``run_on_executor``. ``save`` writes what is kept, and may raise OSError:
    it runs on the thread of the lane, for disks can be slow.
    """

    def __init__(
        self,
        show: Callable[[GameRequest], Tuple[Shown, bool]],
        save: Callable[[], None],
        run_on_executor: Callable[[Callable[[], None]], None],
    ) -> None:
        self._show = show
        self._save = save
        self._run_on_executor = run_on_executor
        self._lock = threading.Lock()
        self._calls: Set[_Call] = set()
        self._closed = False

    def send(
        self, request: GameRequest, *, timeout: float, meanwhile: Meanwhile = None
    ) -> Union[Response, TransportFailure]:
        """One attempt, from any thread but the task executor. Never raises."""
        call = _Call(request, self._show)
        with self._lock:
            if self._closed:
                return _stopped()
            self._calls.add(call)
        try:
            self._run_on_executor(call.run)
            return self._answer(call, timeout)
        finally:
            with self._lock:
                self._calls.discard(call)

    def _answer(self, call: _Call, timeout: float) -> Union[Response, TransportFailure]:
        if not call.wait(timeout):
            return TransportFailure(
                FailureKind.TIMEOUT,
                Wording("MCDReforged is busy: it did not show it in time", "MCDReforged 正忙，未能及时显示"),
                Wording("look for a plugin that blocks MCDReforged", "请检查是否有插件阻塞了 MCDReforged"),
            )
        if call.stopped:
            return _stopped()
        if call.error is not None:
            return TransportFailure(FailureKind.OTHER, internal_error(call.error))
        if call.shown is None:
            return TransportFailure(
                FailureKind.OTHER,
                Wording("no player who may see it is online", "能看到它的玩家都不在线"),
                Wording("join the game and try again", "请进入游戏后再试"),
            )
        try:
            self._save()
        except OSError as error:
            if not call.was_seen:
                return TransportFailure(
                    FailureKind.OTHER, system_reason(error), Wording("check the disk", "请检查磁盘")
                )
        return Response(0, {}, call.shown.encode("utf-8", "replace"))

    def close(self) -> None:
        """End the waiting of all attempts; later ones fail at once. Idempotent."""
        with self._lock:
            self._closed = True
            calls = list(self._calls)
        for call in calls:
            call.stop()


class _Call:
    """One attempt: what its thread waits for. An attempt that was given up shows nothing afterwards."""

    def __init__(self, request: GameRequest, show: Callable[[GameRequest], Tuple[Shown, bool]]) -> None:
        self._request = request
        self._show = show
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._given_up = False
        self.stopped = False
        self.shown: Shown = None
        self.was_seen = False
        self.error: Optional[Exception] = None

    def run(self) -> None:
        with self._lock:
            if self._given_up:
                return
            try:
                self.shown, self.was_seen = self._show(self._request)
            except Exception as error:  # noqa: BLE001 - it is the result of this attempt
                self.error = error
        self._ended.set()

    def wait(self, timeout: float) -> bool:
        """Whether it ended within ``timeout`` seconds."""
        if self._ended.wait(timeout):
            return True
        with self._lock:
            self._given_up = not self._ended.is_set() and self.error is None and self.shown is None
        return not self._given_up

    def stop(self) -> None:
        with self._lock:
            if not self._ended.is_set():
                self._given_up = self.stopped = True
        self._ended.set()


def _stopped() -> TransportFailure:
    return explain(Stopped(), Phase.SEND, "")
