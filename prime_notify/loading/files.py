"""The config file and its schema on disk. Nothing here writes an existing config.

The default config is switched off and has no endpoint. Examples to choose from are written beside it.
"""

from __future__ import annotations

import functools
import json
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict

from prime_notify.config.problem import ConfigError, Problem
from prime_notify.loading.document import parse_document
from prime_notify.loading.encoding import decoded
from prime_notify.loading.manual import MANUAL_FOLDER, manual
from prime_notify.shipped import shipped
from prime_notify.text.wording import Wording, system_reason

__all__ = [
    "DEFAULT_DOCUMENT",
    "EXAMPLES_FILE_NAME",
    "SCHEMA_FILE_NAME",
    "read_config_bytes",
    "read_config_file",
    "write_default_config",
    "write_helpers",
]

SCHEMA_FILE_NAME = "config.schema.json"
EXAMPLES_FILE_NAME = "config.examples.json"
DEFAULT_DOCUMENT: Dict[str, Any] = {
    "$schema": f"./{SCHEMA_FILE_NAME}",
    "notification": {"enabled": False, "endpoints": []},
}

_SIZE_CAP = 4 * 1024 * 1024


def read_config_file(path: Path) -> object:
    """The document in the file, for :func:`prime_notify.loading.load.load_config`. It is never written.

    :raises ConfigError: the file cannot be read, is no UTF-8 text, or no JSON.
    """
    return parse_document(decoded(read_config_bytes(path)))


def read_config_bytes(path: Path) -> bytes:
    """The content of the file.

    :raises ConfigError: it cannot be read, or is too large for a config.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_CAP + 1)
        if len(content) > _SIZE_CAP:
            found = Wording("more than {size} MiB", "大于 {size} MiB", size=_SIZE_CAP // 1024 // 1024)
            raise _unreadable(path, found, Wording("put a config there", "请在此放置配置文件"))
    except FileNotFoundError:
        remedy = Wording(
            "put a config there, or reload the plugin for a default one",
            "请在此放置配置文件，或重载插件以生成默认配置",
        )
        raise _unreadable(path, Wording("no such file", "没有这个文件"), remedy) from None
    except OSError as error:
        found = Wording(
            "a file that cannot be read ({reason})", "无法读取文件（{reason}）", reason=system_reason(error)
        )
        remedy = Wording("let MCDReforged's user read it", "请让运行 MCDReforged 的用户能够读取它")
        raise _unreadable(path, found, remedy) from None
    return content


def write_default_config(path: Path) -> bool:
    """Writes the default config unless a file exists; returns whether it did.

    :raises OSError: the folder cannot be written to.
    """
    if os.path.lexists(path):
        return False
    temporary = _written_beside(path, json.dumps(DEFAULT_DOCUMENT, indent=2, ensure_ascii=False) + "\n")
    try:
        os.link(temporary, path)  # unlike a rename, this never replaces a file that has appeared meanwhile
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if os.path.lexists(path):
            return False
        temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()
    return True


def write_helpers(folder: Path, language: str = "en_us") -> None:
    """Writes the JSON Schema for editors, the examples and the manual, unless the folder has them as they are shipped.

    :param language: of their words: ``en_us`` or ``zh_cn``.
    :raises OSError: the folder cannot be written to.
    """
    for name in (SCHEMA_FILE_NAME, EXAMPLES_FILE_NAME):
        source = name if language == "en_us" else name.replace(".json", f".{language}.json")
        _put(folder / name, shipped(f"schema/{source}").decode("utf-8"))
    for name, text in manual(language).items():
        _put(folder / MANUAL_FOLDER / name, text)


def _put(path: Path, text: str) -> None:
    """Makes ``text`` the content of the file, in one step."""
    with suppress(OSError, UnicodeDecodeError):
        if path.read_bytes().decode("utf-8") == text:
            return
    temporary = _written_beside(path, text)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise


def _written_beside(path: Path, text: str) -> Path:
    """A new file with this text in the same folder, so that it can be moved to ``path`` in one step."""
    for folder in reversed([one for one in path.parents if not one.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    private = functools.partial(os.open, mode=0o600)
    with open(temporary, "x", encoding="utf-8", newline="\n", opener=private) as file:
        file.write(text)
    return temporary


def _unreadable(path: Path, found: Wording, remedy: Wording) -> ConfigError:
    return ConfigError(Problem(str(path), found, remedy, fatal=True))
