"""Pictures of a real MCDReforged: its console, and the chat of an operator in the game."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Dict, List, Tuple

from prime_notify.channels.common.registry import channel_types
from scripts.demo.backups import example_backup
from scripts.demo.instance import Instance
from scripts.demo.words import Words
from scripts.gallery.chat_lines import chat_line
from scripts.gallery.console_lines import console_line
from scripts.pack import pack
from scripts.venvs import Current

__all__ = ["Recording", "chat_page", "console_page", "record"]

_SERVER = Path(__file__).with_name("chat_server.py")
_STYLE = Path(__file__).with_name("live.css")
_TELLRAW = re.compile(r"\[tellraw-json to (\w+|@a)\] (.*)$")
_SAID = re.compile(r"\[Server thread/INFO\]: (<Steve> .*)$")
# Also MCDReforged's start of the server, which names folders of this machine
_NOISE = re.compile(r"settled \d+|\[tellraw-json|logged in with entity id|\[MainThread/")
_WORDS = {
    "en_us": {"server": "Survival", "team": "team", "comment": "nightly", "log": "MCDReforged"},
    "zh_cn": {"server": "生存服", "team": "工作群", "comment": "每晚备份", "log": "MCDReforged"},
}


@dataclass(frozen=True)
class Recording:
    """What was seen: the lines of the console, with their escape sequences, and those of Steve's chat, as JSON."""

    console: Tuple[str, ...]
    chat: Tuple[Any, ...]


def record(language: str) -> Recording:
    """Plays a short story in a real MCDReforged: a backup fails, and one of the endpoints is gone."""
    words = Words(language)
    backup = example_backup(words)
    console: List[str] = []
    with _Services() as services, tempfile.TemporaryDirectory() as folder:
        packed = pack(Current(), Path(folder) / "packed")
        instance = Instance(Path(folder) / "instance", Current(), words)
        instance.prepare(_SERVER)
        instance.install(packed, _config(services.url, language), "prime_notify")
        instance.install(backup.plugin)
        try:
            instance.start()
            _play(instance, console, "fake Steve[/127.0.0.1:25565] logged in with entity id 1 at (0.5, 64.0, 0.5)")
            with backup.break_it(instance):
                mark = _play(instance, console, f"{backup.make} {_WORDS[language]['comment']}")
                instance.wait_for(r"\[tellraw-json to Steve\]", since=mark)
                instance.settle()
            mark = _play(instance, console, "!!pn test phone")
            instance.wait_for(r"1/1|1 of 1", since=mark)
            _play(instance, console, "!!pn")
            _play(instance, console, "fake <Steve> !!pn")
            instance.wait_for(r"tellraw-json to Steve.*phone", since=mark)
            instance.settle()
            lines = _with_typed(instance.coloured, console)
        finally:
            instance.stop()
    return Recording(tuple(_console(lines)), tuple(_chat(instance.coloured)))


def _config(url: str, language: str) -> Dict[str, Any]:
    words = _WORDS[language]
    endpoints: List[Dict[str, Any]] = [
        {"name": "phone", "type": "bark", "url": f"{url}/key"},
        {"name": words["team"], "url": f"{url}/gone", "events": ["*_failure"]},
    ]
    if "minecraft" in channel_types():
        endpoints.append({"name": "game", "type": "minecraft", "events": ["*_failure"]})
    return {
        "notification": {"enabled": True, "endpoints": endpoints},
        "sources": {"listen": ["example_backup"]},
        "server": {"name": words["server"]},
        "language": language,
    }


def _play(instance: Instance, typed: List[str], line: str) -> int:
    """Type a line, and wait until it is done. ``typed`` gets it, with the mark before it."""
    mark = instance.type(line)
    typed.append(f"{mark}:{line}")
    instance.settle()
    return mark


def _with_typed(lines: List[str], typed: List[str]) -> List[str]:
    """The lines of the console, and between them those that were typed, as a terminal shows them."""
    shown = list(lines)
    for entry in reversed(typed):
        mark, _, line = entry.partition(":")
        if not line.startswith("fake "):
            shown.insert(int(mark), f"> {line}")
    return shown


def _console(lines: List[str]) -> List[str]:
    """From the load of the plugins to the overview, without what only this recording needs."""
    first = next(index for index, line in enumerate(lines) if "prime_notify@" in line)
    last = max(index for index, line in enumerate(lines) if "<Steve> !!pn" in line)
    return [line for line in lines[first:last] if not _NOISE.search(line)]


def _chat(lines: List[str]) -> List[Any]:
    """What Steve sees in the game: the lines for him or for all, and his own."""
    seen: List[Any] = []
    for line in lines:
        told, said = _TELLRAW.search(line), _SAID.search(line)
        if told:
            seen.append(json.loads(told[2]))
        elif said:
            seen.append(said[1])
    return seen


def console_page(recording: Recording) -> str:
    """The page of the console's picture."""
    shown = "".join(f"<p>{console_line(line)}</p>" for line in recording.console)
    return _page(f'<section class="terminal">{shown}</section>')


def chat_page(recording: Recording) -> str:
    """The page of the chat's picture, above a landscape."""
    shown = "".join(f"<p>{chat_line(line)}</p>" for line in recording.chat)
    return _page(f'<section class="game"><div>{shown}</div></section>')


def _page(inside: str) -> str:
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f"<!DOCTYPE html>\n<meta charset=utf-8>\n<style>{style}</style>\n<main>{inside}</main>\n"
        "<script>document.title = Math.ceil(document.querySelector('main').getBoundingClientRect().height)</script>\n"
    )


class _Services:
    """A Bark server, and another service whose address is gone, on this machine."""

    def __enter__(self) -> _Services:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, args=(0.05,), name="services", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        gone = self.path == "/gone"
        body = b"" if gone else b'{"code": 200, "message": "success"}'
        self.send_response(410 if gone else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Does nothing."""
