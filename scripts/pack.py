"""Packs the plugin, and reads packed plugins."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import List

from scripts.venvs import ROOT, Venv

__all__ = ["pack", "requirements_inside"]

_LEFT_OUT = ("__pycache__", "docs/images", "docs/receivers", "docs/architecture.md")
"""The manual is shipped without pictures (prime_notify/loading/manual.py)."""


def pack(venv: Venv, output: Path) -> Path:
    """Packs the plugin into the folder, with MCDReforged's own packer. Returns the file.

    Raises :class:`scripts.venvs.VenvError` with the packer's output when it fails.
    """
    output.mkdir(parents=True, exist_ok=True)
    before = {path: path.stat().st_mtime_ns for path in output.iterdir()}
    pack = ("-m", "mcdreforged", "pack", "--input", str(ROOT), "--output", str(output))
    venv.run(*pack, "--ignore-patterns", *_LEFT_OUT)
    return next(path for path in output.iterdir() if path.stat().st_mtime_ns != before.get(path))


def requirements_inside(plugin: Path) -> List[str]:
    """The requirement lines of a packed plugin; none if it has no requirements.txt."""
    with zipfile.ZipFile(plugin) as archive:
        if "requirements.txt" not in archive.namelist():
            return []
        text = archive.read("requirements.txt").decode("utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
