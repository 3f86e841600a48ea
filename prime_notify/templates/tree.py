"""JSON values whose strings are templates. No inserted value can break the JSON."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Callable, List, Mapping, Tuple

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from prime_notify.templates import (
    Budget,
    Mode,
    TemplateFailure,
    TemplateMistake,
    check_template,
    is_expression,
    is_template,
    render_text,
    render_value,
)
from prime_notify.text.wording import Wording

__all__ = ["CONDITION", "Filler", "check_tree"]

CONDITION = "$if"
"""A key of an object: without this expression being true, the object is absent (``{"$if": "error", "type": ...}``)."""

_MOST_STRINGS = 500
_MISSING = object()


def check_tree(value: Any) -> Any:
    """Checks every template in a value; returns the value.

    :raises ValidationError: with the location of each template that cannot be used.
    """
    strings = list(_strings(value, ()))
    mistakes: List[Tuple[_Location, Wording]] = [
        (at, mistake) for at, text in strings for mistake in _mistakes(at, text)
    ]
    if isinstance(value, dict) and CONDITION in value:
        mistakes.append(
            (
                (CONDITION,),
                Wording(
                    'the whole body cannot depend on "{key}": choose among "events"',
                    '整个正文不能取决于 "{key}"：请用 "events" 选择事件',
                    key=CONDITION,
                ),
            )
        )
    if len(strings) > _MOST_STRINGS:
        mistakes.append(((), Wording("write at most {most} strings", "至多 {most} 个字符串", most=_MOST_STRINGS)))
    if mistakes:
        errors = [
            InitErrorDetails(type=PydanticCustomError("value_error", "{error}", {"error": text}), loc=at, input=None)
            for at, text in mistakes
        ]
        raise ValidationError.from_exception_data("template", errors)
    return value


_Location = Tuple[Any, ...]


def _strings(value: Any, at: _Location) -> List[Tuple[_Location, str]]:
    if isinstance(value, str):
        return [(at, value)]
    members: Any = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [string for key, inner in members for string in _strings(inner, (*at, key))]


def _mistakes(at: _Location, text: str) -> List[Wording]:
    condition = bool(at) and at[-1] == CONDITION
    try:
        check_template(_condition(text) if condition else text)
        if condition and not is_expression(_condition(text)):
            example = f'{{"{CONDITION}": "error"}}'
            return [
                Wording("write one expression, such as {example}", "请写一个表达式，例如 {example}", example=example)
            ]
    except TemplateMistake as mistake:
        return [mistake.remedy]
    return []


def _condition(text: str) -> str:
    return text if is_template(text) else f"{{{{ {text} }}}}"


@dataclass
class Filler:
    """Renders the templates of one message. ``fallback`` replaces one that fails, with an entry in ``warnings``.

    ``find_values`` gives the values that templates can name. It is called for the first template only, since most
    requests have none.
    """

    find_values: Callable[[], Mapping[str, Any]]
    fallback: str
    budget: Budget = field(default_factory=Budget)
    warnings: List[str] = field(default_factory=list)

    @functools.cached_property
    def values(self) -> Mapping[str, Any]:
        """The values that templates can name."""
        return self.find_values()

    def text(self, source: str, where: str, mode: Mode = Mode.TEXT, fallback: str = "") -> str:
        """A rendered text. ``where``: its place in the config. ``fallback`` replaces a template that fails."""
        text: str = self._or(lambda: render_text(source, self.values, self.budget, mode), where, fallback)
        return text

    def value(self, tree: Any, where: str) -> Any:
        """A rendered JSON value. An absent field is left out of objects and lists; at the root it is null."""
        value = self._value(tree, where)
        return None if value is _MISSING else value

    def _value(self, tree: Any, where: str) -> Any:
        if isinstance(tree, str):
            filled = self._or(lambda: render_value(tree, self.values, self.budget), where, self.fallback)
            return _MISSING if filled is None else filled
        if isinstance(tree, list):
            items = [self._value(item, f"{where}[{index}]") for index, item in enumerate(tree)]
            return [item for item in items if item is not _MISSING]
        if not isinstance(tree, dict):
            return tree
        condition = tree.get(CONDITION)
        if isinstance(condition, str):
            holds = self._or(
                lambda: render_value(_condition(condition), self.values, self.budget), f"{where}.{CONDITION}", True
            )
            if not holds:
                return _MISSING
        members = {key: self._value(inner, f"{where}.{key}") for key, inner in tree.items() if key != CONDITION}
        return {key: inner for key, inner in members.items() if inner is not _MISSING}

    def _or(self, render: Callable[[], Any], where: str, fallback: Any) -> Any:
        try:
            return render()
        except TemplateFailure as failure:
            self.warnings.append(f"the template {where} failed, a default stands in for it: {failure}")
            return fallback
