"""Notifications that are on, without an endpoint that is: the owner reads it everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest

from prime_notify.loading.files import DEFAULT_DOCUMENT
from prime_notify.loading.load import LoadedConfig, load_config, with_idleness
from prime_notify.text.wording import in_language
from tests.support.cli_folder import Folder, hook
from tests.support.receiver import Receiver

NONE = (
    "notification.endpoints: found no endpoint; nothing is sent; !!pn setup adds one step by step, and "
    "config.examples.json has one of each type"
)
ALL_OFF = (
    "notification.endpoints: found no endpoint that is switched on; nothing is sent; "
    'write "enabled": true in one of them'
)
OFF = {"name": "a", "url": "http://x", "enabled": False}


def loaded(folder: Path, endpoints: Any, enabled: bool = True) -> LoadedConfig:
    block = {"enabled": enabled, "endpoints": endpoints}
    return with_idleness(load_config({"notification": block}, environ={}, base_dir=folder))


@pytest.mark.parametrize(("endpoints", "problem"), [([], NONE), (None, NONE), ([OFF], ALL_OFF), (OFF, ALL_OFF)])
def test_a_config_that_sends_nothing_although_it_is_on_has_a_problem(
    tmp_path: Path, endpoints: Any, problem: str
) -> None:
    [found] = loaded(tmp_path, endpoints).problems
    assert str(found) == problem
    assert not found.fatal
    assert "不会发送任何通知" in in_language(found.wording, "zh_cn")
    assert loaded(tmp_path, endpoints, enabled=False).problems == ()


@pytest.mark.parametrize(
    "endpoints", [[{"name": "a", "url": "http://x"}, OFF], [{"name": "a", "type": "brak"}], "no list", 7]
)
def test_no_second_problem_is_added_to_a_mistake_and_none_where_one_is_on(tmp_path: Path, endpoints: Any) -> None:
    before = load_config(
        {"notification": {"enabled": True, "endpoints": endpoints}}, environ={}, base_dir=tmp_path
    ).problems
    assert loaded(tmp_path, endpoints).problems == before


@pytest.mark.parametrize("command", ["validate", "status"])
def test_the_command_line_says_it(tmp_path: Path, receiver: Receiver, command: str) -> None:
    folder = Folder(tmp_path)
    folder.configure(hook(receiver, enabled=False))
    said = folder.run(command)
    assert said.code == 1
    assert [line for line in said.lines if line.partition(" ")[2] == ALL_OFF]


def test_the_default_config_sends_nothing_by_one_switch_alone() -> None:
    def switches(value: Any) -> List[Any]:
        if isinstance(value, dict):
            return [one for key, more in value.items() for one in ([more] if key == "enabled" else switches(more))]
        return [one for more in value for one in switches(more)] if isinstance(value, list) else []

    assert switches(DEFAULT_DOCUMENT) == [False]
