"""The config that the first start writes: disabled, with an example to change."""

from __future__ import annotations

import json
from typing import Any, Dict

__all__ = ["DEFAULT_DOCUMENT", "SCHEMA_FILE_NAME", "render_default"]

SCHEMA_FILE_NAME = "config.schema.json"

DEFAULT_DOCUMENT: Dict[str, Any] = {
    "$schema": f"./{SCHEMA_FILE_NAME}",
    "notification": {
        "enabled": False,
        "endpoints": [{"name": "example", "type": "webhook", "enabled": False, "url": "https://example.com/hook"}],
    },
}


def render_default() -> str:
    """The text of the default config file."""
    return json.dumps(DEFAULT_DOCUMENT, indent=2, ensure_ascii=False) + "\n"
