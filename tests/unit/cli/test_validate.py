"""``validate``: the mistakes in a config."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.cli_folder import SECRET, Folder, hook
from tests.support.receiver import Receiver


def test_a_config_without_a_mistake(folder: Folder, receiver: Receiver) -> None:
    folder.configure(hook(receiver), hook(receiver, "old", enabled=False))
    said = folder.run("validate")
    assert said.code == 0
    assert said.lines == [
        f"{folder.path / 'config.json'}: nothing is wrong",
        "Notifications are switched on; endpoints: 2 (1 on, 1 off)",
        "phone  webhook  on",
        "old    webhook  switched off",
    ]


def test_every_mistake_is_printed_with_its_remedy_and_no_secret(folder: Folder) -> None:
    folder.configure({"name": "phone", "type": "bark", "url": f"ftp://{SECRET}"}, enabled=False, server={"name": []})
    said = folder.run("validate")
    assert said.code == 1
    assert said.lines[0].endswith("problems: 2")
    assert "- server.name: found []; write a string" in said.lines
    assert said.lines[-2:] == [
        "Notifications are switched off (notification.enabled); endpoints: 1 (1 with a mistake)",
        "phone  bark  off: mistake at notification.endpoints[0].url",
    ]
    data = folder.run("validate", "--json").data
    assert (data["valid"], data["usable"], data["enabled"]) == (False, True, False)
    assert data["endpoints"] == [
        {"name": "phone", "type": "bark", "enabled": False, "mistake": "notification.endpoints[0].url"}
    ]
    assert sorted(problem["path"] for problem in data["problems"])[-1] == "server.name"
    assert {problem["fatal"] for problem in data["problems"]} == {True, False}


def test_any_file_can_be_checked(folder: Folder, receiver: Receiver, tmp_path: Path) -> None:
    folder.configure(hook(receiver))
    elsewhere = tmp_path / "other.json"
    (folder.path / "config.json").rename(elsewhere)
    missing = Folder(tmp_path / "missing")
    assert missing.run("validate", str(elsewhere)).code == 0
    said = missing.run("validate")
    assert said.code == 2
    assert said.errors.startswith("there is no file ")


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_what_is_no_config_at_all_is_reported(folder: Folder, text: str) -> None:
    (folder.path / "config.json").write_text(text)
    said = folder.run("validate")
    assert said.code == 1
    assert said.lines[0].endswith("problems: 1")
    assert folder.run("validate", "--json").data["usable"] is False


def test_references_start_at_the_configs_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.configure({"name": "phone", "url": "${PRIME_NOTIFY_TEST_URL}"})
    monkeypatch.delenv("PRIME_NOTIFY_TEST_URL", raising=False)
    assert folder.run("validate").code == 1
    monkeypatch.setenv("PRIME_NOTIFY_TEST_URL", f"https://example.com/{SECRET}")
    assert folder.run("validate").code == 0
    folder.configure({"name": "phone", "url": {"file": "url.txt"}})
    (folder.path / "url.txt").write_text(f"https://example.com/{SECRET}\n")
    assert folder.run("validate").code == 0


def test_mistakes_are_printed_in_the_language_of_the_folders_mcdreforged(folder: Folder) -> None:
    folder.configure({"name": "phone", "url": "nowhere"}, server={"name": []})
    (folder.path.parent.parent / "config.yml").write_text("language: zh_cn\n", encoding="utf-8")
    assert "- server.name：现为 []；请写一段文本" in folder.run("validate").lines
    data = folder.run("validate", "--json").data
    assert data["problems"][0] == {"path": "server.name", "found": "现为 []", "remedy": "请写一段文本", "fatal": False}
    assert "Config: server.name：现为 []；请写一段文本" in folder.run("status").lines
    (folder.path / "config.json").write_text('{"a": True}', encoding="utf-8")
    assert folder.run("validate").lines[1] == '- 第 1 行第 7 列：现为 "True"；请改为 true'
    assert '第 1 行第 7 列：现为 "True"；请改为 true' in folder.run("status").out
