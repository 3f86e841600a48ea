"""Finding channels."""

from __future__ import annotations

import subprocess
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import pytest

import prime_notify
from prime_notify.channels import webhook
from prime_notify.channels.common.registry import ChannelTypes, channel_types

PACKAGE = "prime_notify.channels"


def test_the_types_of_config_are_the_types_of_channels() -> None:
    for name, channel in channel_types().items():
        assert channel.type == name
        assert channel.endpoint_model.model_fields["type"].annotation.__args__ == (name,)


def test_a_type_that_does_not_exist_is_none() -> None:
    assert channel_types().get("pigeon") is None
    assert "common" not in channel_types()


@pytest.mark.parametrize("content", [{}, {"One": webhook.Webhook, "Two": type("Two", (webhook.Webhook,), {})}])
def test_a_module_without_exactly_one_channel_of_its_name_is_an_error(
    monkeypatch: pytest.MonkeyPatch, content: Any
) -> None:
    module = types.ModuleType(f"{PACKAGE}.webhook")
    vars(module).update(content)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    with pytest.raises(LookupError, match="'webhook'"):
        ChannelTypes()["webhook"]


def run_in_packed_plugin(tmp_path: Path, program: str) -> str:
    root = Path(prime_notify.__file__).parent
    packed = tmp_path / "PrimeNotify-v0.mcdr"  # a name that coverage knows as the package's own
    with zipfile.ZipFile(packed, "w") as archive:
        for source in root.rglob("*.py"):
            archive.write(source, source.relative_to(root.parent).as_posix())
    start = "import sys; sys.path.insert(0, sys.argv[1]); from prime_notify.channels.common import registry; "
    done = subprocess.run(
        [sys.executable, "-c", start + "assert sys.argv[1] in registry.__file__; " + program, str(packed)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    return done.stdout


def test_channels_are_found_in_a_packed_plugin(tmp_path: Path) -> None:
    program = "print(*(channel.type for channel in registry.channel_types().values()))"
    assert run_in_packed_plugin(tmp_path, program).split() == sorted(channel_types())


def test_a_channel_is_imported_only_when_it_is_asked_for(tmp_path: Path) -> None:
    program = f"registry.channel_types()['webhook']; print(*('{PACKAGE}.' + name in sys.modules for name in NAMES))"
    assert run_in_packed_plugin(tmp_path, f"NAMES = ['webhook', 'bark']; {program}").split() == ["True", "False"]
