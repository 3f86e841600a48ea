"""Texts by language and key, from a folder or a packed plugin."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from string import Formatter
from typing import Optional, Set

import pytest

import prime_notify
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import STATUS_KEYS, EventName
from prime_notify.model.fact import FactKind

CATALOGUE = Catalogue.load()
PACKAGE = Path(prime_notify.__file__).parent
OTHERS = [language for language in CATALOGUE.languages if language != "en_us"]


def placeholders(text: str) -> Set[Optional[str]]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert sorted(CATALOGUE.texts(language)) == sorted(CATALOGUE.texts("en_us"))


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_has_the_same_placeholders_in_every_language(language: str) -> None:
    english, other = CATALOGUE.texts("en_us"), CATALOGUE.texts(language)
    differing = {key for key in english if placeholders(english[key]) != placeholders(other.get(key, ""))}
    assert differing == set()


def test_every_event_and_kind_of_fact_has_its_texts() -> None:
    wanted = {f"notification.event.{event.value}" for event in EventName}
    wanted |= {f"notification.title.{event.value}" for event in EventName}
    wanted |= {f"notification.when.{event.value}" for event in EventName}
    wanted |= {f"notification.{place}.{key}" for key in STATUS_KEYS for place in ("status", "digest")}
    wanted |= {f"notification.label.{kind.value}" for kind in FactKind}
    assert wanted <= set(CATALOGUE.texts("en_us"))


def test_no_text_is_empty() -> None:
    assert [
        key for language in CATALOGUE.languages for key, text in CATALOGUE.texts(language).items() if not text
    ] == []


def test_placeholders_are_filled() -> None:
    assert CATALOGUE.text("zh_cn", "notification.line", label="备注", value="好") == "备注：好"


def test_a_missing_text_is_taken_from_english_and_at_last_is_its_key() -> None:
    catalogue = Catalogue({"en_us": {"a": "A"}, "zh_cn": {}})
    assert [catalogue.text(language, "a") for language in ("zh_cn", "xx")] == ["A", "A"]
    assert catalogue.text("zh_cn", "b") == "b"


@pytest.mark.parametrize("template", ["{missing}", "{", "{0}", "{a.b}"])
def test_a_text_that_cannot_be_filled_is_shown_as_it_is(template: str) -> None:
    assert Catalogue({"en_us": {"key": template}}).text("en_us", "key", a=1) == template


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        ("en_us", "en_us"),
        ("zh_cn", "zh_cn"),
        ("zh-CN", "zh_cn"),
        ("zh_tw", "zh_cn"),
        ("zh", "zh_cn"),
        ("de_de", "en_us"),
        ("", "en_us"),
        (None, "en_us"),
    ],
)
def test_the_closest_language_is_chosen(wanted: Optional[str], best: str) -> None:
    assert CATALOGUE.best(wanted) == best


def test_it_loads_from_inside_a_packed_plugin(tmp_path: Path) -> None:
    packed = tmp_path / "PrimeNotify.mcdr"
    with zipfile.ZipFile(packed, "w") as archive:
        for module in PACKAGE.rglob("*.py"):
            archive.write(module, module.relative_to(PACKAGE.parent).as_posix())
        for language in CATALOGUE.languages:
            archive.write(PACKAGE.parent / "lang" / f"{language}.yml", f"lang/{language}.yml")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from prime_notify.messages.catalogue import Catalogue, __file__ as origin\n"
        "print(ascii((origin, Catalogue.load().text('zh_cn', 'notification.status.success'))))"
    )
    command = [sys.executable, "-c", script, str(packed)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=True, timeout=60)
    assert packed.name in done.stdout
    assert re.search(ascii("成功").strip("'").replace("\\", "\\\\"), done.stdout)


@pytest.mark.parametrize("key", ["notification.line", "notification.item"])
def test_a_text_that_is_filled_many_times_gives_the_same_in_parts(key: str) -> None:
    catalogue = Catalogue.load()
    for language in catalogue.languages:
        for _ in range(2):
            before, between, after = catalogue.around(language, key, "label", "value")
            filled = catalogue.text(language, key, label="Size", value="1.2 GiB")
            assert f"{before}Size{between}1.2 GiB{after}" == filled


def test_the_parts_of_a_text_without_placeholders_are_the_text() -> None:
    assert Catalogue({"en_us": {"a": "plain"}}).around("en_us", "a", "label", "value") == ("plain", "", "")
