"""A scratch MCDReforged instance: its folder, its process, its console."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional

from scripts.demo.words import Words
from scripts.venvs import ROOT, Venv

__all__ = ["Instance", "InstanceError"]

_STANDIN = ROOT / "examples" / "standin_server.py"
_QUIET = {"telemetry": False, "check_update": False}  # MCDReforged sends nothing from this machine
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PREFIX = re.compile(r"^(\[[^]]*\] ?)+: ")
_PATIENCE = 60.0  # seconds; after them, MCDReforged counts as hanging


class InstanceError(Exception):
    """MCDReforged failed. The text ends with the last lines of its console."""


class Instance:
    """An MCDReforged in ``folder``. ``on_line`` gets every line of its console, on the reading thread."""

    def __init__(
        self, folder: Path, venv: Venv, words: Words, on_line: Callable[[str], None] = lambda _line: None
    ) -> None:
        self.folder = folder
        self._venv = venv
        self._words = words
        self.on_line = on_line
        self._process: Optional[subprocess.Popen[str]] = None
        self._lines: List[str] = []
        self.coloured: List[str] = []
        """The same lines, with the escape sequences of their colours."""
        self._changed = threading.Condition()

    # -- its folder --------------------------------------------------------------------------------------------------

    @property
    def world(self) -> Path:
        return self.folder / "server" / "world"

    def prepare(self, standin: Path = _STANDIN) -> None:
        """Makes the folder with ``mcdreforged init``, and configures the stand-in server and its owner, Steve."""
        self.folder.mkdir(parents=True)
        self._venv.run("-m", "mcdreforged", "init", cwd=self.folder)
        server = [str(self._venv.python), "-X", "utf8", str(standin)]
        _set(
            self.folder / "config.yml",
            language=self._words.language,
            start_command=server,
            advanced_console=False,
            **_QUIET,
        )
        _set(self.folder / "permission.yml", owner=["Steve"])

    def install(self, plugin: Path, config: Optional[Mapping[str, Any]] = None, plugin_id: str = "") -> None:
        """Installs a packed plugin or a plugin folder, with its config if there is one."""
        copy = shutil.copytree if plugin.is_dir() else shutil.copyfile
        copy(plugin, self.folder / "plugins" / plugin.name)
        if config is not None:
            path = self.folder / "config" / plugin_id / "config.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(config, indent=2, ensure_ascii=False), encoding="utf-8")

    # -- its process -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts MCDReforged. Returns when plugins are loaded and the server is up. Raises :class:`InstanceError`."""
        environ = {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
        for name in ("no_proxy", "NO_PROXY"):  # the receiver is on this machine
            environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1"]))
        self._process = subprocess.Popen(
            [str(self._venv.python), "-m", "mcdreforged"],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            **_own_process_group(),
        )
        threading.Thread(target=self._read, args=(self._process,), name="mcdr-console", daemon=True).start()
        self.wait_for(r": Done \(")
        if any("Fail to load" in line for line in self.told(0)):
            raise InstanceError(self._failure("not_loaded"))
        self.wait_for(r"\[prime_notify\]: .*(endpoints: |推送目标 )\d")  # it starts beside the server

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def wait(self) -> None:
        """Blocks until MCDReforged ends by itself."""
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """Stops the server and MCDReforged, and kills MCDReforged if it does not obey. Idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        # "exit" works if no server is running. Both are repeated: an MCDReforged that still starts may not listen yet
        for command in ("stop_exit", "exit") * 10:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                process.stdin.write(f"!!MCDR server {command}\n")
                process.stdin.flush()
                process.wait(1)
            if process.poll() is not None:
                break
        else:
            process.kill()  # the stand-in ends with its standard input
            process.wait()
        with contextlib.suppress(OSError):
            process.stdin.close()

    # -- its console -------------------------------------------------------------------------------------------------

    def type(self, line: str) -> int:
        """Types a line into the console. Returns the mark before it: the number of lines printed so far."""
        with self._changed:
            mark = len(self._lines)
        if self._process is None or self._process.stdin is None:
            raise InstanceError(self._words("not_running"))
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError:
            raise InstanceError(self._failure("ended")) from None
        return mark

    def wait_for(self, pattern: str, since: int = 0, patience: float = _PATIENCE) -> str:
        """The first line after the mark that contains the pattern. ``patience``: seconds.

        Raises :class:`InstanceError` when there is none in time.
        """
        deadline = time.monotonic() + patience
        seen = since
        with self._changed:
            while True:
                for line in self._lines[seen:]:
                    if re.search(pattern, line):
                        return line
                seen = len(self._lines)
                left = deadline - time.monotonic()
                if not self.running or left <= 0:
                    raise InstanceError(self._failure("silent", pattern=repr(pattern)))
                self._changed.wait(min(left, 1))

    def settle(self) -> None:
        """Waits until MCDReforged has run all lines typed so far."""
        token = f"settled {time.monotonic_ns()}"
        self.wait_for(token, since=self.type(f"fake {token}"))

    def told(self, mark: int, by: str = "MCDR") -> List[str]:
        """The lines of MCDReforged, or of one plugin, after the mark, without time stamps and thread names."""
        with self._changed:
            lines = self._lines[mark:]
        return [_PREFIX.sub("", line) for line in lines if f"[{by}]" in line]

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                plain = _COLOUR.sub("", line.rstrip())
                with self._changed:
                    self.coloured.append(line.rstrip())
                    self._lines.append(plain)
                    self._changed.notify_all()
                self.on_line(plain)
        with self._changed:
            self._changed.notify_all()

    def _failure(self, what: str, /, **values: object) -> str:
        head = self._words("last_lines", what=self._words(what, **values))
        return "\n".join([head, *self._lines[-30:]])


def _set(file: Path, **options: Any) -> None:
    """Sets top-level options of a YAML file that has one line for each. The values are JSON, which is YAML, too."""
    text = file.read_text(encoding="utf-8")
    for name, value in options.items():
        line = f"{name}: {json.dumps(value)}"
        text = re.sub(rf"^{name}:.*$", lambda _match, line=line: line, text, flags=re.MULTILINE)
    file.write_text(text, encoding="utf-8")


def _own_process_group() -> Dict[str, Any]:
    """Options of Popen by which Ctrl-C reaches the demo only. The demo then stops MCDReforged."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}
