"""Parses JSON text into a document, with errors that say what to change."""

from __future__ import annotations

import json
import re
from typing import Any, Dict, List, Tuple

from prime_notify.config.problem import ConfigError, Location, Problem, describe, json_path
from prime_notify.loading.slips import EXAMPLE, place_of, slip_in
from prime_notify.text.wording import Wording

__all__ = ["checked_document", "parse_document"]

_DEEPEST = 50
_WRITE_OBJECT = Wording("write an object: {example}", "请写一个对象：{example}", example=EXAMPLE)
_REPEATED = Wording("this option more than once", "此选项出现了不止一次")
_KEEP_ONE = Wording("keep one of them; the last one counts", "请只保留一个；以最后一个为准")
_PATH_OPTIONS = ("cert", "cwd", "file", "verify")
_TORN_PATH = re.compile(r"(?<![A-Za-z])[A-Za-z]:[\b\f\n\r\t]")
_CONTROL = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class _Object(Dict[str, Any]):
    """A parsed object. ``repeated``: the keys that were written more than once, of which the last one counts."""

    repeated: Tuple[str, ...] = ()


def parse_document(text: str) -> object:
    """The value of a JSON text. A byte order mark is skipped.

    :raises ConfigError: it is no JSON. The error names line and column, and quotes nothing of the text.
    """
    text = text.lstrip("\ufeff")
    place: str = "$"
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        slip = slip_in(text, error)
        place, found, remedy = place_of(text, slip.position), slip.found, slip.remedy
    except RecursionError:
        found, remedy = Wording("brackets inside brackets without end", "括号层层嵌套，没有尽头"), _WRITE_OBJECT
    except ValueError as error:
        found, remedy = _no_number(error), Wording("write an ordinary number", "请写普通的数字")
    raise ConfigError(Problem(place, found, remedy, fatal=True)) from None


def checked_document(document: object) -> Tuple[Dict[str, Any], List[Problem]]:
    """A copy of the document in which every key can be encoded, and a problem for each key that was written twice.

    :raises ConfigError: it is no object, or is nested too deeply for a config.
    """
    if not isinstance(document, dict):
        problem = Problem("$", describe(document, public=False), _WRITE_OBJECT, fatal=True)
        raise ConfigError(problem)
    problems: List[Problem] = []
    copy: Dict[str, Any] = _copied(document, (), problems)
    return copy, problems


def _copied(value: Any, at: Location, problems: List[Problem]) -> Any:
    if len(at) > _DEEPEST:
        found = Wording("more than {most} levels of brackets", "超过 {most} 层括号", most=_DEEPEST)
        remedy = Wording("write it as the documentation shows", "请按文档的写法书写")
        raise ConfigError(Problem(json_path(at[:3]), found, remedy, fatal=True))
    if isinstance(value, dict):
        problems += [Problem(json_path((*at, key)), _REPEATED, _KEEP_ONE) for key in getattr(value, "repeated", ())]
        items = [(_key(key), item) for key, item in value.items()]
        return {key: _copied(item, (*at, key), problems) for key, item in items}
    if isinstance(value, (list, tuple)):
        return [_copied(item, (*at, index), problems) for index, item in enumerate(value)]
    return _with_backslashes(value, at, problems) if isinstance(value, str) else value


def _with_backslashes(text: str, at: Location, problems: List[Problem]) -> str:
    """The text. In a path of Windows with single backslashes, ``\\t`` was read as a tab: the path is restored."""
    named = [part for part in at if isinstance(part, str)]
    is_path = bool(_TORN_PATH.search(text)) or (named[-1:] and named[-1] in _PATH_OPTIONS and "\n" not in text)
    if not is_path or not any(char in text for char in _CONTROL):
        return text
    found = Wording("a path with control characters", "路径中有控制字符")
    remedy = Wording(
        'write two backslashes for one, or "/": "C:\\\\tools" or "C:/tools"; until then it is read as a path',
        '一个反斜杠要写成两个，或用 "/"："C:\\\\tools" 或 "C:/tools"；在此之前按路径理解',
    )
    problems.append(Problem(json_path(at), found, remedy))
    return "".join(_CONTROL.get(char, char) for char in text)


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
    raise ValueError(Wording("{name}, which is no JSON", "现为 {name}，JSON 中没有它", name=name))


def _no_number(error: ValueError) -> Wording:
    """The description of a number that cannot be used: a word for infinity, or thousands of digits."""
    reason = error.args[0]
    return reason if isinstance(reason, Wording) else Wording("a number that is too long", "过长的数字")
