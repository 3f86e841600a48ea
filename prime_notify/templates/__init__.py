"""Templates: texts, headers, URLs and bodies that the owner of an endpoint writes, filled with an event's fields.

The language is Jinja2's, cut down to what cannot do harm: ``{{ fields }}``, ``if``, ``for`` and filters. Jinja2 is an
optional dependency: it is imported when a template is first used, and its absence is told as a mistake of the config.
"""

from __future__ import annotations

import enum
import importlib
import re
from typing import Any, Mapping

from prime_notify.templates.budget import Budget, TemplateFailure

__all__ = [
    "Budget",
    "Mode",
    "TemplateFailure",
    "TemplateMistake",
    "check_template",
    "is_expression",
    "is_template",
    "render_text",
    "render_value",
]

LONGEST = 16_384
"""Characters that one template may have."""

_MARKS = re.compile(r"\{[{%#]")
_MISSING = 'templates need the Python package Jinja2: run "pip install jinja2" with the Python that runs MCDReforged'


class Mode(enum.Enum):
    """For what place a template is written, so that what it inserts is escaped for that place."""

    TEXT = "text"
    MARKDOWN = "markdown"
    XML = "xml"
    URL = "url"


class TemplateMistake(ValueError):  # noqa: N818 - one of the config's owner, not of the program
    """A template that cannot be used; the message says what is wrong and what to write."""


def is_template(text: str) -> bool:
    """Whether there is anything to fill in."""
    return _MARKS.search(text) is not None


def check_template(source: str, mode: Mode = Mode.TEXT) -> None:
    """Refuses a template that could not be rendered: syntax, unknown fields and filters, and trials on samples.

    :raises TemplateMistake: and Jinja2 is not installed, too.
    """
    if not is_template(source):
        return
    if len(source) > LONGEST:
        raise TemplateMistake(f"write at most {LONGEST} characters")
    compiled = _engine().compile_template(source, mode)
    importlib.import_module("prime_notify.templates.dry_run").try_out(compiled)


def is_expression(source: str) -> bool:
    """Whether a template that was checked is exactly one ``{{ expression }}``, whose value keeps its type."""
    return is_template(source) and bool(_engine().compile_template(source, Mode.TEXT).is_expression)


def render_text(source: str, values: Mapping[str, Any], budget: Budget, mode: Mode = Mode.TEXT) -> str:
    """The template filled in.

    :raises TemplateFailure: it cannot be filled in with these values, or not within the budget.
    """
    if not is_template(source):
        return source
    try:
        return str(_engine().compile_template(source, mode).text(values, budget))
    except TemplateMistake as error:  # it was not checked, or Jinja2 has gone since
        raise TemplateFailure(str(error)) from None


def render_value(source: str, values: Mapping[str, Any], budget: Budget) -> Any:
    """As :func:`render_text`, but exactly one ``{{ expression }}`` keeps the type of its value.

    :returns: a JSON value; ``None`` where a single expression names an absent field.
    """
    if not is_template(source):
        return source
    try:
        return _engine().compile_template(source, Mode.TEXT).value(values, budget)
    except TemplateMistake as error:
        raise TemplateFailure(str(error)) from None


def _engine() -> Any:
    try:
        return importlib.import_module("prime_notify.templates.engine")
    except ModuleNotFoundError as error:
        if error.name not in ("jinja2", "markupsafe"):
            raise
        raise TemplateMistake(_MISSING) from None
