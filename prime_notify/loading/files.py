"""The config file and its schema on disk. An existing config is never written.

The default config is disabled, with an example to change.
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
from prime_notify.loading.schema import render_schema

__all__ = ["DEFAULT_DOCUMENT", "SCHEMA_FILE_NAME", "read_config_file", "write_default_config", "write_schema"]

SCHEMA_FILE_NAME = "config.schema.json"
DEFAULT_DOCUMENT: Dict[str, Any] = {
    "$schema": f"./{SCHEMA_FILE_NAME}",
    "notification": {
        "enabled": False,
        "endpoints": [{"name": "example", "type": "webhook", "enabled": False, "url": "https://example.com/hook"}],
    },
}

_SIZE_CAP = 4 * 1024 * 1024


def read_config_file(path: Path) -> object:
    """The document in the file, for :func:`prime_notify.loading.load.load_config`. It is never written.

    :raises ConfigError: the file cannot be read, is no UTF-8 text, or no JSON.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_CAP + 1)
        if len(content) > _SIZE_CAP:
            raise _unreadable(path, f"more than {_SIZE_CAP // 1024 // 1024} MiB", "put a config there")
        text = content.decode("utf-8")
    except FileNotFoundError:
        raise _unreadable(path, "no such file", "put a config there, or reload the plugin for a default one") from None
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise _unreadable(path, found, "let MCDReforged's user read it") from None
    except UnicodeDecodeError as error:
        found = f"a byte that is no UTF-8 at position {error.start}"
        raise _unreadable(path, found, "save the file with the encoding UTF-8") from None
    return parse_document(text)


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


def write_schema(path: Path) -> bool:
    """Writes the JSON Schema for editors unless the file has it already; returns whether it did.

    :raises OSError: the folder cannot be written to.
    """
    schema = render_schema()
    with suppress(OSError, UnicodeDecodeError):
        if path.read_text(encoding="utf-8") == schema:
            return False
    temporary = _written_beside(path, schema)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise
    return True


def _written_beside(path: Path, text: str) -> Path:
    """A new file with this text in the same folder, so that it can be moved to ``path`` in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    private = functools.partial(os.open, mode=0o600)
    with open(temporary, "x", encoding="utf-8", newline="\n", opener=private) as file:
        file.write(text)
    return temporary


def _unreadable(path: Path, found: str, remedy: str) -> ConfigError:
    return ConfigError(Problem(str(path), found, remedy, fatal=True))
