"""MCDReforged's permission levels."""

from __future__ import annotations

from typing import Dict

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, WithJsonSchema
from typing_extensions import Annotated

from prime_notify.text.suggestions import one_of
from prime_notify.text.wording import Wording

__all__ = ["HIGHEST", "Level", "level_of"]

_LEVELS: Dict[str, int] = {"guest": 0, "user": 1, "helper": 2, "admin": 3, "owner": 4}
HIGHEST = max(_LEVELS.values())


def _level(value: object) -> object:
    level = _LEVELS.get(value.strip().lower(), value) if isinstance(value, str) else value
    if isinstance(level, bool) or str(level).strip() not in map(str, _LEVELS.values()):
        raise ValueError(
            Wording(
                "write a level from 0 to 4, or its name: {names}",
                "请写 0 到 4 的等级，或其名称：{names}",
                names=one_of(list(_LEVELS)),
            )
        )
    return level


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
