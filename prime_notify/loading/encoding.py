"""The text of a config file, with the place of a byte that is no UTF-8."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import Optional

from prime_notify.config.problem import ConfigError, Problem
from prime_notify.loading.slips import place_of
from prime_notify.text.wording import Wording

__all__ = ["decoded"]

_MARKS = ((codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"), (codecs.BOM_UTF16_BE, "UTF-16"))
_CHINESE = re.compile("[\u4e00-\u9fff]")


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, with its byte order mark if there is one.

    :raises ConfigError: it has another encoding. The error names line and column.
    """
    named = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    try:
        if named is None:
            return content.decode("utf-8")
        place = place_of("", 0)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8")
        named, place = _encoding_of(content), place_of(before, len(before))
    found = Wording("a byte that is no UTF-8", "不是 UTF-8 的字节")
    if named:
        found = Wording("text in the encoding {name}", "{name} 编码的文本", name=named)
    remedy = Wording("save the file with the encoding UTF-8", "请把文件另存为 UTF-8 编码")
    raise ConfigError(Problem(place, found, remedy, fatal=True)) from None


def _encoding_of(content: bytes) -> Optional[str]:
    """The name of the encoding that Chinese editors on Windows use, if the text looks like it."""
    with suppress(UnicodeDecodeError):
        return "GBK" if _CHINESE.search(content.decode("gbk")) else None
    return None
