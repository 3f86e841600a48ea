"""Parses JSON text into a document, with errors that say what to change."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

from prime_notify.config.problem import ConfigError, Location, Problem, describe, json_path

__all__ = ["checked_document", "parse_document"]

_DEEPEST = 50
_EXAMPLE = '{"notification": {"enabled": true, "endpoints": [...]}}'


class _Object(Dict[str, Any]):
    """A parsed object. ``repeated``: the keys that were written more than once, of which the last one counts."""

    repeated: Tuple[str, ...] = ()


def parse_document(text: str) -> object:
    """The value of a JSON text. A byte order mark is skipped.

    :raises ConfigError: it is no JSON. The error names line and column, and quotes nothing of the text.
    """
    text = text[1:] if text.startswith("\ufeff") else text
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place, found = f"line {error.lineno}, column {error.colno}", f"broken JSON ({error.msg})"
        remedy = _syntax_remedy(text, error.pos)
    except RecursionError:
        place, found, remedy = "$", "brackets inside brackets without end", f"write an object: {_EXAMPLE}"
    except ValueError as error:
        place, found, remedy = "$", str(error), "write an ordinary number"
    raise ConfigError(Problem(place, found, remedy, fatal=True)) from None


def checked_document(document: object) -> Tuple[Dict[str, Any], List[Problem]]:
    """A copy of the document in which every key can be encoded, and a problem for each key that was written twice.

    :raises ConfigError: it is no object, or is nested too deeply for a config.
    """
    if not isinstance(document, dict):
        problem = Problem("$", describe(document, public=False), f"write an object: {_EXAMPLE}", fatal=True)
        raise ConfigError(problem)
    problems: List[Problem] = []
    copy: Dict[str, Any] = _copied(document, (), problems)
    return copy, problems


def _copied(value: Any, at: Location, problems: List[Problem]) -> Any:
    if len(at) > _DEEPEST:
        found = f"more than {_DEEPEST} levels of brackets"
        raise ConfigError(Problem(json_path(at[:3]), found, "write what the documentation shows", fatal=True))
    if isinstance(value, dict):
        problems += [
            Problem(json_path((*at, key)), "this option more than once", "keep one of them; the last one counts")
            for key in getattr(value, "repeated", ())
        ]
        items = [(_key(key), item) for key, item in value.items()]
        return {key: _copied(item, (*at, key), problems) for key, item in items}
    if isinstance(value, (list, tuple)):
        return [_copied(item, (*at, index), problems) for index, item in enumerate(value)]
    return value


def _key(key: object) -> str:
    """The key as text that can be encoded. Half a surrogate pair, which JSON can express, cannot."""
    return str(key).encode("utf-8", "backslashreplace").decode("utf-8")


def _object(pairs: List[Tuple[str, Any]]) -> _Object:
    result = _Object(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        result.repeated = tuple(key for key in result if keys.count(key) > 1)
    return result


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name}, which is no JSON")


def _syntax_remedy(text: str, position: int) -> str:
    """The remedy for the usual mistake at the place where the parser stopped."""
    here, before = text[position : position + 1], text[:position].rstrip()[-1:]
    if not text.strip():
        return f"the file is empty; write an object: {_EXAMPLE}"
    if here in ("/", "#"):
        return "JSON has no comments: remove it"
    if here == "'":
        return 'put strings into double quotes: "..."'
    if "," in (before, here) and text[position:].lstrip(", \t\r\n")[:1] in ("}", "]"):
        return "remove the comma after the last item"
    if here in ('"', "{", "[") and before not in ("", ":", ",", "{", "["):
        return "put a comma between the items"
    return "check the quotes, commas and brackets there"
