"""The base of the config's models: objects of options, each described in both languages."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple, Type, Union

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.fields import FieldInfo
from typing_extensions import Annotated

from prime_notify.text.wording import Wording

__all__ = ["MARKS", "ZH", "IdText", "MisfitError", "Options", "chinese_description", "deferring_options", "is_content",
           "is_essential", "is_public", "option"]  # fmt: skip

IdText = Annotated[str, WithJsonSchema({"type": ["string", "integer"]})]
"""An id that may be written as a number; the model must coerce numbers."""

ZH = "zh_cn"
_PUBLIC, _CONTENT, _DEFERS, _ESSENTIAL = "public", "content", "defers", "essential"
MARKS = (ZH, _PUBLIC, _CONTENT, _DEFERS, _ESSENTIAL)
"""The keys that :func:`option` adds to a field's ``json_schema_extra``: its Chinese description and its marks."""


class MisfitError(ValueError):
    """A value inside a model that does not fit. ``at``: its keys and indices, from the model that raises this."""

    def __init__(self, remedy: Wording, *at: Union[str, int]) -> None:
        super().__init__(remedy)
        self.at = at


class Options(BaseModel):
    """Base of every object in the config.

    An unknown key is a mistake. A text may be written as a number, and blanks around it do not count. No error of
    Pydantic shows the value.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True, hide_input_in_errors=True
    )


def option(
    default: Any,
    english: str,
    chinese: str,
    *,
    example: object,
    public: bool = False,
    content: bool = False,
    defers: bool = False,
    essential: bool = False,
    **more: Any,
) -> Any:
    """A field of a model: its default (``...`` for none), its descriptions and an example.

    The value is a secret unless the option says otherwise. An object of options says nothing itself: its members do.

    :param example: a JSON value that loads in an endpoint of this type. The generated pages and editors show it.
    :param public: the value cannot be a secret. Errors quote it, and nothing masks it.
    :param content: the value is part of what is sent, such as a text or a recipient. It is not masked as a whole, but
        errors do not quote it, and secrets inside it (a reference, a key named like a token) are masked.
    :param defers: the option holds notifications back or repeats them.
    :param essential: without the value, the endpoint would not do its work as its owner wants it: a value that does not
        fit switches it off. Secrets and options without a default are always essential. Any other option is left out.
    """
    marks = {_PUBLIC: public, _CONTENT: content, _DEFERS: defers, _ESSENTIAL: essential}
    extra: Dict[str, Any] = {ZH: chinese, **{mark: True for mark, is_set in marks.items() if is_set}}
    more.update(description=english, examples=[example], json_schema_extra=extra)
    return Field(default_factory=default, **more) if callable(default) else Field(default, **more)


def is_public(info: FieldInfo) -> bool:
    """Whether the value cannot be a secret."""
    return bool(_extra(info).get(_PUBLIC))


def is_content(info: FieldInfo) -> bool:
    """Whether the value is part of what is sent."""
    return bool(_extra(info).get(_CONTENT))


def is_essential(info: FieldInfo) -> bool:
    """Whether an endpoint cannot do its work without a value that was written for the option."""
    return info.is_required() or bool(_extra(info).get(_ESSENTIAL))


def deferring_options(model: Type[BaseModel]) -> Tuple[str, ...]:
    """The options of a model that hold notifications back or repeat them."""
    return tuple(name for name, info in model.model_fields.items() if _extra(info).get(_DEFERS))


def chinese_description(info: FieldInfo) -> Optional[str]:
    """The description in Simplified Chinese; None for a field that :func:`option` did not make."""
    return _extra(info).get(ZH)


def _extra(info: FieldInfo) -> Dict[str, Any]:
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
