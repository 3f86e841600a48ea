"""Reasons of failures and their remedies, in both languages."""

from __future__ import annotations

import errno
from typing import Callable, Dict, Iterable

__all__ = [
    "NOTHING",
    "Wording",
    "in_language",
    "internal_error",
    "internal_remedy",
    "joined",
    "system_reason",
    "verbatim",
]


class Wording(str):
    """A text in English that carries its Chinese. Names in braces are replaced by ``values``: texts, or other wordings.

    :func:`in_language` chooses the language, at the place where people read the text.
    """

    chinese: str
    _english_form: str
    _chinese_form: str
    _values: Dict[str, object]

    def __new__(cls, english: str, chinese: str, **values: object) -> Wording:
        self = super().__new__(cls, english.format(**values))
        self.chinese = chinese.format(**{name: getattr(value, "chinese", value) for name, value in values.items()})
        self._english_form, self._chinese_form, self._values = english, chinese, values
        return self

    def with_masked_values(self, mask: Callable[[str], str]) -> Wording:
        """The same text, with ``mask`` applied to its values. The text around them is the program's own: it stays."""
        masked = {name: _masked(value, mask) for name, value in self._values.items()}
        return Wording(self._english_form, self._chinese_form, **masked)


NOTHING = Wording("", "")


def internal_error(error: Exception) -> Wording:
    """The reason of a failure that is a fault of the plugin."""
    return Wording("internal error: {why}", "内部错误：{why}", why=f"{type(error).__name__}: {error}")


def internal_remedy(error: BaseException) -> Wording:
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


_SYSTEM_REASONS = {
    errno.ENOENT: "没有这个文件",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许此操作",
    errno.EISDIR: "它是文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ELOOP: "符号链接层数过多",
    errno.ENAMETOOLONG: "名称太长",
    errno.EIO: "磁盘读写出错",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "文件系统只读",
}


def system_reason(error: OSError) -> Wording:
    """The operating system's reason, such as "Permission denied"; its usual ones in both languages."""
    text = error.strerror or type(error).__name__
    return Wording(
        text.replace("{", "{{").replace("}", "}}"), _SYSTEM_REASONS.get(error.errno or 0, f"系统错误 {error.errno}")
    )


def verbatim(text: str) -> Wording:
    """A text that is the same in both languages, such as a name or an example."""
    return Wording("{text}", "{text}", text=text)


def joined(parts: Iterable[str], english: str = "", chinese: str = "") -> Wording:
    """Texts one after the other, each in its language. ``english``, ``chinese``: the separator in that language."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    names = [f"{{{name}}}" for name in values]
    return Wording(english.join(names), chinese.join(names), **values)


def _masked(value: object, mask: Callable[[str], str]) -> object:
    if isinstance(value, Wording):
        return value.with_masked_values(mask)
    return mask(value) if isinstance(value, str) else value
