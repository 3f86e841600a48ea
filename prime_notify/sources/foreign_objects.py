"""Objects of other plugins, such as command sources, read as payload fields. Nothing about them is trusted."""

from __future__ import annotations

from typing import Any, Dict

__all__ = ["attribute", "operator_fields", "operator_of_source", "source_fields", "text_of"]


def attribute(of: Any, name: str, default: Any = None) -> Any:
    """``getattr`` that answers ``default`` for any error."""
    try:
        return getattr(of, name, default)
    except Exception:  # noqa: BLE001
        return default


def text_of(value: Any) -> str:
    """``str`` that answers ``<type's name>`` for any error."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001
        return f"<{type(value).__name__}>"


def source_fields(source: Any) -> Dict[str, str]:
    """The payload's ``source`` for a command source of MCDR; empty for None."""
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
    """The payload's ``operator`` for a command source of MCDR, which acts for itself; empty for None."""
    fields = source_fields(source)
    return operator_fields(fields["type"], fields.get("name", "")) if fields else {}
