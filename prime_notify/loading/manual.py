"""The manual: the README and the pages of the documentation in one language, beside the config.

It belongs to this version, needs no network, and names no address that may be out of reach. Pictures are left out.
"""

from __future__ import annotations

import posixpath
import re
from typing import Dict, Iterator, Mapping, Tuple

from prime_notify.shipped import shipped

__all__ = ["MANUAL_FOLDER", "manual"]

MANUAL_FOLDER = "docs"
_PAGES: Mapping[str, Tuple[str, str]] = {"en_us": ("README.md", "docs/en/"), "zh_cn": ("README_cn.md", "docs/zh/")}
"""By language: the first page, and the folder of the others."""

_FILES = "docs/recipes/"
_PICTURE = re.compile(r"^!\[[^\n]*\n(?:\n\*[^\n]*\*\n)?\n?", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]\n]*)\]\(([^)\s]+)\)")


def manual(language: str) -> Dict[str, str]:
    """By name in the folder of the manual, each file of it. ``language``: ``en_us`` or ``zh_cn``.

    :raises OSError: a page is not shipped.
    """
    first, folder = _PAGES[language]
    names = {first: "README.md"}
    texts: Dict[str, str] = {}
    waiting = [first]
    while waiting:
        page = waiting.pop()
        texts[page] = shipped(page).decode("utf-8")
        for target in _targets(page, texts[page]):
            if target not in names and target.startswith((folder, _FILES)):
                names[target] = target[len(folder if target.startswith(folder) else "docs/") :]
                waiting.append(target)
    return {names[page]: _adapted(page, text, names) for page, text in texts.items()}


def _targets(page: str, text: str) -> Iterator[str]:
    """The files that the links of a page lead to."""
    if page.endswith(".md"):
        for _, link in _LINK.findall(text):
            yield _target(page, link)


def _target(page: str, link: str) -> str:
    """The path of the file that a link leads to; of an address elsewhere, the address."""
    if "://" in link:
        return link
    file = link.partition("#")[0]
    return posixpath.normpath(posixpath.join(posixpath.dirname(page), file)) if file else page


def _adapted(page: str, text: str, names: Mapping[str, str]) -> str:
    """A page without its pictures, whose links lead to the files of the manual. Those to other files are plain text."""
    if not page.endswith(".md"):
        return text

    def link(found: re.Match[str]) -> str:
        words, address = found.groups()
        target = _target(page, address)
        if "://" in address:
            return found[0]
        if target not in names:
            return words
        place = posixpath.relpath(names[target], posixpath.dirname(names[page]) or ".")
        return f"[{words}]({'' if target == page else place}{address[len(address.partition('#')[0]) :]})"

    return _LINK.sub(link, _PICTURE.sub("", text))
