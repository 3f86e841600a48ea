"""One version in two places."""

import json
from pathlib import Path

from prime_notify.version import __version__


def test_the_package_has_the_version_of_the_plugins_metadata() -> None:
    metadata = Path(__file__).parents[2] / "mcdreforged.plugin.json"
    assert json.loads(metadata.read_text(encoding="utf-8"))["version"] == __version__
