"""The options that are read before the models are there have the values that the models give them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prime_notify.config.early import EarlyOptions, read_early
from prime_notify.loading.load import load_config


@pytest.mark.parametrize(
    "command",
    [
        None,
        {},
        [],
        "!!x",
        {"prefix": "!!notify"},
        {"prefix": "!!通知"},
        {"prefix": "!!pb"},
        {"prefix": ""},
        {"prefix": "with space"},
        {"prefix": "x" * 32},
        {"prefix": "x" * 33},
        {"prefix": "!!pn\n"},
        {"prefix": 7},
        {"prefix": 1.5},
        {"prefix": True},
        {"prefix": None},
        {"permission": {"root": "helper"}},
        {"permission": {"root": 0}},
        {"permission": {"root": None}},
        {"permission": None, "prefix": "!!n"},
    ],
)
def test_the_models_agree(tmp_path: Path, command: Any) -> None:
    document = {"command": command}
    (tmp_path / "config.json").write_text(json.dumps(document), encoding="utf-8")
    config = load_config(document, environ={}, base_dir=tmp_path).config.command
    assert read_early(tmp_path / "config.json") == EarlyOptions(config.prefix, config.permission.root)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"5", b"[" * 100_000])
def test_a_file_that_cannot_be_read_gives_the_defaults(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "config.json").write_bytes(content)
    assert read_early(tmp_path / "config.json") == EarlyOptions("!!pn", 1)
    assert read_early(tmp_path / "missing.json") == EarlyOptions("!!pn", 1)


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes(b'\xef\xbb\xbf{"command": {"prefix": "!!n"}}')
    assert read_early(tmp_path / "config.json").prefix == "!!n"


def test_what_is_no_level_hides_the_line_in_help(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"command": {"permission": {"root": "everyone"}}}', encoding="utf-8")
    assert read_early(tmp_path / "config.json").root_level == 4
