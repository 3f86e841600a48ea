"""Validation that leaves out the parts of a document that do not fit, with each error in terms of the document."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Type, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from prime_notify.config.option import MisfitError
from prime_notify.config.problem import Location, describe
from prime_notify.config.units import Duration, Rate
from prime_notify.loading.remedies import missing_option, one_of_these, remedy_of, unknown_option
from prime_notify.model.annotations import field_at, member, option_names, takes_null
from prime_notify.text.wording import Wording, joined

__all__ = ["Violation", "annotation_at", "located", "removable", "validated", "without_nulls"]

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Violation:
    """A value in the document that its model refuses. ``kind``: Pydantic's name for the reason."""

    location: Location
    kind: str
    remedy: Wording

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
        if _list_single_items(data, violations, model):
            continue
        if not report(violations):
            return None
        _prune(data, violations, model)


def _violations(error: ValidationError, data: Any, model: Any) -> List[Violation]:
    """One violation for each place, in the order of the model's fields."""
    grouped: Dict[Location, List[ErrorDetails]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        grouped.setdefault(_place_of(detail, data), []).append(detail)
    violations = []
    for location, details in grouped.items():
        remedies = list(dict.fromkeys(_remedy(detail, location, data, model) for detail in details))
        violations.append(Violation(location, details[0]["type"], joined(remedies, ", or ", "；或")))
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


def located(data: Any, location: Location, *, public: bool) -> Tuple[Location, Wording]:
    """The location of a violation in the document as its owner wrote it, and a description of the value there."""
    if location and isinstance(location[-1], int) and not isinstance(_at_location(data, location[:-1]), list):
        location = location[:-1]  # a single item, which was taken for a list of it
    try:
        return location, describe(_at_location(data, location), public=public)
    except LookupError:
        return location, Wording("nothing", "没有填写")


def _prune(data: Any, violations: Sequence[Violation], model: Any) -> None:
    """Removes the refused values from ``data``.

    :raises LookupError: there is nothing to remove, so that another validation would refuse the same.
    """
    places = {removable(violation, model) for violation in violations}
    for location in sorted(places, key=_list_items_last_first):
        if not location:
            raise LookupError("the root")
        with suppress(LookupError):  # it stood in another one that is removed
            del _at_location(data, location[:-1])[location[-1]]


def removable(violation: Violation, model: Any) -> Location:
    """The place of the smallest part that can be left out without another error.

    That is the value itself; the object around it, if the object cannot be without it; the whole list, if the order or
    the number of its items has a meaning.
    """
    location = violation.location
    while location:
        field = field_at(annotation_at(model, location[:-1]), str(location[-1]))
        around = annotation_at(model, location[:-1])
        in_schedule = isinstance(location[-1], int) and member(around, 0) in (Duration, Rate)
        if not in_schedule and not (field is not None and field.is_required()):
            return location
        location = location[:-1]
    return location


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


def _list_single_items(data: Any, violations: Sequence[Violation], model: Any) -> bool:
    """Replaces each single item where only a list fits by a list of it; returns whether there was one.

    An object is such an item where the list has objects.
    """
    replaced = False
    for violation in violations:
        *parent, key = violation.location or ("",)
        if violation.kind != "list_type":
            continue
        has_objects = bool(option_names(member(annotation_at(model, violation.location), 0)))
        if isinstance(_at_location(data, violation.location), dict if has_objects else (str, int, float)):
            container = _at_location(data, tuple(parent))
            container[key], replaced = [container[key]], True
    return replaced


def _list_items_last_first(location: Location) -> tuple[Any, ...]:
    return tuple((-part, "") if isinstance(part, int) else (0, part) for part in location)


def _place_of(detail: ErrorDetails, data: Any) -> Location:
    """Pydantic's location without the parts that name its own types, such as the member of a union.

    A :class:`~prime_notify.config.option.MisfitError` says where inside of its model the value is.
    """
    location: Location = ()
    error = detail.get("ctx", {}).get("error")
    for part in (*detail["loc"], *(error.at if isinstance(error, MisfitError) else ())):
        try:
            data = _at_location(data, (part,))
        except LookupError:
            is_missing_key = detail["type"] == "missing" and part == detail["loc"][-1]
            return (*location, part) if is_missing_key else location
        location = (*location, part)
    return location


def _remedy(detail: ErrorDetails, location: Location, data: Any, model: Any) -> Wording:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return unknown_option(str(location[-1]), option_names(annotation_at(model, location[:-1])))
    if kind == "missing":
        return missing_option(str(location[-1]), field_at(annotation_at(model, location[:-1]), str(location[-1])))
    if kind in ("enum", "literal_error"):
        return one_of_these(_at_location(data, location), str(context.get("expected")))
    return remedy_of(kind, context, detail["msg"])


def annotation_at(model: Any, location: Location) -> Any:
    """The type that ``model`` expects at a location; None when it is not known."""
    for part in location:
        model = member(model, part)
    return model
