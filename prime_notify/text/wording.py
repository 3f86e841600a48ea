"""Reasons of failures and their remedies, in both languages."""

from __future__ import annotations

__all__ = ["NOTHING", "Wording", "in_language", "internal_error"]


class Wording(str):
    """A text in English that carries its Chinese. Names in braces are replaced by ``values``: texts, or other wordings.

    :func:`in_language` chooses the language, at the place where people read the text.
    """

    chinese: str

    def __new__(cls, english: str, chinese: str, **values: object) -> Wording:
        self = super().__new__(cls, english.format(**values))
        self.chinese = chinese.format(**{name: getattr(value, "chinese", value) for name, value in values.items()})
        return self


NOTHING = Wording("", "")


def internal_error(error: Exception) -> Wording:
    """The reason of a failure that is a fault of the plugin."""
    return Wording("internal error: {why}", "内部错误：{why}", why=f"{type(error).__name__}: {error}")


def in_language(text: str, language: str) -> str:
    """The plain text in ``language``, or in English where a text has no other language."""
    return text.chinese if language == "zh_cn" and isinstance(text, Wording) else str(text)
