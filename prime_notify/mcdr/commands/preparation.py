"""The import of all channels, which takes most of a second, away from MCDReforged's task executor."""

from __future__ import annotations

import contextlib
import threading
from typing import Callable, List

from prime_notify.channels.common.registry import channel_types

__all__ = ["ChannelPreparation"]


class ChannelPreparation:
    """``then`` is called on the task executor, and runs a function there: at once, or when the channels are imported.

    :param run_on_executor: runs a function on the task executor, from any thread, and never after an unload.
    """

    def __init__(self, run_on_executor: Callable[[Callable[[], None]], None]) -> None:
        self._run_on_executor = run_on_executor
        self._waiting: List[Callable[[], None]] = []
        self._done = False

    def then(self, act: Callable[[], None]) -> None:
        """Run ``act`` with all channels imported. In the order of the calls."""
        if self._done:
            act()
            return
        self._waiting.append(act)
        if len(self._waiting) == 1:
            threading.Thread(target=self._work, name="prime_notify-channels", daemon=True).start()

    def _work(self) -> None:
        with contextlib.suppress(Exception):  # whoever needs the channel that fails gets the same error, and shows it
            list(channel_types().values())
        self._run_on_executor(self._go_on)

    def _go_on(self) -> None:
        self._done = True
        waiting, self._waiting = self._waiting, []
        for act in waiting:
            act()
