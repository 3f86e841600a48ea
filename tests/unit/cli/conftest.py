"""A data folder for every test of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "mcdr" / "config" / "prime_notify"  # a config.yml beside config/ belongs to one test only
    path.mkdir(parents=True)
    return Folder(path)
