"""What all tests share: the report's header, and the marker of tests that start MCDReforged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator, List

import pytest
from hypothesis import settings

from prime_notify.outbox.database import Database
from tests.support.mcdr import MCDR_VERSION

TESTS = Path(__file__).parent
E2E = TESTS / "e2e"
ONCE = [
    TESTS / "crash",
    TESTS / "unit" / "benchmarks",
    TESTS / "unit" / "scripts",
    *(TESTS / "unit" / "channels").glob("test_contract*.py"),
]
"""What takes its time and has little to do with the version of Python: run with one of them."""


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
        if not {item.path, *item.path.parents}.isdisjoint(ONCE):
            item.add_marker(pytest.mark.once)


@pytest.fixture(autouse=True)
def close_what_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Closes the databases that a test leaves open, as those do that play a crash: Python 3.13 warns of each."""
    opened: List[Database] = []
    prepare = Database._prepare

    def remembered(database: Database) -> None:
        opened.append(database)
        prepare(database)

    monkeypatch.setattr(Database, "_prepare", remembered)
    yield
    for database in opened:
        database.close()


settings.register_profile("project", deadline=None)  # the machines are noisy, and a first example pays for imports
settings.register_profile("again", settings.get_profile("project"), max_examples=20)  # with another Python
settings.load_profile("project")
