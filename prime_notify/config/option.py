"""What the config's models are made of: objects of options, described in both languages of the reference."""

from __future__ import annotations

from typing import Any, Dict

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from typing_extensions import Annotated

__all__ = ["ZH", "IdText", "Options", "option"]

IdText = Annotated[str, WithJsonSchema({"type": ["string", "integer"]})]
"""An id that is a number to its owner, and may be written as one; the model must coerce numbers."""

ZH = "zh_cn"
"""The key of a field's ``json_schema_extra`` under which its Chinese description stands."""


class Options(BaseModel):
    """Base of every object in the config. A key that it does not know is a mistake, a text may be written as a number,
    blanks around one do not count, and no error shows what was written."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True, hide_input_in_errors=True
    )


def option(default: Any, english: str, chinese: str, *, example: object, secret: bool = False, **more: Any) -> Any:
    """A field with its default (``...``: it has none), its descriptions, an example of what may be written, and whether
    its value is masked everywhere.

    The example is JSON and loads, in an endpoint of its type, as it is: both languages' reference and editors show it.
    """
    extra: Dict[str, Any] = {ZH: chinese, **({"secret": True} if secret else {})}
    more.update(description=english, examples=[example], json_schema_extra=extra)
    return Field(default_factory=default, **more) if callable(default) else Field(default, **more)
