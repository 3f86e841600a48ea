"""A stand-in for a Minecraft server: it speaks the console protocol of a vanilla server and has a world folder.

For tests and the demo. MCDReforged starts it like any server; it needs only Python's standard library. It runs in
its working directory, which is where its ``world`` folder is.

Commands of a vanilla server that it obeys, one per line on stdin:

    save-all [flush]   prints "Saved the game"
    save-off, save-on  prints what vanilla prints
    list               prints who is online (nobody)
    say TEXT           prints "[Server] TEXT"
    tellraw WHO JSON   prints "[tellraw to WHO] TEXT", so that a person or a test sees what players would see
    title WHO WHAT JSON, bossbar ..., playsound ...
                       print "[title to WHO] WHAT: TEXT", "[bossbar] ..." and "[playsound] ..."
    stop               saves, and ends

Commands of its own, for whoever plays the players. Text typed into MCDReforged's console that is no command of a
plugin is passed on to the server, so they can be typed there:

    fake TEXT          prints "[HH:MM:SS] [Server thread/INFO]: TEXT"; as in "fake <Steve> !!pb make" (Steve chats)
                       or "fake Steve joined the game"
    standin save on|off     whether save-all is ever answered (off: a server that hangs while saving)
    standin stop-delay S    how many seconds a stop takes
    standin crash           ends at once with exit code 1

Options: ``--no-save`` and ``--stop-delay S`` set the same from the start.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from pathlib import Path
from typing import Any, Iterable, Optional, Sequence

__all__ = ["StandIn", "main"]

_AT_A_PLAYER = "execute at @p run "


class StandIn:
    """The server's state, and one method call per console line."""

    def __init__(self, *, answers_saves: bool = True, stop_delay: float = 0.0, world: Path = Path("world")) -> None:
        self.answers_saves = answers_saves
        self.stop_delay = stop_delay
        self._world = world
        self._started = time.monotonic()

    def run(self, lines: Iterable[str]) -> int:
        """Starts up, obeys ``lines`` until ``stop`` or their end, and returns the exit code."""
        self.log("Starting minecraft server version 1.21.4")
        self.log(f'Preparing level "{self._world.name}"')
        self._create_world()
        self.log(f'Done ({time.monotonic() - self._started:.3f}s)! For help, type "help"')
        for line in lines:
            exit_code = self.obey(line.strip())
            if exit_code is not None:
                return exit_code
        return 0

    def obey(self, line: str) -> Optional[int]:
        """Runs one console command; the exit code if it ends the server."""
        if line.startswith(_AT_A_PLAYER):  # how MCDReforged sends tellraw to newer servers
            line = line[len(_AT_A_PLAYER) :]
        command, _, rest = line.partition(" ")
        if command == "stop":
            return self._stop()
        if command == "standin":
            return self._control(rest.split())
        if command == "fake":
            self.log(rest)
        elif command == "save-all":
            self._save()
        elif command in ("save-off", "save-on"):
            self.log("Automatic saving is now " + ("disabled" if command == "save-off" else "enabled"))
        elif command == "list":
            self.log("There are 0 of a max of 20 players online: ")
        elif command == "say":
            self.log(f"[Server] {rest}")
        elif command == "tellraw":
            self._tellraw(rest)
        elif command == "title":
            self._title(rest)
        elif command in ("bossbar", "playsound"):
            self.log(f"[{command}] {rest}")
        elif command:
            self.log(f"Unknown or incomplete command, see below for error: {line}<--[HERE]")
        return None

    def log(self, text: str) -> None:
        """Prints one line as a vanilla server does; each line of a longer text gets its own."""
        stamp = time.strftime("%H:%M:%S")
        for part in text.splitlines() or [""]:
            print(f"[{stamp}] [Server thread/INFO]: {part}", flush=True)  # noqa: T201

    def _create_world(self) -> None:
        (self._world / "region").mkdir(parents=True, exist_ok=True)
        level = self._world / "level.dat"
        if not level.exists():
            level.write_bytes(b"a stand-in for a level")

    def _save(self) -> None:
        self.log("Saving the game (this may take a moment!)")
        if self.answers_saves:
            self.log("Saved the game")

    def _stop(self) -> int:
        self.log("Stopping the server")
        time.sleep(self.stop_delay)
        self.log("ThreadedAnvilChunkStorage: All dimensions are saved")
        return 0

    def _control(self, words: Sequence[str]) -> Optional[int]:
        if words == ["crash"]:
            return 1
        name, value = words if len(words) == 2 else ("", "")
        if name == "save" and value in ("on", "off"):
            self.answers_saves = value == "on"
        elif name == "stop-delay":
            self.stop_delay = float(value)
        else:
            self.log("standin: save on|off, stop-delay SECONDS, or crash")
            return None
        self.log(f"standin: {name} is {value}")
        return None

    def _tellraw(self, rest: str) -> None:
        who, _, component = rest.partition(" ")
        for line in _text_of(component).splitlines():
            self.log(f"[tellraw to {who}] {line}")

    def _title(self, rest: str) -> None:
        who, what, value = (*rest.split(" ", 2), "", "")[:3]
        self.log(f"[title to {who}] {what}: {_text_of(value)}")


def _text_of(component: str) -> str:
    """The text of a component in JSON, or what stands in its place."""
    try:
        return plain_text(json.loads(component))
    except ValueError:
        return component


def plain_text(component: Any) -> str:
    """The text of a Minecraft text component, as a player reads it."""
    if isinstance(component, list):
        return "".join(map(plain_text, component))
    if isinstance(component, dict):
        return str(component.get("text", "")) + plain_text(component.get("extra", []))
    return str(component)


def main(arguments: Optional[Sequence[str]] = None) -> int:
    parser = argparse.ArgumentParser(description="A stand-in for a Minecraft server.")
    parser.add_argument("--no-save", action="store_true", help="never answer save-all")
    parser.add_argument("--stop-delay", type=float, default=0.0, metavar="S", help="seconds that a stop takes")
    options = parser.parse_args(arguments)
    for stream in (sys.stdin, sys.stdout):  # MCDReforged speaks UTF-8, whatever the system's code page
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return StandIn(answers_saves=not options.no_save, stop_delay=options.stop_delay).run(sys.stdin)


if __name__ == "__main__":
    sys.exit(main())
