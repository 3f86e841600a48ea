"""The parent's side of the process that is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import List, Optional

from tests.crash.life import ERROR_FILE, FAILED, Life

__all__ = ["LifeFailedError", "Slot"]

_ROOT = Path(__file__).resolve().parents[2]
_LIMIT = 90.0
"""Seconds. A life that has neither ended nor been killed after this time has failed."""


class LifeFailedError(AssertionError):
    """A life failed without a kill. The message ends with its traceback."""


class Slot:
    """Runs lives one after another. ``forks``: each in a fork of one process, else each in a new process."""

    def __init__(self, *, forks: bool = hasattr(os, "fork")) -> None:
        self._forks = forks
        self._process: Optional[subprocess.Popen[str]] = None

    def live(self, life: Life) -> bool:
        """Run the life. Returns whether it was killed. Raises LifeFailedError."""
        process = self._ready()
        assert process.stdin is not None
        process.stdin.write(life.to_json() + "\n")
        process.stdin.flush()
        code = self._wait_for_fork(process) if self._forks else self._wait(process, life)
        if code == FAILED:
            error = Path(life.folder) / ERROR_FILE
            reason = error.read_text("utf-8") if error.exists() else f"it did not end within {_LIMIT:g} s"
            raise LifeFailedError(f"{life.label} {life.step} {life.passed} {life.after}: {reason}")
        return code != 0

    def _ready(self) -> subprocess.Popen[str]:
        if self._process is None:
            command: List[str] = [sys.executable, "-m", "tests.crash.child"]
            self._process = subprocess.Popen(
                command + ([] if self._forks else ["--once"]),
                cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
            )  # fmt: skip
            assert self._process.stdout is not None
            assert self._process.stdout.readline() == "ready\n"
        return self._process

    def _wait_for_fork(self, process: subprocess.Popen[str]) -> int:
        assert process.stdout is not None
        return int(process.stdout.readline())

    def _wait(self, process: subprocess.Popen[str], life: Life) -> int:
        try:
            return process.wait(_LIMIT if life.after < 0 else life.after)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait() if life.after >= 0 else FAILED
        finally:
            self.close()

    def close(self) -> None:
        """End the process. Idempotent."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            process.wait()
            process.stdout.close()
