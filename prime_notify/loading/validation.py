"""Validation that leaves out the parts of a document that do not fit, with each error in terms of the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Type, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from prime_notify.config.problem import Location, describe
from prime_notify.model.annotations import field_at, member, option_names, takes_null
from prime_notify.text.suggestions import closest, one_of

__all__ = ["Violation", "located", "validated", "without_nulls"]

_Model = TypeVar("_Model", bound=BaseModel)

_REMEDIES = {
    "bool": "write true or false",
    "int": "write a whole number",
    "float": "write a number",
    "string": "write a string",
    "list": "write a list: [...]",
    "dict": "write an object: {...}",
    "model": "write an object: {...}",
}


@dataclass(frozen=True)
class Violation:
    """A value in the document that its model refuses. ``kind``: Pydantic's name for the reason."""

    location: Location
    kind: str
    remedy: str

    @property
    def is_unknown_key(self) -> bool:
        return self.kind == "extra_forbidden"

    @property
    def is_comment(self) -> bool:
        """Whether it is a key with which people write comments into JSON."""
        key = str(self.location[-1]) if self.location else ""
        return self.is_unknown_key and key.startswith(("_", "//", "$comment"))


def validated(
    model: Type[_Model],
    data: Dict[str, Any],
    report: Callable[[Sequence[Violation]], bool],
    context: Optional[Mapping[str, Any]] = None,
) -> Optional[_Model]:
    """An instance of ``model`` without those parts of ``data`` that do not fit.

    A single item counts as a list of one. Every other violation is passed to ``report``, and its value is removed from
    ``data``, until the rest is valid.

    :param report: its answer is whether the rest can do without these values; if not, the result is None.
    :param context: for the model's validators.
    :raises LookupError: a violation that has nothing to remove.
    """
    while True:
        try:
            return model.model_validate(data, context=context)
        except ValidationError as error:
            violations = _violations(error, data, model)
        if _list_single_items(data, violations):
            continue
        if not report(violations):
            return None
        _prune(data, violations)


def _violations(error: ValidationError, data: Any, model: Any) -> List[Violation]:
    """One violation for each place, in the order of the model's fields."""
    grouped: Dict[Location, List[ErrorDetails]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        grouped.setdefault(_place_of(detail, data), []).append(detail)
    violations = []
    for location, details in grouped.items():
        remedies = dict.fromkeys(_remedy(detail, location, data, model) for detail in details)
        violations.append(Violation(location, details[0]["type"], ", or ".join(remedies)))
    return violations


def _at_location(data: Any, location: Location) -> Any:
    """The value at ``location``; raises LookupError when there is none."""
    value: Any = data
    for part in location:
        members: Any = value
        if not isinstance(value, dict if isinstance(part, str) else list):
            raise LookupError(part)  # noqa: TRY004 - as it does where the key is not there
        value = members[part]
    return value


def located(data: Any, location: Location, *, public: bool) -> Tuple[Location, str]:
    """The location of a violation in the document as its owner wrote it, and a description of the value there."""
    if location and isinstance(location[-1], int) and not isinstance(_at_location(data, location[:-1]), list):
        location = location[:-1]  # a single item, which was taken for a list of it
    try:
        return location, describe(_at_location(data, location), public=public)
    except LookupError:
        return location, "nothing"


def _prune(data: Any, violations: Sequence[Violation]) -> None:
    """Removes the refused values from ``data``.

    :raises LookupError: there is nothing to remove, so that another validation would refuse the same.
    """
    for location in sorted((violation.location for violation in violations), key=_list_items_last_first):
        if not location:
            raise LookupError("the root")
        del _at_location(data, location[:-1])[location[-1]]


def without_nulls(data: Mapping[str, Any], model: Any) -> Dict[str, Any]:
    """A copy without options that are ``null``, which counts as absent."""
    result = {}
    for key, value in data.items():
        annotation = member(model, key)
        if field_at(model, key) is None:
            result[key] = value
        elif isinstance(value, dict):
            result[key] = without_nulls(value, annotation) if option_names(annotation) else dict(value)
        elif isinstance(value, list):
            result[key] = list(value)
        elif value is not None or takes_null(annotation):
            result[key] = value
    return result


def _list_single_items(data: Any, violations: Sequence[Violation]) -> bool:
    """Replaces each string or number where only a list fits by a list of it; returns whether there was one."""
    replaced = False
    for violation in violations:
        *parent, key = violation.location or ("",)
        if violation.kind == "list_type" and isinstance(_at_location(data, violation.location), (str, int, float)):
            container = _at_location(data, tuple(parent))
            container[key], replaced = [container[key]], True
    return replaced


def _list_items_last_first(location: Location) -> tuple[Any, ...]:
    return tuple((-part, "") if isinstance(part, int) else (0, part) for part in location)


def _place_of(detail: ErrorDetails, data: Any) -> Location:
    """Pydantic's location without the parts that name its own types, such as the member of a union."""
    location: Location = ()
    for part in detail["loc"]:
        try:
            data = _at_location(data, (part,))
        except LookupError:
            is_missing_key = detail["type"] == "missing" and part == detail["loc"][-1]
            return (*location, part) if is_missing_key else location
        location = (*location, part)
    return location


def _remedy(detail: ErrorDetails, location: Location, data: Any, model: Any) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = option_names(_annotation_at(model, location[:-1]))
        return f"{closest(str(location[-1]), known)}known options: {', '.join(known)}"
    if kind == "missing":
        info = field_at(_annotation_at(model, location[:-1]), str(location[-1]))
        return f'add "{location[-1]}"' + (f": {info.description}" if info and info.description else "")
    if kind in ("enum", "literal_error"):
        words = re.findall(r"'([^']*)'", str(context.get("expected")))
        return f"{closest(str(_at_location(data, location)), words)}write one of {one_of(words)}"
    if kind == "value_error":
        return str(context.get("error"))
    if kind == "string_pattern_mismatch":
        return f"write a string that matches {context.get('pattern')}"
    if kind.endswith(("_type", "_parsing", "_unicode", "_from_float")):
        return _REMEDIES.get(kind.split("_")[0], detail["msg"])
    return detail["msg"].replace("Input should", "it should")


def _annotation_at(model: Any, location: Location) -> Any:
    for part in location:
        model = member(model, part)
    return model
