"""What the transports have to say, in both languages."""

from __future__ import annotations

__all__ = ["NOTHING", "Wording"]


class Wording(str):
    """A text in English that knows its Chinese. What stands in braces is filled in, be it a text or a wording."""

    _chinese: str

    def __new__(cls, english: str, chinese: str, **values: object) -> Wording:
        self = super().__new__(cls, english.format(**values))
        self._chinese = chinese.format(**{name: getattr(value, "_chinese", value) for name, value in values.items()})
        return self

    def told_in(self, language: str) -> str:
        """The plain text in a language of ``lang/``."""
        return self._chinese if language == "zh_cn" else str(self)


NOTHING = Wording("", "")
