"""Chromium without a window takes the pictures."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Optional

__all__ = ["Browser"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)
_SECONDS = 60


class Browser:
    """Takes pictures of pages, each as high as its page."""

    def __init__(self, program: Optional[str] = None) -> None:
        found = program or next(filter(None, map(shutil.which, _NAMES)), None)
        if found is None:
            raise SystemExit("Chromium was not found: install it, or give its path with --chromium")
        self._program = found

    def shoot(self, text: str, target: Path, *, width: int) -> None:
        """Write the picture of a page, ``width`` pixels wide, to ``target``."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "page.html"
            source.write_text(text, encoding="utf-8")
            measured = self._run(folder, f"--window-size={width},2000", "--dump-dom", source.as_uri())
            height = re.search(r"<title>(\d+)</title>", measured)
            if height is None:
                raise SystemExit(f"{self._program} did not show the page")
            self._run(folder, f"--window-size={width},{height[1]}", f"--screenshot={target}", source.as_uri())
        if shutil.which("pngquant"):  # a third of the size
            subprocess.run(
                ["pngquant", "--force", "--ext", ".png", "--strip", str(target)], timeout=_SECONDS, check=True
            )

    def _run(self, folder: str, *arguments: str) -> str:
        command = [self._program, *_FLAGS, f"--user-data-dir={folder}/profile", *arguments]
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True)
        return done.stdout.decode("utf-8", "replace")
