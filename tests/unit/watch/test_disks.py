"""A disk is asked on a thread of its own, and one that hangs holds nothing else up."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Dict, Hashable, Iterator, List

import psutil
import pytest

from prime_notify.watch import disks
from prime_notify.watch.disks import DiskReader, Failure, Usage, name_for_system, size_below, usage_of

LONG = 30.0


def threads() -> List[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prime_notify-disk"]


def answers(reader: DiskReader) -> Dict[Hashable, Any]:
    """Those that are there when all threads have ended."""
    for thread in threads():
        thread.join(LONG)
    return reader.take()


@pytest.fixture
def reader() -> Iterator[DiskReader]:
    made = DiskReader()
    yield made
    made.stop()


def test_it_is_what_the_system_says(tmp_path: Path) -> None:
    found = usage_of(str(tmp_path))
    assert isinstance(found, Usage)
    assert found.total == psutil.disk_usage(str(tmp_path)).total
    assert 0 <= found.free <= found.total
    assert found.device == tmp_path.stat().st_dev


@pytest.mark.parametrize(("path", "missing"), [("nothing/here", True), ("a\0b", False)])
def test_a_path_that_cannot_be_read_has_a_reason(tmp_path: Path, path: str, missing: bool) -> None:
    found = usage_of(f"{tmp_path}/{path}")
    assert isinstance(found, Failure)
    assert found.missing is missing
    assert found.reason


def test_a_refusing_disk_has_the_reason_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(psutil, "disk_usage", refuse)
    assert usage_of(str(tmp_path)) == Failure("Input/output error")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="only Linux has /proc")
def test_a_file_system_without_a_size_is_no_disk() -> None:
    assert isinstance(usage_of("/proc"), Failure)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/mnt/backups", "/mnt/backups"),
        ("D:\\backups", "D:\\backups"),
        ("\\\\nas\\backups", "\\\\nas\\backups\\"),
        ("\\\\nas\\backups\\mc\\", "\\\\nas\\backups\\mc\\"),
    ],
)
def test_the_root_of_a_share_ends_with_a_separator(path: str, name: str) -> None:
    assert name_for_system(path) == name


def test_a_small_disk_that_fills(tmp_path: Path) -> None:
    mounted = (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(tmp_path)], capture_output=True, check=False
        )
        if sys.platform == "linux"
        else None
    )
    if mounted is None or mounted.returncode:
        pytest.skip("only root may mount a tmpfs, and only on Linux")
    try:
        empty = usage_of(str(tmp_path))
        (tmp_path / "backup").write_bytes(b"x" * 3 * 1024 * 1024)
        full = usage_of(str(tmp_path))
        assert isinstance(empty, Usage)
        assert isinstance(full, Usage)
        assert empty.total == full.total == 4 * 1024 * 1024
        assert empty.free - full.free == 3 * 1024 * 1024
        assert empty.device != tmp_path.parent.stat().st_dev
        assert size_below(str(tmp_path), lambda seconds: False) == 3 * 1024 * 1024
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


# what hangs


def test_one_that_hangs_is_asked_once_and_the_others_answer(
    reader: DiskReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, others = threading.Event(), threading.Event()

    def ask(path: str) -> Usage:
        (go_on.wait if path == "dead" else others.set)()
        return Usage(1, 2)

    monkeypatch.setattr(disks, "usage_of", ask)
    reader.ask_usage("dead")
    reader.ask_usage("well")
    assert others.wait(LONG)
    reader.ask_usage("dead")
    assert [thread.daemon for thread in threads() if thread.is_alive()][:1] == [True]
    assert reader.is_asked("dead")
    go_on.set()
    assert answers(reader) == {"dead": Usage(1, 2), "well": Usage(1, 2)}
    assert not reader.is_asked("dead")
    assert reader.take() == {}


def test_without_a_thread_there_is_no_answer(reader: DiskReader, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        reader.ask_usage("disk")
    assert not reader.is_asked("disk")
    reader.stop()
    reader.ask_usage("disk")
    assert not reader.is_asked("disk")


# what the files take


def write(path: Path, size: int) -> int:
    """What the file takes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return getattr(path.stat(), "st_blocks", size // 512) * 512


def test_the_size_is_that_of_all_files_below(reader: DiskReader, tmp_path: Path) -> None:
    size = sum(write(tmp_path / "blobs" / f"{number:02}" / str(number), 5000 * number) for number in range(1, 20))
    size += write(tmp_path / "prime_backup.db", 123_456)
    reader.ask_size(str(tmp_path))
    assert answers(reader) == {(str(tmp_path),): size}


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right there")
def test_links_are_not_followed_and_a_file_counts_once(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside / "world", 1_000_000)
    size = write(tmp_path / "root" / "file", 10_000)
    os.link(tmp_path / "root" / "file", tmp_path / "root" / "again")
    (tmp_path / "root" / "link").symlink_to(outside)
    (tmp_path / "root" / "loop").symlink_to(tmp_path / "root")
    found = size_below(str(tmp_path / "root"), lambda seconds: False)
    assert found is not None
    assert size <= found < size + 10_000  # the links themselves


def test_it_pauses_as_long_as_it_works_and_ends_when_told_to(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / str(number), 10)
    moments, pauses = iter(range(1000)), []

    def pause(seconds: float) -> bool:
        pauses.append(seconds)
        return len(pauses) == 3

    assert size_below(str(tmp_path), pause, lambda: next(moments) / 50, longest=LONG) is None
    assert pauses == pytest.approx([0.06] * 3)


def test_too_many_files_have_no_size(tmp_path: Path) -> None:
    for number in range(20):
        write(tmp_path / str(number), 10)
    moments = iter(range(1000))
    assert size_below(str(tmp_path), lambda seconds: False, lambda: next(moments), longest=5.0) is None


def test_a_root_that_cannot_be_read_has_no_size(tmp_path: Path) -> None:
    assert size_below(str(tmp_path / "nothing"), lambda seconds: False) is None


def test_a_file_that_refuses_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = write(tmp_path / "kept", 5000)

    class Refusing:
        def is_dir(self, *, follow_symlinks: bool) -> bool:
            raise PermissionError(13, "Permission denied")

    class Listing:
        def __init__(self, real: Any) -> None:
            self._entries = [*real, Refusing()]

        def __enter__(self) -> Iterator[Any]:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def __next__(self) -> Any:
            if not self._entries:
                raise OSError(5, "Input/output error")
            return self._entries.pop()

    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: Listing(real(path)))
    assert size_below(str(tmp_path), lambda seconds: False) == size


def test_what_vanishes_meanwhile_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = write(tmp_path / "kept", 5000)
    write(tmp_path / "folder" / "file", 5000)
    real = os.scandir

    def scandir(path: str) -> Any:
        if str(path).endswith("folder"):
            raise FileNotFoundError(path)
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert size_below(str(tmp_path), lambda seconds: False) == size
