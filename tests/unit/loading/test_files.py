"""Reading never writes, and writing never replaces a config."""

from __future__ import annotations

import json
import os
import sys

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.problem import ConfigError
from prime_notify.loading.files import DEFAULT_DOCUMENT, read_config_file, write_default_config, write_helpers
from prime_notify.loading.load import load_config
from prime_notify.loading.manual import manual
from prime_notify.loading.schema import render_schema
from scripts.examples import render_examples


@pytest.fixture
def path(tmp_path):
    return tmp_path / "config" / "prime_notify" / "config.json"


def _write(path, content: bytes):
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [b'{"a": "\xe5\xa4\x87"}', b'\xef\xbb\xbf{"a": "\xe5\xa4\x87"}'])
def test_a_config_is_read_as_utf_8_with_or_without_a_byte_order_mark(path, content):
    assert read_config_file(_write(path, content)) == {"a": "备"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b'{"a": "\xb1\xb8"}',
            "line 1, column 8: found text in the encoding GBK; save the file with the encoding UTF-8",
        ),
        (b" " * (4 * 1024 * 1024 + 1), "more than 4 MiB"),
        (b'{"a": 1,}', "remove the comma"),
    ],
)
def test_what_cannot_be_read_is_reported_and_left_as_it_is(path, content, message):
    _write(path, content)
    with pytest.raises(ConfigError, match=message):
        read_config_file(path)
    assert path.read_bytes() == content
    assert [one.name for one in path.parent.iterdir()] == ["config.json"]


def test_a_missing_file_is_reported(path):
    with pytest.raises(ConfigError, match="no such file"):
        read_config_file(path)
    assert not path.parent.exists()


def test_a_folder_in_its_place_is_reported(path):
    path.mkdir(parents=True)
    with pytest.raises(ConfigError, match="a file that cannot be read"):
        read_config_file(path)


def test_the_default_config_is_written_where_there_is_none(path):
    assert write_default_config(path)
    assert read_config_file(path) == DEFAULT_DOCUMENT
    assert [one.name for one in path.parent.iterdir()] == ["config.json"]


@pytest.mark.parametrize("content", [b"", b"broken", b"{}"])
def test_the_default_config_replaces_nothing(path, content):
    _write(path, content)
    assert not write_default_config(path)
    assert path.read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need a privilege there")
def test_the_default_config_is_not_written_through_a_dangling_link(path, tmp_path):
    path.parent.mkdir(parents=True)
    path.symlink_to(tmp_path / "elsewhere")
    assert not write_default_config(path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_config_that_appears_meanwhile_is_not_replaced(path, monkeypatch):
    _write(path, b"{}")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)  # it appeared right after this question
    assert not write_default_config(path)
    assert path.read_bytes() == b"{}"
    assert [one.name for one in path.parent.iterdir()] == ["config.json"]


def test_the_default_config_is_written_on_a_file_system_without_hard_links(path, monkeypatch):
    def link(*_):
        raise OSError("no hard links here")

    monkeypatch.setattr(os, "link", link)
    assert write_default_config(path)
    assert read_config_file(path) == DEFAULT_DOCUMENT
    assert [one.name for one in path.parent.iterdir()] == ["config.json"]


@pytest.mark.parametrize("language", ["en_us", "zh_cn"])
def test_the_schema_the_examples_and_the_manual_are_written_as_they_are_shipped_when_they_differ(path, language):
    folder = path.parent
    for _ in range(2):
        write_helpers(folder, language)
        assert (folder / "config.schema.json").read_text(encoding="utf-8") == render_schema(language)
        assert (folder / "config.examples.json").read_text(encoding="utf-8") == render_examples(language)
        files = [one for one in folder.rglob("*") if one.is_file()]
        written = {one.relative_to(folder / "docs").as_posix() for one in files if one.parent != folder}
        assert written == set(manual(language))
        assert len(files) == len(written) + 2
        for file in files:
            file.write_bytes(b"\xff")


def test_a_file_that_is_up_to_date_is_not_touched(path):
    write_helpers(path.parent)
    before = {one: one.stat().st_ino for one in path.parent.rglob("*")}
    write_helpers(path.parent)
    assert {one: one.stat().st_ino for one in path.parent.rglob("*")} == before


def test_a_schema_that_cannot_be_put_in_place_leaves_nothing_behind(path):
    (path.parent / "config.schema.json" / "occupied").mkdir(parents=True)
    with pytest.raises(OSError, match=r".+"):
        write_helpers(path.parent)
    assert [one.name for one in path.parent.iterdir()] == ["config.schema.json"]


@pytest.mark.parametrize("language", ["en_us", "zh_cn"])
def test_the_examples_load_as_they_are_one_of_each_type_in_the_language(tmp_path, language):
    document = json.loads(render_examples(language))
    endpoints = [one["endpoint"] for one in document["examples"]]
    loaded = load_config({"notification": {"enabled": True, "endpoints": endpoints}}, environ={}, base_dir=tmp_path)
    assert [one.type for one in loaded.endpoints] == list(channel_types())
    assert all(one.config.enabled for one in loaded.endpoints)
    for text in [document["how"], *(one["about"] for one in document["examples"])]:
        chinese = sum("\u4e00" <= char <= "\u9fff" for char in text)
        assert (chinese > len(text) / 10) == (language == "zh_cn"), text  # a service may have a Chinese name in English
