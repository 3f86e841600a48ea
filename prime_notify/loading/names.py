"""The names of the endpoints in a document."""

from __future__ import annotations

from typing import Any, List, Sequence

__all__ = ["default_names", "endpoint_names"]


def default_names(endpoints: Sequence[Any]) -> List[str]:
    """A name for each endpoint, in case it has none. It differs from every name in the document."""
    written = {item.get("name") for item in endpoints if isinstance(item, dict) and isinstance(item.get("name"), str)}
    names = []
    for number in range(1, len(endpoints) + 1):
        name = f"endpoint-{number}"
        while name in written:
            name += "'"
        names.append(name)
    return names


def endpoint_names(endpoints: Sequence[Any]) -> List[str]:
    """The names of all endpoints, including those with a problem."""
    written = [item.get("name") if isinstance(item, dict) else None for item in endpoints]
    defaults = default_names(endpoints)
    return [str(name).strip() if name is not None else default for name, default in zip(written, defaults)]
