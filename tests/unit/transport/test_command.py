"""Running programs: real ones, which misbehave."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Callable, Iterator, List, Union

import psutil
import pytest

from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.request import CommandRequest
from prime_notify.model.response import Response
from prime_notify.transport.command import CommandTransport

LONG = 60.0  # seconds; no test waits for it
BUSY = 30.0  # seconds: what a busy machine may add
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")

Result = Union[Response, TransportFailure]


@pytest.fixture
def transport() -> Iterator[CommandTransport]:
    transport = CommandTransport(wall_clock=lambda: 1234.5)
    yield transport
    transport.close()


class Callers:
    """A listener that processes connect to when they run; a dead process closes its connection."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(BUSY)
        self._calls: List[socket.socket] = []
        self.code = (
            f"import socket; call = socket.create_connection({self._listener.getsockname()}); call.sendall(b'!')\n"
        )

    def wait(self) -> socket.socket:
        call, _ = self._listener.accept()
        self._calls.append(call)
        call.settimeout(BUSY)
        assert call.recv(1) == b"!"
        return call

    def close(self) -> None:
        for each in (self._listener, *self._calls):
            each.close()


@pytest.fixture
def callers() -> Iterator[Callers]:
    callers = Callers()
    yield callers
    callers.close()


def hung_up(call: socket.socket) -> bool:
    try:
        return call.recv(1) == b""
    except ConnectionError:  # as Windows says it
        return True


def run(transport: CommandTransport, code: str, *arguments: str, timeout: float = LONG, **more: Any) -> Result:
    return transport.send(CommandRequest((sys.executable, "-c", code, *arguments), **more), timeout=timeout)


def response(result: Result) -> Response:
    assert isinstance(result, Response), result
    return result


def failure(result: Result, kind: FailureKind) -> TransportFailure:
    assert isinstance(result, TransportFailure)
    assert result.kind is kind
    return result


# -- what goes in and comes out --------------------------------------------------------------------------------------


def test_stdin_arrives_whole_and_output_and_exit_code_come_back(transport: CommandTransport) -> None:
    code = "import sys; data = sys.stdin.buffer.read(); print(len(data), data[-3:].hex()); sys.exit(3)"
    got = response(run(transport, code, stdin=b"x" * 1_000_000 + b"\0\xff!"))
    assert (got.status, got.body.split(), got.truncated) == (3, [b"1000003", b"00ff21"], False)
    assert (got.headers, got.received_at) == ({}, 1234.5)


def test_arguments_arrive_as_they_are_because_there_is_no_shell(transport: CommandTransport, tmp_path: Path) -> None:
    arguments = ("$(touch made)", "; touch made", "`touch made`", "*", "a b", '"', "", "备份", "%PATH%")
    code = "import sys; sys.stdout.buffer.write(ascii(sys.argv[1:]).encode())"
    assert response(run(transport, code, *arguments, folder=str(tmp_path))).body.decode() == ascii(list(arguments))
    assert list(tmp_path.iterdir()) == []


def test_it_runs_in_the_given_folder(transport: CommandTransport, tmp_path: Path) -> None:
    got = response(run(transport, "import os; print(os.getcwd())", folder=str(tmp_path)))
    assert Path(got.body.decode().strip()).resolve() == tmp_path.resolve()


def test_the_environment_is_ours_and_more_in_utf8(transport: CommandTransport) -> None:
    more = {"PRIME_NOTIFY_TITLE": "备份\n👩‍👧 \ud800", "PRIME_NOTIFY_EMPTY": ""}
    code = "import os; e = os.environ; print(ascii([e['PRIME_NOTIFY_TITLE'], e['PRIME_NOTIFY_EMPTY'], e['PATH']]))"
    if sys.platform == "win32":
        more["PRIME_NOTIFY_TITLE"] = more["PRIME_NOTIFY_TITLE"].replace("\ud800", "?")
    got = response(run(transport, code, environment={**more, "PYTHONUTF8": "1"}))
    assert got.body.decode().strip() == ascii(["备份\n👩‍👧 ?", "", os.environ["PATH"]])


def test_standard_error_is_output_too(transport: CommandTransport) -> None:
    code = "import os; os.write(2, b'first '); os.write(1, b'second')"
    assert response(run(transport, code)).body == b"first second"


def test_a_flood_of_output_is_read_to_its_end_and_its_end_is_kept(transport: CommandTransport) -> None:
    code = "import sys; sys.stdout.buffer.write(b'x' * 5_000_000 + b'the reason'); sys.exit(1)"
    got = response(run(transport, code))
    assert (got.status, len(got.body), got.body[-10:], got.truncated) == (1, 64 * 1024, b"the reason", True)


def test_a_program_need_not_read_its_input(transport: CommandTransport) -> None:
    assert response(run(transport, "print('done')", stdin=b"x" * 1_000_000)).status == 0


@posix
def test_a_program_that_was_killed_says_by_which_signal(transport: CommandTransport) -> None:
    assert response(run(transport, "import os; os.kill(os.getpid(), 9)")).status == -9


# -- time ------------------------------------------------------------------------------------------------------------

SLEEP = "import time; time.sleep(600)"


class Moments:
    """A clock that stands still, and runs something when it is asked for the n-th time."""

    def __init__(self, **moments: Callable[[], object]) -> None:
        self._moments = moments
        self._asked = 0

    def __call__(self) -> float:
        self._asked += 1
        self._moments.get(f"at_{self._asked}", lambda: None)()
        return 0.0


def started_by_it(code: str, options: str = "") -> str:
    """A program that starts another one."""
    return f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}]{options})\n"


@pytest.mark.parametrize(
    "options",
    ["", pytest.param(", start_new_session=True", marks=posix)],
    ids=["in its group", "in a session of its own"],
)
def test_at_the_deadline_it_is_killed_with_all_that_it_started(callers: Callers, options: str) -> None:
    calls: List[socket.socket] = []
    transport = CommandTransport(clock=Moments(at_2=lambda: calls.extend([callers.wait(), callers.wait()])))
    code = f"print('SECRET?\\nhalf\x07way\\n', flush=True)\n{callers.code}{SLEEP}"
    got = failure(run(transport, started_by_it(callers.code + SLEEP, options) + code, timeout=0.2), FailureKind.TIMEOUT)
    assert got.reason.endswith("did not end within 0.2 s and was killed: half way")
    assert all(map(hung_up, calls))


def test_what_ended_in_time_leaves_its_background_alone_and_does_not_wait_for_it(
    transport: CommandTransport, callers: Callers
) -> None:
    daemon = f"import os\n{callers.code}call.sendall(b'%d\\n' % os.getpid())\n{SLEEP}"
    got = response(run(transport, started_by_it(daemon) + "print('done', flush=True)", timeout=10 * LONG))
    assert (got.status, got.body.strip()) == (0, b"done")
    pid = int(callers.wait().makefile().readline())
    psutil.Process(pid).kill()  # fails if it is not there
    for thread in threading.enumerate():
        if thread.name.startswith("prime_notify-command"):
            thread.join(BUSY)
            assert not thread.is_alive()


def test_closing_kills_what_runs_and_refuses_what_comes(transport: CommandTransport, callers: Callers) -> None:
    results: List[Result] = []
    thread = threading.Thread(target=lambda: results.append(run(transport, callers.code + SLEEP)))
    thread.start()
    call = callers.wait()
    transport.close()
    transport.close()
    thread.join(BUSY)
    assert hung_up(call)
    results.append(run(transport, "print('never')"))
    assert [failure(result, FailureKind.STOPPED).reason for result in results] == [
        "the attempt was cut off because the plugin is stopping"
    ] * 2


def test_closing_kills_what_is_just_being_started(transport: CommandTransport) -> None:
    class ClosingIt(List[str]):
        def __iter__(self) -> Iterator[str]:
            transport.close()
            return super().__iter__()

    failure(transport.send(CommandRequest(ClosingIt([sys.executable, "-c", SLEEP])), timeout=LONG), FailureKind.STOPPED)


def test_closing_does_not_take_back_what_was_done() -> None:
    transport = CommandTransport(clock=Moments(at_3=lambda: transport.close()))
    assert response(run(transport, "print('done')")).status == 0


def test_a_process_that_cannot_be_looked_at_is_killed_all_the_same(
    callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(pid: int) -> None:
        raise psutil.AccessDenied(pid)

    monkeypatch.setattr(psutil, "Process", refuse)
    calls: List[socket.socket] = []
    transport = CommandTransport(clock=Moments(at_2=lambda: calls.append(callers.wait())))
    got = failure(run(transport, callers.code + SLEEP, timeout=0), FailureKind.TIMEOUT)
    assert got.reason.endswith("was killed")
    assert hung_up(calls[0])


# -- what cannot be started ------------------------------------------------------------------------------------------


def unrunnable(transport: CommandTransport, *argv: str, **more: Any) -> str:
    got = failure(transport.send(CommandRequest(argv, **more), timeout=LONG), FailureKind.UNRUNNABLE)
    assert got.hint
    return got.reason


def script(folder: Path, content: str, mode: int) -> str:
    path = folder / "on-backup.sh"
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_a_program_that_does_not_exist(transport: CommandTransport, tmp_path: Path) -> None:
    assert unrunnable(transport, str(tmp_path / "on-backup.sh")) == "on-backup.sh was not found"
    assert unrunnable(transport, "no-such-program", "SECRET") == "no-such-program was not found"
    assert unrunnable(transport, "/") in ("the program was not found", "the program may not be executed")


def test_a_folder_that_does_not_exist(transport: CommandTransport, tmp_path: Path) -> None:
    folder = str(tmp_path / "SECRET")
    assert unrunnable(transport, sys.executable, folder=folder).endswith("does not exist")


@posix
def test_a_file_that_may_not_be_executed(transport: CommandTransport, tmp_path: Path) -> None:
    assert unrunnable(transport, script(tmp_path, "#!/bin/sh", 0o600)) == "on-backup.sh may not be executed"


@posix
def test_a_script_that_names_no_interpreter(transport: CommandTransport, tmp_path: Path) -> None:
    assert unrunnable(transport, script(tmp_path, "echo", 0o700)) == "on-backup.sh is no program"


@posix
def test_an_environment_that_is_too_large(transport: CommandTransport) -> None:
    assert "refuses" in unrunnable(transport, sys.executable, environment={"BIG": "x" * 200_000})


def test_an_argument_with_a_nul(transport: CommandTransport) -> None:
    assert "refuses" in unrunnable(transport, sys.executable, "\0")


def test_a_command_line_that_is_too_long_for_windows(
    transport: CommandTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TooLongError(FileNotFoundError):  # a name of Windows' is what cannot be made elsewhere
        winerror = 206

    def refuse(*_: Any, **__: Any) -> None:
        raise TooLongError

    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert "refuses the arguments" in unrunnable(transport, "C:/x.exe")


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError(errno.EAGAIN, "Try again", "SECRET"), "Try again"), (MemoryError("SECRET"), "MemoryError")],
)
def test_a_machine_at_its_limits_is_no_fault_of_the_config(
    transport: CommandTransport, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(subprocess, "Popen", refuse)
    got = failure(transport.send(CommandRequest(["/opt/x"]), timeout=LONG), FailureKind.OTHER)
    assert got.reason == f"x could not be started: {said}"


def test_without_threads_left_nothing_is_left_running(
    transport: CommandTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: List[Any] = []

    def no_more(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    class Remembered(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            started.append(self)

    monkeypatch.setattr(threading.Thread, "start", no_more)
    monkeypatch.setattr(subprocess, "Popen", Remembered)
    assert "could not be started" in failure(run(transport, SLEEP), FailureKind.OTHER).reason
    assert started[0].poll() is not None
    assert started[0].stdin.closed
    assert started[0].stdout.closed
