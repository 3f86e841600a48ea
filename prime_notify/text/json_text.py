"""JSON, written and read. Total: no value and no answer makes it fail."""

from __future__ import annotations

import json
import math
from typing import Any, Dict

import pydantic_core

__all__ = ["parse_object", "parse_value", "to_json"]


def to_json(value: Any) -> bytes:
    """Compact UTF-8 JSON. Total: NaN and infinities become null, a lone surrogate becomes ``?``."""
    try:
        return pydantic_core.to_json(value, inf_nan_mode="null")  # three times as fast as the library's own
    except ValueError:
        return _slow_json(value)


def _slow_json(value: Any) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def parse_object(body: bytes) -> Dict[str, Any]:
    """The JSON object in an answer; empty when it is none. Total."""
    value = parse_value(body)
    return value if isinstance(value, dict) else {}


def parse_value(body: bytes) -> Any:
    """The JSON value in an answer; None when it is no JSON. Total.

    A byte order mark before it does no harm, as some servers write one, nor does UTF-16 (RFC 8259, 8.1, lets readers
    ignore the mark).
    """
    try:
        return json.loads(body.decode(json.detect_encoding(body)))
    except (ValueError, RecursionError):
        return None


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
