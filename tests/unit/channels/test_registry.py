"""Finding channels."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import prime_notify
from prime_notify.channels import registry, webhook
from prime_notify.channels.registry import channel_types


def test_the_types_of_config_are_the_types_of_channels() -> None:
    for name, channel in channel_types().items():
        assert channel.type == name
        assert channel.endpoint_model.model_fields["type"].annotation.__args__ == (name,)


def test_two_channels_of_one_type_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Second(webhook.Webhook):
        pass

    Second.__module__ = webhook.__name__
    monkeypatch.setattr(webhook, "Second", Second, raising=False)
    registry.channel_types.cache_clear()
    with pytest.raises(ValueError, match="'webhook'"):
        channel_types()
    monkeypatch.undo()
    assert "webhook" in channel_types()


def test_channels_are_found_in_a_packed_plugin(tmp_path: Path) -> None:
    root = Path(prime_notify.__file__).parent
    packed = tmp_path / "PrimeNotify-v0.mcdr"  # a name that coverage knows as the package's own
    with zipfile.ZipFile(packed, "w") as archive:
        for source in root.rglob("*.py"):
            archive.write(source, source.relative_to(root.parent).as_posix())
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from prime_notify.channels import registry; "
        "assert sys.argv[1] in registry.__file__; print(*registry.channel_types())"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(packed)], cwd=tmp_path, stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    assert found.stdout.split() == sorted(channel_types())
