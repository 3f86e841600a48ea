"""Without Node.js and its modules, which CI does not have, these tests are skipped with the command that gets them."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from tests.support.mcdr import PROJECT, pack
from tests.support.real_client import why_not


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    reason = why_not()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def prime_notify(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our plugin, packed from the working tree."""
    return pack(PROJECT, tmp_path_factory.mktemp("packed"), "PrimeNotify.mcdr")
