"""MCDReforged, with a record of how long each plugin holds the task executor.

``python benchmarks/timed_mcdr.py FILE`` starts it in the present folder. Each line that it appends to FILE is a JSON
object: ``plugin``, ``piece`` (``load``: metadata and requirements; ``entry``: the import of the entry module and the
translations; ``on_load``; ``on_unload``; ``task``: a scheduled task), ``seconds``, ``cpu_seconds`` of the
thread, and ``task``, the function's name.
"""

from __future__ import annotations

import functools
import json
import sys
import time
from pathlib import Path
from typing import Any, Callable, Tuple

from mcdreforged.executor.task_executor_sync import SyncTaskExecutor
from mcdreforged.mcdr_entrypoint import entrypoint
from mcdreforged.plugin.plugin_event import MCDRPluginEvents
from mcdreforged.plugin.type.packed_plugin import PackedPlugin

__all__ = ["main", "record_into"]

_HOOKS = {MCDRPluginEvents.PLUGIN_LOADED.id: "on_load", MCDRPluginEvents.PLUGIN_UNLOADED.id: "on_unload"}


def record_into(file: Path) -> None:
    """Record from now on, whatever MCDReforged calls on packed plugins and runs for them."""
    submit, receive_event = SyncTaskExecutor.submit, PackedPlugin.receive_event

    def write(plugin: str, piece: str, began: Tuple[float, float], task: str = "") -> None:
        seconds, cpu = (now - then for now, then in zip(_now(), began))
        line = json.dumps({"plugin": plugin, "piece": piece, "seconds": seconds, "cpu_seconds": cpu, "task": task})
        with file.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    def timed(piece: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(plugin: Any, *args: Any, **named: Any) -> Any:
            began = _now()
            try:
                return function(plugin, *args, **named)
            finally:
                write(plugin.get_id(), piece, began)

        return call

    def receive_timed(plugin: Any, event: Any, args: Any) -> Any:
        piece = _HOOKS.get(event.id)
        return (timed(piece, receive_event) if piece else receive_event)(plugin, event, args)

    def submit_timed(executor: Any, func: Callable[[], Any], **named: Any) -> Any:
        owner = (getattr(func, "__module__", None) or "").partition(".")[0]

        def run() -> Any:
            began = _now()
            try:
                return func()
            finally:
                write(owner, "task", began, getattr(func, "__qualname__", ""))

        is_a_plugins = owner not in ("", "mcdreforged", "functools", "asyncio")
        return submit(executor, run if is_a_plugins else func, **named)

    changes = {
        "load": timed("load", PackedPlugin.load),
        "reload": timed("load", PackedPlugin.reload),
        "ready": timed("entry", PackedPlugin.ready),
        "receive_event": receive_timed,
    }
    for name, change in changes.items():
        setattr(PackedPlugin, name, change)
    setattr(SyncTaskExecutor, "submit", submit_timed)  # noqa: B010  (mypy refuses the assignment of a method)


def _now() -> Tuple[float, float]:
    return time.perf_counter(), time.thread_time()


def main() -> None:
    sys.path.pop(0)  # this folder: a packed plugin's modules come from its file, as without this record
    record_into(Path(sys.argv[1]))
    sys.argv[1:] = []
    entrypoint()


if __name__ == "__main__":
    main()
