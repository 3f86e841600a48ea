"""Virtual environments that are kept until their requirements change, and the Python interpreters for them."""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

__all__ = ["ROOT", "Current", "Made", "Making", "Venv", "VenvError", "find_interpreters", "read_requirements", "run"]

ROOT = Path(__file__).resolve().parents[1]
"""The repository."""

_WINDOWS = sys.platform == "win32"
_SUPPORTED = range(9, 14)  # the minor versions of Python 3 that the plugin supports

Version = Tuple[int, int]


class VenvError(Exception):
    """An environment could not be made. The text is for the user, and has the output of pip."""


def read_requirements(*files: Path) -> List[str]:
    """The requirement lines of these files, without comments and blank lines."""
    lines = (line.split(" #")[0].strip() for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


class Venv:
    """A virtual environment in ``folder``, made with ``interpreter`` (default: the one that runs this)."""

    def __init__(self, folder: Path, interpreter: Path = Path(sys.executable)) -> None:
        self.folder = folder
        self.interpreter = interpreter
        self._marker = folder / ".requirements.sha256"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / ("Scripts/python.exe" if _WINDOWS else "bin/python")

    def run(self, *arguments: str, cwd: Path = ROOT) -> str:
        """The output of ``python <arguments>``. Raises :class:`VenvError` with that output when it fails."""
        return run([str(self.python), *arguments], cwd)

    def ensure(self, requirements: Sequence[str]) -> bool:
        """Installs these requirements. Returns whether anything had to be done.

        A change of the requirements or of the interpreter makes the environment again, and so does an interrupted
        installation. pip keeps the user's configuration. Raises :class:`VenvError`.
        """
        if self.is_ready(requirements):
            return False
        shutil.rmtree(self.folder, ignore_errors=True)
        self._create()
        if requirements:
            self._pip_install("--upgrade", "pip")  # the resolver of Python 3.9's own pip can take forever
            self._pip_install(*requirements)
        # the marker comes last, so that an interrupted installation has none
        self._marker.write_text(self._digest(requirements), encoding="utf-8")
        return True

    def is_ready(self, requirements: Sequence[str]) -> bool:
        """Whether it was made completely, for exactly these requirements."""
        with contextlib.suppress(OSError):
            return self.python.exists() and self._marker.read_text(encoding="utf-8") == self._digest(requirements)
        return False

    def _pip_install(self, *what: str) -> None:
        self.run("-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", *what)

    def _digest(self, requirements: Sequence[str]) -> str:
        parts = [str(self.interpreter), *_version_of(self.interpreter), *sorted(requirements)]
        return hashlib.sha256(json.dumps(parts).encode("utf-8")).hexdigest()

    def _create(self) -> None:
        if self.interpreter == Path(sys.executable) and importlib.util.find_spec("ensurepip") is None:
            # Debian and Ubuntu have ensurepip in a package of its own; this Python's pip can install pip there, too
            run([str(self.interpreter), "-m", "venv", "--without-pip", str(self.folder)])
            packages = self.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
            run([str(self.interpreter), "-m", "pip", "install", "--quiet", "--target", packages, "pip"])
        else:
            run([str(self.interpreter), "-m", "venv", str(self.folder)])


class Current(Venv):
    """The environment that runs this, with whatever it has."""

    def __init__(self) -> None:
        super().__init__(Path(sys.prefix))

    @property
    def python(self) -> Path:
        return Path(sys.executable)

    def ensure(self, requirements: Sequence[str]) -> bool:
        """Installs nothing."""
        return False


@dataclass(frozen=True)
class Made:
    """The result for one environment. ``anew``: whether anything had to be done."""

    anew: bool
    seconds: float


class Making:
    """Makes environments in the background, in their order. The first ones can be used while others are made.

    ``with Making({venv: requirements, …}) as making: making.wait(venv)``. The end of the block cancels those that have
    not begun.
    """

    def __init__(self, wanted: Mapping[Venv, Sequence[str]], *, side_by_side: int = 2) -> None:
        self._pool = concurrent.futures.ThreadPoolExecutor(side_by_side)
        self._made = {venv: self._pool.submit(_make, venv, requirements) for venv, requirements in wanted.items()}

    def wait(self, venv: Venv) -> Made:
        """Waits until the environment is ready. Raises :class:`VenvError` if it could not be made."""
        return self._made[venv].result()

    def __enter__(self) -> Making:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)


def _make(venv: Venv, requirements: Sequence[str]) -> Made:
    began = time.monotonic()
    anew = venv.ensure(requirements)
    return Made(anew, time.monotonic() - began)


def run(command: Sequence[str], cwd: Path = ROOT) -> str:
    """The output of the command, with its errors. Raises :class:`VenvError` with that output when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(line for line in done.stdout.splitlines() if not line.startswith("WARNING:"))
        raise VenvError(f"{' '.join(command)}\nfailed with exit code {done.returncode}:\n{said.strip()}")
    return done.stdout


def _version_of(interpreter: Path) -> List[str]:
    if interpreter == Path(sys.executable):
        return [sys.version]
    return [run([str(interpreter), "-c", "import sys; print(sys.version)"])]


def find_interpreters(environ: Optional[Dict[str, str]] = None) -> Dict[Version, Path]:
    """The supported Pythons on this machine that start and can make environments, oldest first.

    The search covers PATH (``python3.9``, ...), pyenv's versions, and Windows' ``py`` launcher.
    """
    environ = dict(os.environ if environ is None else environ)
    found: Dict[Version, Path] = {}
    for minor in _SUPPORTED:
        for command in _candidates(minor, environ):
            interpreter = _probe(command, minor, environ)
            if interpreter is not None:
                found[(3, minor)] = interpreter
                break
    return found


def _candidates(minor: int, environ: Dict[str, str]) -> Iterable[List[str]]:
    if sys.version_info[:2] == (3, minor):
        yield [sys.executable]
    on_path = shutil.which(f"python3.{minor}", path=environ.get("PATH", ""))
    if on_path is not None:
        yield [on_path]
    pyenv = Path(environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for version in sorted(pyenv.glob(f"versions/3.{minor}.*"), reverse=True):
        yield [str(version / "bin" / "python")]
    launcher = shutil.which("py", path=environ.get("PATH", "")) if _WINDOWS else None
    if launcher is not None:
        yield [launcher, f"-3.{minor}"]


def _probe(command: Sequence[str], minor: int, environ: Dict[str, str]) -> Optional[Path]:
    """The interpreter behind the command. None if it is no Python of that version: pyenv's shims may print an error."""
    script = f"import sys, venv, ensurepip; assert sys.version_info[:2] == (3, {minor}); print(sys.executable)"
    if list(command) == [sys.executable]:
        return Path(sys.executable)
    try:
        done = subprocess.run(
            [*command, "-c", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=environ,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(done.stdout.strip()) if done.returncode == 0 else None
