"""A real MCDReforged process in a scratch folder, with the stand-in server, driven by its console."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Pattern, Sequence, Union

import mcdreforged.constants.core_constant as mcdr_constants

__all__ = ["MCDR_VERSION", "PROJECT", "STANDIN", "McdrProcess", "pack"]

PROJECT = Path(__file__).resolve().parents[2]
STANDIN = PROJECT / "examples" / "standin_server.py"
MCDR_VERSION: str = mcdr_constants.VERSION

_CONFIG = """\
language: {language}
working_directory: server
start_command: {start_command}
handler: vanilla_handler
encoding: utf8
decoding: utf8
plugin_directories: [plugins]
check_update: false
advanced_console: false
disable_console_color: true
telemetry: false
catalogue_meta_url: http://127.0.0.1:9/
watchdog_threshold: {watchdog}
"""

_PERMISSIONS = """\
default_level: user
owner: [Steve]
admin: []
helper: []
user: [Alex]
guest: [Herobrine]
"""

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def pack(source: Path, into: Path, name: str) -> Path:
    """The packed plugin made of the plugin folder ``source``, as ``mcdreforged pack`` makes it."""
    into.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "mcdreforged", "pack", "-i", str(source), "-o", str(into), "-n", name]
    command += [
        "--ignore-patterns",
        "__pycache__",
        "docs/images",
    ]  # without them 2.14 crashes on a folder that has no .gitignore
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return into / name


class McdrProcess:
    """One MCDR instance folder and, between :meth:`start` and :meth:`stop`, the process that runs in it.

    It can be started again after :meth:`stop` or :meth:`kill`; the console transcript goes on. Waiting is always for a
    line of the console, from a place in the transcript that was marked before: ``mark = mcdr.send(...)``, then
    ``mcdr.wait_for_line(..., since=mark)``. ``server``: the command of another server than the stand-in.
    ``program``: the arguments of Python that start MCDR.
    """

    def __init__(
        self,
        folder: Path,
        *,
        plugins: Sequence[Path] = (),
        language: str = "en_us",
        standin: Sequence[str] = (),
        server: Sequence[str] = (),
        watchdog: float = 10,
        environment: Optional[Mapping[str, str]] = None,
        program: Sequence[str] = ("-m", "mcdreforged"),
    ) -> None:
        self.folder = folder
        self._program = program
        self.ready: Optional[str] = None
        """The pattern of another line that :meth:`start` waits for."""
        self.environment: Dict[str, str] = dict(environment or {})
        self._process: Optional[subprocess.Popen[str]] = None
        self._reader: Optional[threading.Thread] = None
        self._lines: List[str] = []
        self._changed = threading.Condition()
        self._tokens = itertools.count(1)
        for name in ("config", "logs", "plugins", "server"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        start_command = json.dumps(list(server or [sys.executable, "-X", "utf8", str(STANDIN), *standin]))
        config = _CONFIG.format(language=language, start_command=start_command, watchdog=watchdog)
        (folder / "config.yml").write_text(config, encoding="utf-8")
        (folder / "permission.yml").write_text(_PERMISSIONS, encoding="utf-8")
        for plugin in plugins:
            self.install(plugin)

    # -- the instance folder -----------------------------------------------------------------------------------------

    @property
    def world(self) -> Path:
        return self.folder / "server" / "world"

    def install(self, plugin: Path) -> None:
        """Copies a packed plugin, a plugin folder or a one-file plugin into the plugin folder."""
        copy = shutil.copytree if plugin.is_dir() else shutil.copyfile
        copy(plugin, self.folder / "plugins" / plugin.name)

    def config_path(self, plugin_id: str) -> Path:
        return self.folder / "config" / plugin_id / "config.json"

    def write_config(self, plugin_id: str, config: Union[str, Mapping[str, Any]]) -> Path:
        """Writes a plugin's config.json: an object as JSON, text as it is."""
        path = self.config_path(plugin_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = config if isinstance(config, str) else json.dumps(config, indent=2, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
        return path

    # -- the process -------------------------------------------------------------------------------------------------

    def start(self, *, timeout: float = 180) -> McdrProcess:
        """Starts MCDR and waits until the plugins are loaded and the server has started up."""
        mark = len(self.transcript)
        environment = {**os.environ, **self.environment, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [sys.executable, *self._program],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
        self._reader = threading.Thread(target=self._read, args=(self._process,), name="mcdr-reader", daemon=True)
        self._reader.start()
        self.wait_for_line(r"\[Server\].*: Done \(", since=mark, timeout=timeout)
        if self.ready is not None:
            self.wait_for_line(self.ready, since=mark, timeout=timeout)
        return self

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self, *, timeout: float = 180) -> int:
        """Stops the server and MCDR in an orderly way; the exit code. Does nothing when MCDR is not running."""
        if self._process is None:
            return 0
        with contextlib.suppress(OSError):
            self.send("!!MCDR server stop_exit")
            self.send("!!MCDR server exit")  # for a server that was not running
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"MCDR did not stop in {timeout} s:\n{self.tail()}") from None
        return self._finish()

    def kill(self) -> None:
        """Ends MCDR at once, without a chance to do anything (SIGKILL; TerminateProcess on Windows)."""
        if self._process is not None:
            self._process.kill()
            self._finish()

    def _finish(self) -> int:
        assert self._process is not None
        assert self._reader is not None
        assert self._process.stdin is not None
        exit_code = self._process.wait(30)
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._reader.join(30)  # the stand-in server inherited nothing of ours: the pipe ends with MCDR
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process = self._reader = None
        return exit_code

    def __enter__(self) -> McdrProcess:
        return self if self.running else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- the console -------------------------------------------------------------------------------------------------

    def send(self, line: str) -> int:
        """Types a line into the console; the place in the transcript before it, for ``since``."""
        assert self._process is not None, "MCDR is not running"
        assert self._process.stdin is not None
        with self._changed:
            mark = len(self._lines)
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return mark

    def chat(self, player: str, text: str) -> int:
        """Lets a player say something, which may be a command."""
        return self.send(f"fake <{player}> {text}")

    def sync(self) -> int:
        """Waits until MCDR has run every command typed before, players' too; the place in the transcript after them.

        The first round trip to the server makes sure that what players said has come back to MCDR, the second that the
        task executor is through with it and that the answers have been printed.
        """
        for _ in range(2):
            token = f"sync-{next(self._tokens)}"
            # without a running server, MCDR logs what it could not pass on
            self.wait_for_line(rf"\[Server\].*: {token}$|'fake {token}'$", since=self.send(f"fake {token}"))
        return len(self.transcript)

    def output_of(self, line: str) -> List[str]:
        """The console's lines for a command until the task executor has finished it, without time stamps."""
        mark = self.send(line)
        end = self.sync()
        lines = [re.sub(r"\d\d:\d\d:\d\d(\.\d+)?", "", text) for text in self.transcript[mark:end]]
        return [text for text in lines if "sync-" not in text]

    @property
    def transcript(self) -> List[str]:
        """All console lines since the first start, without colours."""
        with self._changed:
            return list(self._lines)

    def tail(self, lines: int = 60) -> str:
        return "\n".join(self.transcript[-lines:])

    def find(self, pattern: str, *, since: int = 0) -> Optional[re.Match[str]]:
        """The first line so far that the pattern is found in."""
        with self._changed:
            return next(self._matches(re.compile(pattern), since), None)

    def wait_for_line(self, pattern: str, *, since: int = 0, timeout: float = 120) -> re.Match[str]:
        """Waits for a line that the pattern is found in. Raises AssertionError, with the console's end, otherwise."""
        compiled = re.compile(pattern)
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = next(self._matches(compiled, since), None)
                if found is not None:
                    return found
                ended = self._reader is None or not self._reader.is_alive()
                left = deadline - time.monotonic()
                if ended or left <= 0:
                    why = "MCDR ended" if ended else f"not within {timeout} s"
                    raise AssertionError(
                        f"no console line matches {pattern!r} ({why}):\n" + "\n".join(self._lines[-60:])
                    )
                self._changed.wait(left)

    def _matches(self, pattern: Pattern[str], since: int) -> Iterator[re.Match[str]]:
        return filter(None, map(pattern.search, self._lines[since:]))

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            with self._changed:
                self._lines.append(_COLOUR.sub("", line.rstrip("\r\n")))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()
