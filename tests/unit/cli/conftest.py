"""A data folder and a receiver for every test of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.support.receiver import Receiver
from tests.unit.cli.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running
