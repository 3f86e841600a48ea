"""Fields of the config's models, described in both languages of the reference."""

from __future__ import annotations

from typing import Any, Dict

from pydantic import Field, WithJsonSchema
from typing_extensions import Annotated

__all__ = ["ZH", "IdText", "option"]

IdText = Annotated[str, WithJsonSchema({"type": ["string", "integer"]})]
"""An id that is a number to its owner, and may be written as one; the model must coerce numbers."""

ZH = "zh_cn"
"""The key of a field's ``json_schema_extra`` under which its Chinese description stands."""


def option(default: Any, english: str, chinese: str, *, secret: bool = False, **more: Any) -> Any:
    """A field with its default (``...``: it has none), its descriptions, and whether its value is masked everywhere."""
    extra: Dict[str, Any] = {ZH: chinese, **({"secret": True} if secret else {})}
    if callable(default):
        return Field(default_factory=default, description=english, json_schema_extra=extra, **more)
    return Field(default, description=english, json_schema_extra=extra, **more)
