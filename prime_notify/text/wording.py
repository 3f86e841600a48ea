"""Why something failed and what to do about it, in both languages."""

from __future__ import annotations

__all__ = ["NOTHING", "Wording", "in_language", "internal_error"]


class Wording(str):
    """A text in English that knows its Chinese. What stands in braces is filled in, be it a text or a wording.

    It is put into words (:func:`in_language`) where people get to see it.
    """

    chinese: str

    def __new__(cls, english: str, chinese: str, **values: object) -> Wording:
        self = super().__new__(cls, english.format(**values))
        self.chinese = chinese.format(**{name: getattr(value, "chinese", value) for name, value in values.items()})
        return self


NOTHING = Wording("", "")


def internal_error(error: Exception) -> Wording:
    """A fault of ours, as a reason."""
    return Wording("internal error: {why}", "内部错误：{why}", why=f"{type(error).__name__}: {error}")


def in_language(text: str, language: str) -> str:
    """The plain text, in a language of ``lang/`` where it knows that."""
    return text.chinese if language == "zh_cn" and isinstance(text, Wording) else str(text)
