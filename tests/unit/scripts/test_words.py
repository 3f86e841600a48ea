"""The demo speaks the language of this machine's people."""

from __future__ import annotations

import re
import string
from typing import Dict, Optional

import pytest

from scripts.demo.words import _WORDS, LANGUAGES, Words, language_of


@pytest.mark.parametrize(
    ("environ", "system", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, None, "zh_cn"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, None, "en_us"),
        ({"LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "C"}, None, "zh_cn"),
        ({"LANG": "C"}, "zh_CN", "en_us"),
        ({}, "Chinese (Simplified)_China", "zh_cn"),
        ({}, "", "en_us"),
    ],
)
def test_the_locale_chooses_the_language(environ: Dict[str, str], system: Optional[str], language: str) -> None:
    assert language_of(environ, system) == language


@pytest.mark.parametrize("name", sorted(_WORDS))
def test_every_sentence_is_in_both_languages_with_the_same_values(name: str) -> None:
    english, chinese = _WORDS[name]
    fields = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in (english, chinese)]
    assert fields[0] == fields[1]
    assert not re.search("[\u4e00-\u9fff]", english)
    assert re.search("[\u3000-\u9fff\uff00-\uffef]", chinese)


def test_a_sentence_has_its_values() -> None:
    assert [Words(one)("missing", endpoint="ops", event="x") for one in LANGUAGES] == [
        "ops never received x",
        "ops 一直没有收到 x",
    ]
