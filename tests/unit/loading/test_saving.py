"""The config file is replaced in one step, privately, with copies of the former, and never over another change."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest

from prime_notify.config.problem import ConfigError
from prime_notify.loading.edit import Change, EditError, add_endpoint
from prime_notify.loading.saving import COPIES, change_config_file, copy_of, read_config_text
from prime_notify.text.wording import Wording

NEW = {"name": "new", "url": "https://example.com/n"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "config.json"
    file.write_bytes(b'{\r\n  "a": 1\r\n}')
    return file


def add(text: str) -> Change:
    return add_endpoint(text, NEW)


def test_the_file_is_private_and_its_copy_too(path: Path) -> None:
    path.chmod(0o644)
    before = path.read_bytes()
    change_config_file(path, add)
    assert path.read_bytes().startswith(b'{\r\n  "a": 1,\r\n  "notification": {\r\n')
    assert copy_of(path).read_bytes() == before
    if os.name == "posix":
        assert {stat.S_IMODE(one.stat().st_mode) for one in (path, copy_of(path))} == {0o600}
    assert sorted(one.name for one in path.parent.iterdir()) == ["config.json", "config.json.old-1"]


def test_so_many_copies_are_kept_the_newest_first(path: Path) -> None:
    for number in range(COPIES + 3):
        change_config_file(path, lambda _, number=number: Change(f'{{"a": {number}}}'))  # type: ignore[misc]
    numbers = [read_config_text(copy_of(path, number))[-2] for number in range(1, COPIES + 1)]
    assert numbers == ["6", "5", "4", "3", "2"]
    assert not copy_of(path, COPIES + 1).exists()


def test_a_change_by_an_editor_meanwhile_is_kept(path: Path) -> None:
    def slow(text: str) -> Change:
        path.write_text('{"mine": true}', encoding="utf-8")
        return add(text)

    with pytest.raises(ConfigError, match="somebody else"):
        change_config_file(path, slow)
    assert read_config_text(path) == '{"mine": true}'
    assert [one.name for one in path.parent.iterdir()] == ["config.json"]


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff{}", b""])
def test_a_file_that_is_no_config_is_refused_and_left_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigError):
        change_config_file(path, add)
    assert path.read_bytes() == content


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        change_config_file(tmp_path / "config.json", add)


def test_what_the_change_raises_goes_through_and_nothing_is_written(path: Path) -> None:
    def refuse(_: str) -> Change:
        raise EditError(Wording("no", "不"))

    before = path.read_bytes()
    with pytest.raises(EditError, match="no"):
        change_config_file(path, refuse)
    with pytest.raises(ConfigError):
        change_config_file(path, lambda _: Change("{"))
    assert path.read_bytes() == before
    assert not copy_of(path).exists()


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_a_file_behind_a_link_is_replaced_behind_it(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "folder" / "config.json"
    link.parent.mkdir()
    link.symlink_to(path)
    change_config_file(link, add)
    assert link.is_symlink()
    assert '"new"' in read_config_text(path)


@pytest.mark.skipif(os.name != "posix", reason="no such modes on Windows")
def test_a_folder_that_cannot_be_written_is_an_error_with_a_remedy(path: Path) -> None:

    def vanish(text: str) -> Change:
        shutil.rmtree(path.parent)
        return add(text)

    with pytest.raises(ConfigError, match="cannot be written"):
        change_config_file(path, vanish)
