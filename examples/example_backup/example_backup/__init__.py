"""The smallest backup plugin that announces what it does.

``!!eb make [comment]`` copies the world into a new slot, ``!!eb back [slot]`` puts the newest slot, or that one, back.

What other backup plugins may want to copy is :func:`announced`: one event when the task starts, and exactly one when it
ends. An event is dispatched whether or not anybody listens, so there is nothing to depend on: Prime Notify hears it
where ``sources.listen`` in its config names this plugin. Every field is optional; announce what you know.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Iterator

from mcdreforged.api.all import (
    CommandContext,
    CommandSource,
    GreedyText,
    Info,
    Integer,
    Literal,
    LiteralEvent,
    PluginServerInterface,
    ServerInterface,
    new_thread,
)

SLOTS = Path("example_backup_slots")
SAVE_TIMEOUT = 30.0  # seconds

busy = threading.Lock()
world_saved = threading.Event()


def announce(server: ServerInterface, event: str, fields: Dict[str, Any]) -> None:
    """Tells everybody who listens, such as Prime Notify, what happened; returns at once."""
    server.dispatch_event(LiteralEvent(f"example_backup.{event}"), (dict(fields),))


@contextlib.contextmanager
def announced(task: str, source: CommandSource, backup: Dict[str, Any]) -> Iterator[None]:
    """Announces the start of a "backup" or "restore", then its success, or its failure with the reason."""
    server = source.get_server()
    kind = "player" if source.is_player else "console"
    who = {"type": kind, "name": getattr(source, "player", kind)}
    fields = {"backup": backup, "operator": who, "source": who}
    announce(server, f"{task}_start", fields)
    began = time.monotonic()
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it was, the owner wants to know
        reason = {"type": type(error).__name__, "message": str(error)}
        announce(server, f"{task}_failure", {**fields, "cost_s": time.monotonic() - began, "error": reason})
        server.broadcast(f"The {task} failed: {error}")
    else:
        announce(server, f"{task}_success", {**fields, "cost_s": time.monotonic() - began})
        server.broadcast(f"The {task} of slot {backup['id']} is done")


def world(server: ServerInterface) -> Path:
    return Path(server.get_mcdr_config()["working_directory"]) / "world"


@new_thread("example-backup")
def make(source: CommandSource, context: CommandContext) -> None:
    server = source.get_server()
    with busy:
        slot = max((int(path.name) for path in SLOTS.glob("[0-9]*")), default=0) + 1
        backup: Dict[str, Any] = {
            "id": slot,
            "date": datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
            "comment": context.get("comment", ""),
            "targets": ["world"],
        }
        with announced("backup", source, backup):
            save_world(server)
            copy = SLOTS / str(slot) / "world"
            try:
                shutil.copytree(world(server), copy, ignore=shutil.ignore_patterns("session.lock"))
            except Exception:
                shutil.rmtree(copy.parent, ignore_errors=True)  # half a backup is none
                raise
            sizes = [path.stat().st_size for path in copy.rglob("*") if path.is_file()]
            backup.update(file_count=len(sizes), raw_size=sum(sizes), stored_size=sum(sizes))
            (copy.parent / "backup.json").write_text(json.dumps(backup), encoding="utf-8")


def save_world(server: ServerInterface) -> None:
    if not server.is_server_running():
        return
    world_saved.clear()
    server.execute("save-all flush")
    if not world_saved.wait(SAVE_TIMEOUT):
        raise TimeoutError(f"the server did not finish saving the world within {SAVE_TIMEOUT:g} s")


@new_thread("example-backup")
def back(source: CommandSource, context: CommandContext) -> None:
    server = source.get_server()
    with busy:
        slot = context.get("slot") or max((int(path.name) for path in SLOTS.glob("[0-9]*")), default=0)
        copy = SLOTS / str(slot) / "world"
        if not copy.is_dir():
            source.reply(f"There is no backup in slot {slot}")  # nothing began, so there is nothing to announce
            return
        backup = json.loads((copy.parent / "backup.json").read_text(encoding="utf-8"))
        with announced("restore", source, backup):
            server.stop()
            server.wait_until_stop()
            fresh = world(server).with_name("world.restoring")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(copy, fresh)  # the old world goes only when the new one is there
            shutil.rmtree(world(server), ignore_errors=True)
            fresh.rename(world(server))
            server.start()


def on_info(server: PluginServerInterface, info: Info) -> None:
    if info.is_from_server and info.content == "Saved the game":
        world_saved.set()


def on_load(server: PluginServerInterface, _previous: object) -> None:
    server.register_help_message("!!eb make [comment]", "Copies the world into a new slot")
    server.register_help_message("!!eb back [slot]", "Puts the world of a slot back")
    server.register_command(
        Literal("!!eb")
        .then(Literal("make").runs(make).then(GreedyText("comment").runs(make)))
        .then(Literal("back").runs(back).then(Integer("slot").at_min(1).runs(back)))
    )
