"""The type that a model expects at a place of the document, found before anything is validated."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from typing import Any, Dict, Iterator, List, Optional, Tuple, Type, Union

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import Annotated, get_args, get_origin

__all__ = ["alternatives", "field_at", "member", "option_names", "takes_null", "takes_objects"]

_LISTS = (list, tuple, set, frozenset)


def field_at(annotation: Any, key: str) -> Optional[FieldInfo]:
    """The field that ``key`` names in an object of this type, if it is a model that knows it."""
    return _options(annotation).get(key)


def option_names(annotation: Any) -> Tuple[str, ...]:
    """The keys that an object of this type may have."""
    return tuple(_options(annotation))


def member(annotation: Any, part: Union[str, int]) -> Any:
    """The type of the item at index or key ``part`` in a value of this type; None when it is not known."""
    if isinstance(part, str):
        info = field_at(annotation, part)
        if info is not None:
            return info.annotation
    for kind in alternatives(annotation):
        origin, arguments = get_origin(kind), get_args(kind)
        if isinstance(part, int) and origin in _LISTS and arguments:
            return arguments[0]
        if isinstance(part, str) and _is_mapping(origin) and arguments:
            return arguments[1]
    return None


def takes_null(annotation: Any) -> bool:
    """Whether ``null`` is a value of this type."""
    return any(kind is type(None) or kind in (Any, object) for kind in alternatives(annotation))


def takes_objects(annotation: Any) -> bool:
    """Whether a JSON object may be a value of this type. Assumed of every type that is not known to refuse one."""
    for kind in alternatives(annotation):
        origin = get_origin(kind) or kind
        if kind is Any or origin is object or _is_mapping(origin) or _models(kind):
            return True
        if not isinstance(origin, type) and not _is_literal(kind):
            return True
    return False


def alternatives(annotation: Any) -> Iterator[Any]:
    """The members of unions, without the metadata of ``Annotated``."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from alternatives(get_args(annotation)[0])
    elif origin is Union or getattr(origin, "__name__", "") == "UnionType":
        for argument in get_args(annotation):
            yield from alternatives(argument)
    else:
        yield annotation


def _options(annotation: Any) -> Dict[str, FieldInfo]:
    return {info.alias or name: info for model in _models(annotation) for name, info in model.model_fields.items()}


def _models(annotation: Any) -> List[Type[BaseModel]]:
    return [kind for kind in alternatives(annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _is_mapping(origin: Any) -> bool:
    return isinstance(origin, type) and issubclass(origin, AbstractMapping)


def _is_literal(kind: Any) -> bool:
    arguments = get_args(kind)
    return bool(arguments) and not any(isinstance(argument, type) for argument in arguments)
