"""The manual in the data folder: the documentation of one language, as it is shipped."""

from __future__ import annotations

import posixpath
import re

import pytest

from prime_notify.loading.manual import manual
from scripts.venvs import ROOT

PAGES = {"en_us": ("README.md", "docs/en"), "zh_cn": ("README_cn.md", "docs/zh")}


@pytest.mark.parametrize("language", PAGES)
def test_has_the_readme_and_every_page_of_its_language(language: str) -> None:
    readme, folder = PAGES[language]
    made = manual(language)
    first = (ROOT / readme).read_text(encoding="utf-8").splitlines()[0]
    assert made["README.md"].startswith(first)
    assert {page.name for page in (ROOT / folder).glob("*.md")} <= set(made)


@pytest.mark.parametrize("language", PAGES)
def test_every_link_leads_to_a_file_of_the_manual_or_to_another_site(language: str) -> None:
    made = manual(language)
    links = [
        (name, link)
        for name, text in made.items()
        if name.endswith(".md")
        for link in re.findall(r"\]\(([^)\s]+)\)", text)
    ]
    dead = [
        (name, link)
        for name, link in links
        if "://" not in link
        and not link.startswith("#")
        and posixpath.normpath(posixpath.join(posixpath.dirname(name), link.partition("#")[0])) not in made
    ]
    assert dead == []
    assert any(link.partition("#")[0] == "channels.md" for _, link in links)


@pytest.mark.parametrize("language", PAGES)
def test_has_no_pictures_and_no_captions_of_them(language: str) -> None:
    text = "".join(text for name, text in manual(language).items() if name.endswith(".md"))
    assert not re.search(r"!\[|A drawing of|Drawings made|Drawn from|示意图", text)


def test_a_recipe_is_shipped_as_it_is() -> None:
    recipe = ROOT / "docs" / "recipes" / "offsite" / "offsite_copy.py"
    assert manual("en_us")["recipes/offsite/offsite_copy.py"] == recipe.read_text(encoding="utf-8")
