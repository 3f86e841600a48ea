"""MCDReforged's permission levels."""

from __future__ import annotations

from typing import Dict

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, WithJsonSchema
from typing_extensions import Annotated

__all__ = ["HIGHEST", "Level", "level_of"]

_LEVELS: Dict[str, int] = {"guest": 0, "user": 1, "helper": 2, "admin": 3, "owner": 4}
HIGHEST = max(_LEVELS.values())


def _level(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("write a level from 0 to 4, or its name")  # noqa: TRY004 - Pydantic expects ValueError
    return _LEVELS.get(value.strip().lower(), value) if isinstance(value, str) else value


Level = Annotated[
    int,
    Field(ge=0, le=HIGHEST),
    BeforeValidator(_level),
    WithJsonSchema({"anyOf": [{"enum": list(_LEVELS)}, {"type": "integer", "minimum": 0, "maximum": HIGHEST}]}),
]


def level_of(value: object) -> int:
    """The level that is written so. The highest one where that is no level: what is hidden stays hidden."""
    try:
        level: int = TypeAdapter(Level).validate_python(value)
    except ValidationError:
        return HIGHEST
    return level
