"""Runs programs without a shell, and bounds their time and their output.

A program and its children are killed when the attempt's time is over. On Linux they have a session and a process group
of their own. On Windows, and when a child has left the group, psutil finds them.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Callable, Iterator, List, Mapping, Optional, Set, Union

import psutil

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import CommandRequest
from prime_notify.model.response import Response
from prime_notify.text.plain import excerpt, last_line
from prime_notify.text.wording import Wording
from prime_notify.transport.exchange import Meanwhile, Phase, Stopped
from prime_notify.transport.explain import explain

__all__ = ["CommandTransport"]

_OUTPUT_CAP = 64 * 1024  # bytes
_LAST_WORDS = 0.5
"""Seconds that the output may go on after the program has ended.

It ends at once, unless a process that the program left behind still holds the pipe.
"""
_TOO_LONG = 206
"""ERROR_FILENAME_EXCED_RANGE, Windows' number for a command line that is too long."""
_DYING = 1.0
"""Seconds that a killed process may take to vanish. A process that hangs in the kernel never does."""

if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
else:
    _FLAGS = 0


class CommandTransport:
    """Runs programs from any number of threads. ``clock`` is monotonic, ``wall_clock`` gives unix seconds.

    Of the output (stdout and stderr together) the last ``output_cap`` bytes are kept; all of it is read, so that a
    talkative program never has to wait.
    """

    def __init__(
        self,
        *,
        output_cap: int = _OUTPUT_CAP,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._output_cap = output_cap
        self._clock = clock
        self._wall_clock = wall_clock
        self._lock = threading.Lock()
        self._runs: Set[_Run] = set()
        self._closed = False

    def send(
        self, request: CommandRequest, *, timeout: float, meanwhile: Meanwhile = None
    ) -> Union[Response, TransportFailure]:
        """One run. After ``timeout`` seconds the program is killed with all its children. Never raises."""
        deadline = self._clock() + timeout
        if self._closed:
            return _stopped()
        try:
            run = _Run(request, self._output_cap)
        except Exception as error:  # noqa: BLE001 - any error is the result of this attempt
            return _not_started(error, request)
        with self._registered(run):
            try:
                code = run.wait(lambda: deadline - self._clock())
            finally:
                run.kill()
        if run.stopped:
            return _stopped()
        if code is None:
            return _too_slow(request, timeout, run.output)
        return Response(code, {}, run.output, run.truncated, received_at=self._wall_clock())

    def close(self) -> None:
        """Kill all running programs; later attempts fail at once. Idempotent."""
        with self._lock:
            self._closed = True
            runs = list(self._runs)
        for run in runs:
            run.stop()

    @contextlib.contextmanager
    def _registered(self, run: _Run) -> Iterator[None]:
        with self._lock:
            self._runs.add(run)
            closed = self._closed
        if closed:
            run.stop()
        try:
            yield
        finally:
            with self._lock:
                self._runs.discard(run)


class _Run:
    """One running program. Raises as :class:`subprocess.Popen` does when the program cannot be started."""

    def __init__(self, request: CommandRequest, output_cap: int) -> None:
        self.stopped = False
        self.truncated = False
        self._output = bytearray()
        self._output_cap = output_cap
        self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - the owner's own argv, and no shell
            list(request.argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=request.folder or None,
            env=_environment(request.environment),
            start_new_session=True,
            creationflags=_FLAGS,
        )
        name = f"prime_notify-command-{self._process.pid}"
        # Daemons: a process that the program leaves behind may keep the pipes open for ever
        self._reader = threading.Thread(target=self._read, name=f"{name}-output", daemon=True)
        writer = threading.Thread(target=self._write, args=(request.stdin,), name=f"{name}-input", daemon=True)
        try:
            self._reader.start()
            writer.start()
        except RuntimeError:  # the machine has no more threads
            self.kill()
            for pipe in (self._process.stdin, self._process.stdout):
                pipe.close()  # type: ignore[union-attr]  # both are pipes
            raise

    @property
    def output(self) -> bytes:
        return bytes(self._output)

    def wait(self, remaining: Callable[[], float]) -> Optional[int]:
        """The exit code; None when the time is over before the program ends."""
        try:
            code = self._process.wait(max(0.0, remaining()))
        except subprocess.TimeoutExpired:
            return None
        self._reader.join(max(0.0, min(_LAST_WORDS, remaining())))
        return code

    def stop(self) -> None:
        """End the program from another thread, if it still runs."""
        if self._process.poll() is None:
            self.stopped = True
            self.kill()

    def kill(self) -> None:
        """Kill the program and all its children, if it still runs. Children of a program that has ended go on.

        There is no polite signal first: the time in which the program could have ended by itself is over.
        """
        if self._process.poll() is not None:
            return
        family = _descendants(self._process.pid)
        if sys.platform != "win32":
            with contextlib.suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)  # it is the leader of its group
        with contextlib.suppress(OSError):
            self._process.kill()
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING)

    def _read(self) -> None:
        pipe: Any = self._process.stdout
        with contextlib.suppress(OSError), pipe:
            for chunk in iter(lambda: pipe.read1(65536), b""):
                self._output += chunk
                excess = len(self._output) - self._output_cap
                if excess > 0:
                    self.truncated = True
                    del self._output[:excess]

    def _write(self, data: bytes) -> None:
        pipe: Any = self._process.stdin
        with contextlib.suppress(OSError), pipe:
            pipe.write(data)  # a program may not read it: the pipe breaks when the program ends


def _descendants(pid: int) -> List[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def _environment(more: Mapping[str, str]) -> Any:
    """The environment of this process with ``more``, in UTF-8: the system's locale could not encode everything."""
    if sys.platform == "win32":
        return {**os.environ, **{name.upper(): value for name, value in more.items()}}  # where names have no case
    else:  # noqa: RET505 - so that type checkers see one branch per platform
        return {**os.environb, **{name.encode(): value.encode("utf-8", "replace") for name, value in more.items()}}


def _not_started(error: Exception, request: CommandRequest) -> TransportFailure:
    """The failure of a program that could not be started. It shows neither arguments nor environment."""
    program, folder = _shown(request), request.folder
    if isinstance(error, OSError) and folder and not Path(folder).is_dir():
        reason = Wording("the folder of {program} does not exist", "{program} 的工作目录不存在", program=program)
        return _unrunnable(reason, Wording("check command.cwd", "请检查 command.cwd"))
    if _is_too_much(error):
        reason = Wording(
            "the system refuses the arguments or the environment of {program}",
            "系统拒绝了 {program} 的参数或环境变量",
            program=program,
        )
        hint = Wording(
            "look for what is very long, or no text, in command.argv and command.environment",
            "请检查 command.argv 与 command.environment 中过长或不是文本的内容",
        )
        return _unrunnable(reason, hint)
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        hint = Wording(
            "write the program's whole path as the first item of command.argv; one without / is looked for in PATH",
            "请在 command.argv 的第一项写程序的完整路径；不含 / 的会在 PATH 中查找",
        )
        return _unrunnable(Wording("{program} was not found", "找不到 {program}", program=program), hint)
    if isinstance(error, PermissionError):
        reason = Wording("{program} may not be executed", "没有执行 {program} 的权限", program=program)
        return _unrunnable(reason, Wording("make it executable: chmod +x", "请赋予执行权限：chmod +x"))
    if isinstance(error, OSError) and error.errno == errno.ENOEXEC:
        hint = Wording(
            'begin a script with a line such as "#!/bin/sh", or name its interpreter first in command.argv',
            '请在脚本开头写 "#!/bin/sh" 之类的一行，或在 command.argv 中先写解释器',
        )
        return _unrunnable(Wording("{program} is no program", "{program} 不是可执行的程序", program=program), hint)
    why = error.strerror if isinstance(error, OSError) else type(error).__name__
    reason = Wording("{program} could not be started: {why}", "无法启动 {program}：{why}", program=program, why=why)
    return TransportFailure(FailureKind.OTHER, reason, Wording("check this machine", "请检查本机"))


def _is_too_much(error: Exception) -> bool:
    """Whether the system cannot take the arguments or the environment; on Windows this is a FileNotFoundError."""
    by_number = isinstance(error, OSError) and error.errno == errno.E2BIG
    return by_number or isinstance(error, ValueError) or getattr(error, "winerror", None) == _TOO_LONG


def _unrunnable(reason: Wording, hint: Wording) -> TransportFailure:
    return TransportFailure(FailureKind.UNRUNNABLE, reason, hint)


def _too_slow(request: CommandRequest, timeout: float, output: bytes) -> TransportFailure:
    last = last_line(output)
    reason = Wording(
        "{program} did not end within {seconds:g} s and was killed{last}",
        "{program} 在 {seconds:g} 秒内没有结束，已被终止{last}",
        program=_shown(request),
        seconds=timeout,
        last=f": {last}" if last else "",
    )
    hint = Wording(
        "a larger timeout may help; does it wait for something?", "增大 timeout 或许有用；它是否在等待什么？"
    )
    return TransportFailure(FailureKind.TIMEOUT, reason, hint)


def _stopped() -> TransportFailure:
    return explain(Stopped(), Phase.SEND, "")


def _shown(request: CommandRequest) -> str:
    """The program's name without its folder."""
    name = excerpt(request.argv[0].replace("\\", "/").rpartition("/")[2])
    return name or Wording("the program", "该程序")
