"""The config file between two versions of the plugin."""

from __future__ import annotations

import json
import logging
import zipimport
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from prime_notify.config.models import ConfigDocument
from prime_notify.mcdr import config_file
from prime_notify.mcdr.config_file import ConfigFile, docs_address


class Translations:
    """Texts that show their key and their values."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log

    def __getattr__(self, level: str) -> Any:
        return lambda key, **values: getattr(self._log, level)("%s %s", key, values)


def test_a_reload_that_needs_a_replaced_file_keeps_the_config_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"notification": {"enabled": True}}))
    server: Any = SimpleNamespace(load_config_simple=lambda *_, **__: ConfigDocument({"notification": {}}))
    translations: Any = Translations(logging.getLogger("test.config_file"))
    file = ConfigFile(server, tmp_path, translations)
    in_force = file.loaded

    def replaced(*_arguments: Any, **_options: Any) -> None:
        raise zipimport.ZipImportError("bad local file header")

    monkeypatch.setattr(config_file, "load_config", replaced)
    reloaded = file.reload()
    assert not reloaded.in_force
    assert file.loaded is in_force
    (problem,) = reloaded.problems
    assert "bad local file header" in problem.found
    assert problem.remedy == "the file of the plugin was perhaps replaced: type !!MCDR plugin reload prime_notify"
    assert any("log.config_kept" in line for line in caplog.messages)


@pytest.mark.parametrize(
    ("link", "english", "chinese"),
    [
        (
            "https://github.com/a/b",
            "https://github.com/a/b/blob/HEAD/README.md",
            "https://github.com/a/b/blob/HEAD/README_cn.md",
        ),
        ("https://example.com/docs", "https://example.com/docs", "https://example.com/docs"),
        (None, "config/prime_notify/docs/README.md", "config/prime_notify/docs/README.md"),
        ("", "config/prime_notify/docs/README.md", "config/prime_notify/docs/README.md"),
    ],
)
def test_the_documentation_is_named_in_the_language_of_the_log(link: Any, english: Any, chinese: Any) -> None:
    folder = Path("config") / "prime_notify"
    assert docs_address(link, "en_us", folder) == english
    assert docs_address(link, "zh_cn", folder) == chinese
    assert docs_address(link, "de_de", folder) == english


@pytest.mark.parametrize("link", ["https://github.com/a/b", None])
def test_the_first_start_names_the_documentation_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, link: Any
) -> None:
    caplog.set_level(logging.INFO)
    server: Any = SimpleNamespace(
        load_config_simple=lambda *_, **__: ConfigDocument({"notification": {}}),
        get_self_metadata=lambda: SimpleNamespace(link=link),
    )
    translations: Any = Translations(logging.getLogger("test.config_file"))
    translations.log_language = "zh_cn"
    for _ in range(2):
        ConfigFile(server, tmp_path, translations)
    docs = [line for line in caplog.messages if line.startswith("log.docs")]
    address = f"{link}/blob/HEAD/README_cn.md" if link else (tmp_path / "docs" / "README.md").as_posix()
    assert docs == [f"log.docs {{'address': '{address}'}}"]
    assert link or Path(address).is_file()
