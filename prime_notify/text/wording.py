"""Reasons of failures and their remedies, in both languages."""

from __future__ import annotations

__all__ = ["NOTHING", "Wording", "in_language", "internal_error", "internal_remedy"]


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


def internal_remedy(error: Exception) -> Wording:
    """What the owner can do about a fault of the plugin."""
    if isinstance(error, ImportError):  # also of zipimport
        return Wording(
            "the file of the plugin was perhaps replaced: type !!MCDR plugin reload prime_notify",
            "插件文件可能已被替换：请执行 !!MCDR plugin reload prime_notify",
        )
    return Wording("this should not happen: please report it", "这本不应发生：请报告此问题")


def in_language(text: str, language: str) -> str:
    """The plain text in ``language``, or in English where a text has no other language."""
    return text.chinese if language == "zh_cn" and isinstance(text, Wording) else str(text)
