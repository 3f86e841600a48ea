"""What all tests share: the report's header, and the marker of tests that start MCDReforged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List

import pytest
from hypothesis import settings

from tests.support.mcdr import MCDR_VERSION

E2E = Path(__file__).with_name("e2e")


def pytest_report_header() -> List[str]:
    prime_backup = os.environ.get("PRIME_BACKUP_PLUGIN")
    return [
        f"MCDReforged {MCDR_VERSION}",
        f"Prime Backup in end-to-end tests: {Path(prime_backup).name if prime_backup else 'the double'}",
    ]


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    for item in items:
        if E2E in item.path.parents:
            item.add_marker(pytest.mark.e2e)


settings.register_profile("project", deadline=None)  # the machines are noisy, and a first example pays for imports
settings.load_profile("project")
