"""The packed plugins, and scenes made of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, Iterator

import pytest

from tests.support.mcdr import PROJECT, pack
from tests.support.scene import EMITTERS, Scene


@pytest.fixture(scope="session")
def prime_notify(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our plugin, packed from the working tree."""
    return pack(PROJECT, tmp_path_factory.mktemp("packed"), "PrimeNotify.mcdr")


@pytest.fixture(scope="session")
def prime_backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prime Backup: the packed plugin that PRIME_BACKUP_PLUGIN names, or the double."""
    named = os.environ.get("PRIME_BACKUP_PLUGIN")
    if named:
        return Path(named).resolve()
    double = PROJECT / "tests" / "doubles" / "prime_backup"
    return pack(double, tmp_path_factory.mktemp("packed-double"), "PrimeBackup.pyz")


@pytest.fixture(scope="session")
def plugin_named() -> Callable[[str], Path]:
    """A one-file plugin of tests/e2e/plugins by its name."""
    return lambda name: EMITTERS / f"{name}.py"


@pytest.fixture(scope="module")
def backups(
    tmp_path_factory: pytest.TempPathFactory,
    prime_notify: Path,
    prime_backup: Path,
    plugin_named: Callable[[str], Path],
) -> Iterator[Scene]:
    """A server with Prime Notify and Prime Backup, running and attached; shared by a module's tests."""
    plugins = [prime_notify, prime_backup, plugin_named("probe")]
    with Scene(tmp_path_factory.mktemp("backups"), plugins) as scene:
        scene.configure()
        scene.configure_prime_backup()
        yield scene.start()


@pytest.fixture
def scene(backups: Scene) -> Scene:
    """The module's server, at rest, and with nothing received yet."""
    backups.prime_backup.wait_until_idle()
    backups.fresh()
    return backups
