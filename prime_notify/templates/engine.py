"""Jinja2, hardened. Only this module and ``syntax`` need Jinja2.

Beyond Jinja2's sandbox: a template has only the syntax that :mod:`.syntax` allows (no calls, macros, imports or
assignments), sees plain JSON values only, and reads nothing of them but their items. Everything that can make a text
longer or run repeatedly is one of our filters, or is sent through one, and is charged to the budget of the rendering.
"""

from __future__ import annotations

import functools
import html
import math
from typing import Any, Callable, Dict, Mapping, NoReturn, Optional
from urllib.parse import quote

from jinja2 import ChainableUndefined, TemplateError, nodes, pass_context
from jinja2.environment import TemplateExpression
from jinja2.runtime import Context, LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from prime_notify.templates import Mode, TemplateMistake
from prime_notify.templates.budget import Budget, TemplateFailure
from prime_notify.templates.filters import FILTERS, TAKES_ABSENT, ZONED, Safe, as_text
from prime_notify.templates.syntax import LOOP_FIELDS, TESTS, Checker, at_line, weight
from prime_notify.text.wording import Wording

__all__ = ["Compiled", "compile_template"]

_BUDGET = "_budget"  # no field has this name, so no template can use it
_EACH = "_each"
_LONGEST_REASON = 200
_TOO_DEEP = Wording("it is nested too deeply, or has too large a number", "嵌套太深，或有过大的数字")


class Absent(ChainableUndefined):
    """A field that the event does not have. It is empty, false, without fields, and no comparison with it is true."""

    __slots__ = ()

    def _itself(self, *_: Any) -> Any:
        return self

    def _never(self, _: Any) -> bool:
        return False

    __neg__ = __pos__ = _itself  # the operators of two operands are intercepted
    __mod__ = _itself  # but not the remainder in the tests "odd", "even" and "divisibleby"
    __lt__ = __le__ = __gt__ = __ge__ = _never  # type: ignore[assignment]  # there it raises


class _Environment(ImmutableSandboxedEnvironment):
    """Allows access to the items of plain values, and to nothing else."""

    intercepted_binops = frozenset(("+", "-", "*", "/", "//", "%"))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in LOOP_FIELDS:
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, (list, tuple, str)) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        return self.undefined(obj=obj, name=as_text(argument))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        absent = next((value for value in (left, right) if isinstance(value, Undefined)), None)
        if absent is not None:
            return absent
        _budget_of(context).step()
        texts = operator == "+" and isinstance(left, str) and isinstance(right, str)
        if texts or (_is_number(left) and _is_number(right)):
            result = super().call_binop(context, operator, left, right)
            if isinstance(result, float) and not math.isfinite(result):
                raise TemplateFailure(Wording("it makes too large a number", "计算结果过大"))
            _budget_of(context).charge_result(result)
            return result
        raise TemplateFailure(
            Wording(
                '"{operator}" needs two numbers; write "~" to put texts together',
                '"{operator}" 需要两个数字；连接文本请用 "~"',
                operator=operator,
            )
        )


class Compiled:
    """One compiled template."""

    def __init__(self, source: str, mode: Mode) -> None:
        environment = _environment(mode)
        tree = _parsed(environment, source)
        try:
            Checker(source).check(tree)
        except RecursionError:  # a path of a thousand fields
            raise TemplateMistake(_TOO_DEEP) from None
        tree = _Rewriter().visit(tree)
        body = tree.body
        expression: Optional[nodes.Node] = None
        if len(body) == 1 and isinstance(body[0], nodes.Output) and len(body[0].nodes) == 1:
            expression = None if isinstance(body[0].nodes[0], nodes.TemplateData) else body[0].nodes[0]
        self.is_expression = expression is not None
        self._template = _built(environment, tree)
        self._expression: Optional[TemplateExpression] = None
        if expression is not None:  # as Environment.compile_expression, which takes no syntax tree
            assignment = nodes.Assign(nodes.Name("result", "store", lineno=1), expression, lineno=1)
            template = _built(environment, nodes.Template([assignment], lineno=1))
            self._expression = TemplateExpression(template, undefined_to_none=True)

    def text(self, values: Mapping[str, Any], budget: Budget) -> str:
        """The rendered text.

        :raises TemplateFailure: the template does not work with these values, or not within the budget.
        """
        pieces = []
        try:
            for piece in self._template.generate({**values, _BUDGET: budget}):
                budget.charge_output(piece)
                pieces.append(piece)
        except Exception as error:  # noqa: BLE001 - any error that the values cause
            _fail(error)
        return "".join(pieces)

    def value(self, values: Mapping[str, Any], budget: Budget) -> Any:
        """The value of a template that is one expression, None for an absent field; of another one, its text."""
        if self._expression is None:
            return self.text(values, budget)
        try:
            result = _settled(self._expression({**values, _BUDGET: budget}))
            budget.charge_output(as_text(result))
        except Exception as error:  # noqa: BLE001 - any error that the values cause
            _fail(error)
        return result


@functools.lru_cache(maxsize=1024)
def compile_template(source: str, mode: Mode) -> Compiled:
    """:raises TemplateMistake: it cannot be rendered."""
    return Compiled(source, mode)


def _fail(error: Exception) -> NoReturn:
    if isinstance(error, TemplateFailure):
        raise error
    text = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    raise TemplateFailure(Wording("{text}", 'Jinja2 报告 "{text}"', text=text)) from None


@functools.cache
def _environment(mode: Mode) -> _Environment:
    environment = _Environment(
        undefined=Absent,
        finalize=_FINISH[mode],
        autoescape=False,
        optimized=False,  # otherwise constant expressions are computed at compile time, outside of any budget
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    environment.globals.clear()
    environment.filters = {name: _filter(name, function) for name, function in FILTERS.items()}
    environment.filters[_EACH] = _each
    environment.tests = {name: test for name, test in environment.tests.items() if name in TESTS}
    return environment


def _parsed(environment: _Environment, source: str) -> nodes.Template:
    try:
        return environment.parse(source)
    except TemplateError as error:
        line = getattr(error, "lineno", 1) if "\n" in source else None
        raise TemplateMistake(at_line(line, _syntax_error(str(error.message)))) from None
    except (RecursionError, ValueError):  # brackets in brackets without end, a number of 5000 digits
        raise TemplateMistake(_TOO_DEEP) from None


def _syntax_error(text: str) -> Wording:
    """A mistake that Jinja2 found, in its own words."""
    return Wording("{text}", '语法有误（Jinja2 报告 "{text}"）', text=text)


def _built(environment: _Environment, tree: nodes.Template) -> Any:
    try:
        return environment.from_string(tree)
    except (TemplateError, SyntaxError, RecursionError) as error:  # the last checks of Jinja2, and Python's own limits
        raise TemplateMistake(_syntax_error(str(getattr(error, "message", "it is too complicated")))) from None


class _Rewriter(NodeTransformer):
    """Sends loops and ``~`` through our filters, which charge the budget."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja2's
        cost = nodes.Const(weight(node), lineno=node.lineno)
        self.generic_visit(node)
        node.iter = nodes.Filter(node.iter, _EACH, [cost], [], None, None, lineno=node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja2's
        self.generic_visit(node)
        parts, nothing = nodes.List(node.nodes, lineno=node.lineno), nodes.Const("", lineno=node.lineno)
        return nodes.Filter(parts, "join", [nothing], [], None, None, lineno=node.lineno)


def _filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def call(context: Context, value: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(value, Undefined) and name not in TAKES_ABSENT:
            return value
        named = {key: _settled(argument) for key, argument in named.items()}
        if len(arguments) <= ZONED.get(name, -1) and "zone" not in named:
            named["zone"] = context.get("timezone") or "local"
        _budget_of(context).charge_input(value)
        result = function(_settled(value), *map(_settled, arguments), **named)
        _budget_of(context).charge_result(result)
        return Absent() if result is None else result

    return call


@pass_context
def _each(context: Context, value: Any, cost: int) -> Any:
    """The items of a loop, charged in advance."""
    if isinstance(value, Undefined):
        return []
    if not isinstance(value, (list, tuple, dict)):
        raise TemplateFailure(Wording("only lists and objects can be looped over", "只能遍历列表和对象"))
    items = list(value)
    _budget_of(context).step(len(items) * cost)
    return items


def _budget_of(context: Context) -> Budget:
    budget: Budget = context[_BUDGET]
    return budget


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _settled(value: Any) -> Any:
    """The value as JSON. An absent field is None, and is left out of a list that the template writes."""
    if isinstance(value, Undefined):
        return None
    if isinstance(value, (list, tuple)):
        return [_settled(item) for item in value if not isinstance(item, Undefined)]
    return value


def _plain(value: Any) -> str:
    return as_text(_settled(value))


def _markdown(value: Any) -> str:
    return value if isinstance(value, Safe) else str(FILTERS["markdown"](_plain(value)))


def _url(value: Any) -> str:
    quoted = quote(_plain(value), safe="", errors="replace")
    return "_" * len(quoted) if quoted in (".", "..") else quoted  # these would change the path


_FINISH: Dict[Mode, Callable[[Any], str]] = {
    Mode.TEXT: _plain,
    Mode.MARKDOWN: _markdown,
    Mode.XML: lambda value: html.escape(_plain(value)),
    Mode.URL: _url,
}
