"""Who asked for it: MCDR command sources, and operators made of them, as payload fields."""

from __future__ import annotations

from typing import Any, Dict

__all__ = ["attribute", "operator_fields", "operator_of_source", "source_fields", "text_of"]


def attribute(of: Any, name: str, default: Any = None) -> Any:
    """``getattr`` for objects of other plugins: whatever goes wrong in there, the answer is ``default``."""
    try:
        return getattr(of, name, default)
    except Exception:  # noqa: BLE001
        return default


def text_of(value: Any) -> str:
    """``str`` for objects of other plugins: one that cannot be shown is named by its type."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001
        return f"<{type(value).__name__}>"


def source_fields(source: Any) -> Dict[str, str]:
    """The payload's ``source`` for a command source; empty when it is none."""
    if source is None:
        return {}
    if attribute(source, "is_player") is True:
        return {"type": "player", "name": text_of(attribute(source, "player", ""))}
    if attribute(source, "is_console") is True:
        return {"type": "console"}
    return {"type": "command_source", "name": text_of(source)}


def operator_fields(kind: str, name: str) -> Dict[str, str]:
    """The payload's ``operator``."""
    return {"type": kind, "name": name, "full": f"{kind}:{name}"}


def operator_of_source(source: Any) -> Dict[str, str]:
    """The operator on whose behalf a command source acts: itself. Empty when there is no source."""
    fields = source_fields(source)
    return operator_fields(fields["type"], fields.get("name", "")) if fields else {}
