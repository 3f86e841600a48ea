"""Pydantic's errors, told in terms of the document; and a tidying of what people write with a certain meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Tuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from prime_notify.config.problem import Location, describe
from prime_notify.model.annotations import field_at, member, option_names, takes_null
from prime_notify.text.suggestions import closest, one_of

__all__ = ["Finding", "findings_of", "found_at", "list_single_items", "prune", "tidied"]

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
class Finding:
    """One place of the document that does not fit; ``kind`` is Pydantic's name for the reason."""

    location: Location
    kind: str
    remedy: str

    @property
    def is_unknown_key(self) -> bool:
        return self.kind == "extra_forbidden"

    @property
    def is_comment(self) -> bool:
        """Whether it is a key that people use to write a remark into JSON."""
        key = str(self.location[-1]) if self.location else ""
        return self.is_unknown_key and key.startswith(("_", "//", "$comment"))


def findings_of(error: ValidationError, data: Any, model: Any) -> List[Finding]:
    """What ``error`` says about ``data``, one finding per place, in the order of the model's fields."""
    grouped: Dict[Location, List[ErrorDetails]] = {}
    for detail in error.errors(include_url=False, include_input=False):
        grouped.setdefault(_place_of(detail, data), []).append(detail)
    findings = []
    for location, details in grouped.items():
        remedies = dict.fromkeys(_remedy(detail, location, data, model) for detail in details)
        findings.append(Finding(location, details[0]["type"], ", or ".join(remedies)))
    return findings


def at_location(data: Any, location: Location) -> Any:
    """The value at ``location``; raises LookupError when there is none."""
    value: Any = data
    for part in location:
        members: Any = value
        if not isinstance(value, dict if isinstance(part, str) else list):
            raise LookupError(part)  # noqa: TRY004 - as it does where the key is not there
        value = members[part]
    return value


def found_at(data: Any, location: Location, *, shown: bool) -> Tuple[Location, str]:
    """Where in the document as it was written a finding stands, and what was found there."""
    if location and isinstance(location[-1], int) and not isinstance(at_location(data, location[:-1]), list):
        location = location[:-1]  # a single item, which was taken for a list of it
    try:
        return location, describe(at_location(data, location), shown=shown)
    except LookupError:
        return location, "nothing"


def prune(data: Any, findings: List[Finding]) -> None:
    """Takes the findings' places out of ``data``.

    :raises LookupError: there is nothing to take out, so that validating again would find the same.
    """
    for location in sorted((finding.location for finding in findings), key=_list_items_last_first):
        if not location:
            raise LookupError("the root")
        del at_location(data, location[:-1])[location[-1]]


def tidied(data: Mapping[str, Any], model: Any) -> Dict[str, Any]:
    """A copy in which ``null`` for an option counts as absent."""
    result = {}
    for key, value in data.items():
        annotation = member(model, key)
        if field_at(model, key) is None:
            result[key] = value
        elif isinstance(value, dict):
            result[key] = tidied(value, annotation) if option_names(annotation) else dict(value)
        elif isinstance(value, list):
            result[key] = list(value)
        elif value is not None or takes_null(annotation):
            result[key] = value
    return result


def list_single_items(data: Any, findings: List[Finding]) -> bool:
    """Makes a list of every string or number that stands where only a list fits; tells whether there was one."""
    listed = False
    for finding in findings:
        if finding.kind == "list_type" and isinstance(at_location(data, finding.location), (str, int, float)):
            at_location(data, finding.location[:-1])[finding.location[-1]] = [at_location(data, finding.location)]
            listed = True
    return listed


def _list_items_last_first(location: Location) -> tuple[Any, ...]:
    return tuple((-part, "") if isinstance(part, int) else (0, part) for part in location)


def _place_of(detail: ErrorDetails, data: Any) -> Location:
    """Pydantic's location without what only describes its own types, such as the member of a union."""
    location: Location = ()
    for part in detail["loc"]:
        try:
            data = at_location(data, (part,))
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
        return f"{closest(str(at_location(data, location)), words)}write one of {one_of(words)}"
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
