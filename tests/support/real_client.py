"""A real Minecraft server under MCDReforged, and real clients that join it: flying-squid and mineflayer, in Node.

They are no part of what Python installs. Once: ``npm install --prefix tests/real_client``; then
``python -m pytest tests/real_client``. ``PRIME_NOTIFY_NODE_MODULES`` names another folder with the modules. ::

    with Game(folder, plugins=[packed]) as game:
        steve = game.join("Steve")
        steve.chat("!!pn")
        steve.wait_for_chat("Prime Notify")
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence

from tests.support.mcdr import PROJECT, McdrProcess

__all__ = ["Game", "Got", "Player", "clicks", "hovers", "parts", "why_not"]

FOLDER = PROJECT / "tests" / "real_client"
Got = Dict[str, Any]
"""What a client received: ``event`` and the values that ``player.js`` describes."""


def why_not() -> Optional[str]:
    """Why no real client can run here; None when one can."""
    if shutil.which("node") is None:
        return "the real client needs Node.js 18 or newer"
    modules = Path(os.environ.get("PRIME_NOTIFY_NODE_MODULES") or FOLDER / "node_modules")
    if not all((modules / name).is_dir() for name in ("flying-squid", "mineflayer")):
        return "the real client needs its modules: npm install --prefix tests/real_client"
    return None


def _node() -> str:
    node = shutil.which("node")
    assert node is not None, why_not()
    return node


class Player:
    """One client, from its joining on. Waiting is always for something after a place: ``mark = player.mark``."""

    def __init__(self, name: str, port: int) -> None:
        self.name = name
        self._got: List[Got] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            [_node(), str(FOLDER / "player.js"), str(port), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, name=f"player-{name}", daemon=True)
        self._reader.start()

    # doing

    def chat(self, text: str) -> int:
        """Say something, which may be a command; the place before it."""
        mark = self.mark
        self._do({"do": "chat", "text": text})
        return mark

    def leave(self) -> None:
        """Leave the game, unless the server is gone already. Idempotent."""
        with contextlib.suppress(OSError, ValueError):
            self._do({"do": "leave"})
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        self._reader.join(20)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    def _do(self, command: Dict[str, str]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()

    # looking

    @property
    def mark(self) -> int:
        with self._changed:
            return len(self._got)

    def got(self, event: str, since: int = 0) -> List[Got]:
        """Everything of one kind that came: chat, title, bar, sound."""
        with self._changed:
            return [one for one in self._got[since:] if one["event"] == event]

    def messages(self, since: int = 0) -> List[str]:
        """The lines of the chat, as the client shows them."""
        return [one["text"] for one in self.got("chat", since)]

    def titles(self, since: int = 0) -> List[Got]:
        return self.got("title", since)

    def bars(self, since: int = 0) -> List[Got]:
        return self.got("bar", since)

    def sounds(self, since: int = 0) -> List[str]:
        return [one["name"] for one in self.got("sound", since)]

    def wait_for(self, event: str, matches: Callable[[Got], object], since: int = 0, timeout: float = 60) -> Got:
        """The first thing of this kind that matches. Raises AssertionError, with all that came, otherwise."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = next((one for one in self._got[since:] if one["event"] == event and matches(one)), None)
                if found is not None:
                    return found
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    came = "\n".join(json.dumps(one, ensure_ascii=False) for one in self._got[since:])
                    raise AssertionError(f"{self.name} got no such {event}; what came:\n{came}")
                self._changed.wait(min(left, 1.0))

    def wait_for_chat(self, pattern: str, since: int = 0, timeout: float = 60) -> Got:
        """The first line of the chat that the pattern is found in."""
        return self.wait_for("chat", lambda one: re.search(pattern, one["text"]), since, timeout)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self._got.append(json.loads(line))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()


def parts(component: Any) -> Iterator[Dict[str, Any]]:
    """Every object of a text component, with its clicks and hovers."""
    waiting = [component]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, list):
            waiting[:0] = part
        elif isinstance(part, dict):
            yield part
            waiting[:0] = part.get("extra", [])


def clicks(got: Got) -> List[str]:
    """The commands that clicks on a line put into the chat line."""
    return [part["clickEvent"]["value"] for part in parts(got["component"]) if "clickEvent" in part]


def hovers(got: Got) -> List[str]:
    """The texts that a line shows on hover."""
    found = [part["hoverEvent"] for part in parts(got["component"]) if "hoverEvent" in part]
    return [_plain(one.get("contents", one.get("value"))) for one in found]


def _plain(component: Any) -> str:
    if isinstance(component, list):
        return "".join(map(_plain, component))
    if isinstance(component, dict):
        return str(component.get("text", "")) + _plain(component.get("extra", []))
    return str(component)


class Game:
    """MCDReforged with the real server: ``with Game(…) as game`` runs it until the end, clients included."""

    def __init__(self, folder: Path, plugins: Sequence[Path], *, language: str = "en_us") -> None:
        server = [_node(), str(FOLDER / "server.js")]
        self.mcdr = McdrProcess(folder, plugins=plugins, language=language, server=server)
        self._players: List[Player] = []
        self._since = 0

    def __enter__(self) -> Game:
        return self.start()

    def __exit__(self, *_: object) -> None:
        try:
            self.mcdr.stop()
        finally:
            for player in self._players:
                player.leave()

    def start(self) -> Game:
        self._since = len(self.mcdr.transcript)
        self.mcdr.start()
        return self

    def stop_server(self) -> None:
        """Stop the server, not MCDReforged."""
        mark = self.mcdr.send("!!MCDR server stop")
        self.mcdr.wait_for_line("Server stopped|服务端已关闭", since=mark)

    def start_server(self) -> None:
        self._since = self.mcdr.send("!!MCDR server start")
        self.mcdr.wait_for_line(r"\[Server\].*: Done \(", since=self._since)

    def join(self, name: str) -> Player:
        """A player joins, and is known to the plugins when this returns."""
        mark = len(self.mcdr.transcript)
        found = self.mcdr.wait_for_line(r"Starting Minecraft server on 127\.0\.0\.1:(\d+)", since=self._since)
        player = Player(name, int(found[1]))
        self._players.append(player)
        player.wait_for("joined", lambda _: True)
        self.mcdr.wait_for_line(rf"{name} joined the game", since=mark)
        return player
