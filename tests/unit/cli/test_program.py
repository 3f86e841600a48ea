"""The command line as a program: as a module, and as the packed plugin, without MCDReforged."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO, List

import pytest

from prime_notify.cli import main as program
from prime_notify.version import __version__
from tests.support.cli_folder import Folder, hook
from tests.support.mcdr import PROJECT, pack
from tests.support.receiver import Receiver

MODULE = ["-m", "prime_notify"]
WITHOUT_MCDR = """
import sys
sys.modules["mcdreforged"] = None
from prime_notify.__main__ import run
sys.exit(run())
"""


def start(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    return subprocess.run(command, env=environment, timeout=60, check=False, **{**pipes, **options})


def test_the_module_is_a_program(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver))
    done = start(*MODULE, "status", "--json", "--folder", str(folder.path))
    assert (done.returncode, done.stderr) == (0, "")
    assert '"well": true' in done.stdout
    assert start(*MODULE, "--version").stdout == f"Prime Notify {__version__}\n"


def test_the_folder_is_where_mcdreforged_has_it(folder: Folder, receiver: Receiver) -> None:
    root, folder.path = folder.path, folder.path / "config" / "prime_notify"
    folder.path.mkdir(parents=True)
    folder.configure(hook(receiver))
    done = start(*MODULE, "status", cwd=root)
    assert done.returncode == 0
    assert f"data folder {Path('config', 'prime_notify')}" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"), [(["status"], 0), (["history"], 0), (["send", "backup_start"], 0), (["validate"], 0)]
)
def test_mcdreforged_is_not_needed(folder: Folder, receiver: Receiver, arguments: List[str], code: int) -> None:
    folder.configure(hook(receiver))
    done = start("-c", WITHOUT_MCDR, *arguments, "--folder", str(folder.path))
    assert (done.returncode, done.stderr) == (code, "")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    code = WITHOUT_MCDR.replace("mcdreforged", "pydantic")
    done = start("-c", code, "status")
    assert done.returncode == 2
    assert "Python's package pydantic is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_packed_plugin_is_a_program(folder: Folder, receiver: Receiver, tmp_path: Path) -> None:
    folder.configure(hook(receiver))
    packed = pack(PROJECT, tmp_path / "plugins", "PrimeNotify.mcdr")
    command = [sys.executable, "-X", "utf8", str(packed)]
    done = subprocess.run(
        [*command, "--help"], cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert done.stdout.startswith("usage: python PrimeNotify.mcdr ")
    sending = [*command, "send", "backup_failure", "--folder", str(folder.path)]
    done = subprocess.run(sending, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert "phone: delivered" in done.stdout
    assert receiver.requests[0].json()["title"] == "❌ Backup failed"


def test_this_folder_is_a_program_too() -> None:
    assert start(str(PROJECT), "--version").stdout == f"Prime Notify {__version__}\n"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break in another way there")
def test_a_reader_who_has_seen_enough_is_no_error(folder: Folder) -> None:
    with folder.archive() as archive:
        archive.add("phone")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = start(*MODULE, "history", "--folder", str(folder.path), stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


class Unread(io.StringIO):
    """Standard output whose reader is gone: with ``error``."""

    def __init__(self, error: int, instead: BinaryIO) -> None:
        super().__init__()
        self.error = error
        self.instead = instead

    def write(self, _text: str) -> int:
        raise OSError(self.error, os.strerror(self.error))

    def fileno(self) -> int:
        return self.instead.fileno()


@pytest.mark.parametrize("error", [errno.EPIPE, errno.EINVAL], ids=["elsewhere", "on Windows"])
def test_a_pipe_that_nobody_reads_is_no_error(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    with (tmp_path / "stdout").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Unread(error, file))
        assert program.main(["history", "--folder", str(folder.path)]) == 0


def test_a_full_disk_is_one(folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "stdout").open("wb") as file:
        monkeypatch.setattr(sys, "stdout", Unread(errno.ENOSPC, file))
        with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            program.main(["history", "--folder", str(folder.path)])


def test_an_interruption_has_an_exit_code_of_its_own(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(program, "FolderAccess", interrupted)
    said = folder.run("status")
    assert (said.code, said.errors) == (130, "interrupted\n")


@pytest.mark.parametrize("arguments", [[], ["frob"], ["status", "--frob"], ["show"], ["send"]])
def test_a_mistake_in_the_command_is_a_matter_of_usage(arguments: List[str]) -> None:
    with pytest.raises(SystemExit) as end:
        program.main(arguments)
    assert end.value.code == 2


def test_options_may_stand_before_the_command(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["--json", "--folder", str(folder.path), "history"]) == 0
    assert '"total": 0' in capsys.readouterr().out
