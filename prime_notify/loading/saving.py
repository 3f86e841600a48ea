"""Writes a changed config file: in one step, private, never over another change, and with copies of the former.

The newest copy is ``config.json.old-1``.
"""

from __future__ import annotations

import functools
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Callable

from prime_notify.config.problem import ConfigError, Problem
from prime_notify.loading.document import checked_document, parse_document
from prime_notify.loading.edit import Change
from prime_notify.loading.encoding import decoded
from prime_notify.loading.files import read_config_bytes
from prime_notify.loading.json_nodes import parsed
from prime_notify.text.wording import Wording, system_reason

__all__ = ["COPIES", "change_config_file", "copy_of", "read_config_text"]

COPIES = 5
"""How many former versions of the file are kept."""

_PRIVATE = 0o600


def copy_of(path: Path, number: int = 1) -> Path:
    """The copy of a former version of a config file; 1 is the newest."""
    return path.with_name(f"{path.name}.old-{number}")


def read_config_text(path: Path) -> str:
    """The text of the config file, which is an object. A byte order mark is part of it.

    :raises ConfigError: the file cannot be read, or its content is no config.
    """
    return _checked(read_config_bytes(path))


def change_config_file(path: Path, change: Callable[[str], Change]) -> Change:
    """Read the file, change its text, and replace it. A file that is reached by a link is replaced behind the link.

    :param change: from the former text to the new one. What it raises goes through, and nothing is written then.
    :raises ConfigError: the file cannot be read or written, or somebody else changed it meanwhile.
    """
    before = read_config_bytes(path)
    changed = change(_checked(before))
    content = changed.text.encode("utf-8")
    _checked(content)
    target = path.resolve()
    try:
        temporary = _written_beside(target, content)
        try:
            if read_config_bytes(path) != before:
                raise _refused(path, _MEANWHILE, _AGAIN)
            _keep_copy(target, before)
            temporary.replace(target)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
    except OSError as error:
        found = Wording(
            "a file that cannot be written ({reason})", "无法写入文件（{reason}）", reason=system_reason(error)
        )
        remedy = Wording(
            "let MCDReforged's user write to its folder", "请让运行 MCDReforged 的用户能够写入它所在的文件夹"
        )
        raise _refused(path, found, remedy) from None
    return changed


_MEANWHILE = Wording("a change that somebody else made at the same moment", "同一时刻有其他程序修改了文件")
_AGAIN = Wording(
    "nothing was written; save the file in the editor and try again", "未写入任何内容；请先在编辑器中保存，再试一次"
)


def _checked(content: bytes) -> str:
    """The text of a config that may be changed.

    :raises ConfigError: it is no JSON object.
    """
    text = decoded(content)
    checked_document(parse_document(text))
    parsed(text.lstrip("\ufeff"))
    return text


def _keep_copy(path: Path, content: bytes) -> None:
    for number in range(COPIES - 1, 0, -1):
        with suppress(FileNotFoundError):
            copy_of(path, number).replace(copy_of(path, number + 1))
    _written_beside(path, content).replace(copy_of(path))


def _written_beside(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    private = functools.partial(os.open, mode=_PRIVATE)
    with open(temporary, "xb", opener=private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _refused(path: Path, found: Wording, remedy: Wording) -> ConfigError:
    return ConfigError(Problem(str(path), found, remedy, fatal=True))
