"""In place of a transport that only another process has."""

from __future__ import annotations

from typing import Any, Union

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.response import Response
from prime_notify.text.wording import Wording
from prime_notify.transport.exchange import Meanwhile

__all__ = ["NoGame"]


class NoGame:
    """Outside MCDReforged's process nothing can be shown in the game: the delivery waits for that process."""

    def send(self, request: Any, *, timeout: float, meanwhile: Meanwhile = None) -> Union[Response, TransportFailure]:
        """Always the same failure, at once."""
        return TransportFailure(
            FailureKind.ELSEWHERE,
            Wording("only MCDReforged can show it in the game", "只有 MCDReforged 能在游戏内显示"),
            Wording("it waits until MCDReforged runs with this folder", "会等到 MCDReforged 使用此文件夹运行时"),
        )

    def close(self) -> None:
        """There is nothing to close."""
