"""A data folder for every test of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
