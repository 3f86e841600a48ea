"""The texts of ``lang/``, read without MCDReforged: its translations are missing in tests and during reloads."""

from __future__ import annotations

from typing import Any, Dict, Iterator, Mapping, Optional, Tuple

from prime_notify.shipped import shipped
from prime_notify.text.counted import Counted

__all__ = ["Catalogue"]

_LANGUAGES = ("en_us", "zh_cn")
_FALLBACK = _LANGUAGES[0]
_MARK = "\0"
_TOP_KEY = "prime_notify"


class Catalogue:
    """Texts by language and key. Keys are dotted and without the plugin's id: ``notification.label.comment``."""

    def __init__(self, texts: Mapping[str, Mapping[str, str]]) -> None:
        self._texts = texts
        english = texts.get(_FALLBACK, {})
        self._found = {language: {**english, **_written(own)} for language, own in texts.items()}
        self._english = self._found.get(_FALLBACK, {})
        self._parts: Dict[Tuple[str, str], Tuple[str, str, str]] = {}

    @classmethod
    def load(cls) -> Catalogue:
        """Read ``lang/*.yml`` beside the package, from a folder or from inside the packed plugin."""
        return cls({language: _read(language) for language in _LANGUAGES})

    @property
    def languages(self) -> Tuple[str, ...]:
        return tuple(self._texts)

    def texts(self, language: str) -> Mapping[str, str]:
        """All texts of a language, their placeholders still in them."""
        return self._texts.get(language, {})

    def text(self, language: str, key: str, **values: object) -> str:
        """The text with its placeholders filled. Never raises.

        A key that the language lacks is looked up in English. A key that English lacks, too, is returned itself. A
        placeholder without a value stays as it is. ``{count:hour|hours}`` gives "1 hour" and "2 hours".
        """
        template = self._found.get(language, self._english).get(key)
        if template is None:
            return key
        if "{" not in template and "}" not in template:  # as in most texts
            return template
        if "|" in template:  # a counted noun
            values = {
                name: Counted(value) if isinstance(value, (int, str)) else value for name, value in values.items()
            }
        try:
            return template.format(**values)
        except (LookupError, ValueError, AttributeError):
            return template

    def around(self, language: str, key: str, first: str, second: str) -> Tuple[str, str, str]:
        """The parts of a text before, between and after two placeholders, which stand in this order.

        They spare a text that is filled many times its formatting. Never raises.
        """
        found = self._parts.get((language, key))
        if found is None:
            before, _, rest = self.text(language, key, **{first: _MARK, second: _MARK}).partition(_MARK)
            between, _, after = rest.partition(_MARK)
            found = self._parts[language, key] = (before, between, after)
        return found

    def find(self, language: str, key: str) -> Optional[str]:
        """The text as written, from the language or else from English; None when neither has it."""
        return self._found.get(language, self._english).get(key)

    def best(self, language: Optional[str]) -> str:
        """The closest language of ``lang/``: ``zh-CN`` and ``zh_tw`` give ``zh_cn``, else English."""
        if language is not None and language in self._texts:
            return language
        wanted = (language or "").strip().lower().replace("-", "_")
        if wanted in self._texts:
            return wanted
        family = wanted.partition("_")[0]
        return next((known for known in self._texts if known.partition("_")[0] == family), _FALLBACK)


def _written(texts: Mapping[str, str]) -> Mapping[str, str]:
    return {key: text for key, text in texts.items() if text}


def _read(language: str) -> Dict[str, str]:
    from ruamel.yaml import YAML  # MCDReforged has it, and has loaded it long before

    document = YAML(typ="safe", pure=True).load(shipped(f"lang/{language}.yml").decode("utf-8"))
    return dict(_flat(document[_TOP_KEY], ""))


def _flat(tree: Mapping[str, Any], prefix: str) -> Iterator[Tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + str(key), str(value)
