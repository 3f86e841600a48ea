"""Templates: texts, headers, URLs and bodies that the owner of an endpoint writes, filled with the fields of an event.

The language is the part of Jinja2's that cannot do harm: ``{{ fields }}``, ``if``, ``for`` and filters. Jinja2 is an
optional dependency. It is imported when a template is first used; without it, a template is a mistake in the config.
"""

from __future__ import annotations

import enum
import importlib
import re
from typing import Any, List, Mapping

from prime_notify.templates.budget import Budget, TemplateFailure
from prime_notify.templates.dialects import go_template
from prime_notify.text.wording import Wording, verbatim

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
    "static_parts",
]

LONGEST = 16_384
"""Characters of one template, at most. Jinja2 compiles any template of this length within 0.3 s."""

_MARKS = re.compile(r"\{[{%#]")
_INSERTED = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_MISSING = Wording(
    'templates need the Python package Jinja2: run "pip install jinja2" with the Python that runs MCDReforged',
    '模板需要 Python 包 Jinja2：请用运行 MCDReforged 的 Python 执行 "pip install jinja2"',
)


class Mode(enum.Enum):
    """The place of a template: inserted values are escaped for it."""

    TEXT = "text"
    MARKDOWN = "markdown"
    XML = "xml"
    URL = "url"


class TemplateMistake(ValueError):  # noqa: N818 - one of the config's owner, not of the program
    """A template that cannot be used. The message says what is wrong and what to write."""

    @property
    def remedy(self) -> Wording:
        """The message in both languages."""
        remedy = self.args[0]
        return remedy if isinstance(remedy, Wording) else verbatim(remedy)


def static_parts(text: str) -> List[str]:
    """The text around what a template inserts: the whole text where it inserts nothing."""
    return _INSERTED.split(text)


def is_template(text: str) -> bool:
    """Whether a text has fields to fill in."""
    return _MARKS.search(text) is not None


def check_template(source: str, mode: Mode = Mode.TEXT) -> None:
    """Checks syntax, names of fields and filters, and a dry run on samples. A text without fields is always valid.

    :raises TemplateMistake: the template could not be rendered, or Jinja2 is not installed.
    """
    if not is_template(source):
        return
    if len(source) > LONGEST:
        raise TemplateMistake(Wording("write at most {most} characters", "至多 {most} 个字符", most=LONGEST))
    dialect = go_template(source)
    if dialect is not None:
        raise TemplateMistake(dialect)
    compiled = _compiled(source, mode)
    importlib.import_module("prime_notify.templates.dry_run").dry_run(compiled)


def is_expression(source: str) -> bool:
    """Whether a template that was checked is exactly one ``{{ expression }}``, whose value keeps its type."""
    return is_template(source) and bool(_compiled(source, Mode.TEXT).is_expression)


def render_text(source: str, values: Mapping[str, Any], budget: Budget, mode: Mode = Mode.TEXT) -> str:
    """The text of a template with these values.

    :raises TemplateFailure: the template does not work with these values, or not within the budget.
    """
    return str(_checked(source, mode).text(values, budget)) if is_template(source) else source


def render_value(source: str, values: Mapping[str, Any], budget: Budget) -> Any:
    """The JSON value of a template that is exactly one ``{{ expression }}``; of any other one, its text.

    :returns: ``None`` for an expression that names an absent field.
    :raises TemplateFailure: as :func:`render_text`.
    """
    return _checked(source, Mode.TEXT).value(values, budget) if is_template(source) else source


def _checked(source: str, mode: Mode) -> Any:
    """The compiled template. It was checked at load, so a mistake now means that Jinja2 has been removed since."""
    try:
        return _compiled(source, mode)
    except TemplateMistake as error:
        raise TemplateFailure(error.remedy) from None


def _compiled(source: str, mode: Mode) -> Any:
    try:
        engine = importlib.import_module("prime_notify.templates.engine")
    except ModuleNotFoundError as error:
        if error.name not in ("jinja2", "markupsafe"):
            raise
        raise TemplateMistake(_MISSING) from None
    return engine.compile_template(source, mode)
