"""The syntax, fields, filters and tests that a template may use."""

from __future__ import annotations

import enum
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type

from jinja2 import nodes

from prime_notify.model.annotations import alternatives, member, option_names, takes_objects
from prime_notify.templates import TemplateMistake
from prime_notify.templates.filters import FILTERS
from prime_notify.templates.variables import TemplateValues
from prime_notify.text.clean import MAX_INTEGER
from prime_notify.text.suggestions import closest
from prime_notify.text.wording import Wording, joined

__all__ = ["LOOP_FIELDS", "TESTS", "Checker", "at_line", "weight"]

LOOP_FIELDS = ("index", "index0", "first", "last", "length", "revindex")
TESTS = (
    "defined", "undefined", "none", "number", "string", "boolean", "true", "false", "mapping", "sequence", "in",
    "odd", "even", "divisibleby", "==", "eq", "equalto", "!=", "ne", ">", "gt", "greaterthan", ">=", "ge", "<", "lt",
    "lessthan", "<=", "le",
)  # fmt: skip

_DEEPEST = 40  # Python's own compiler does not bear any depth

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Not, nodes.And, nodes.Or, nodes.Compare, nodes.Operand,
    nodes.CondExpr, nodes.Concat, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg,
    nodes.Pos, nodes.Tuple, nodes.List, nodes.Keyword,
)  # fmt: skip
_INSTEAD: Dict[Type[nodes.Node], Wording] = {
    nodes.Call: Wording(
        "nothing can be called: write a filter, such as {{{{ backup.tags|items }}}} or {{{{ cost_s|duration }}}}",
        "不能调用函数：请用过滤器，例如 {{{{ backup.tags|items }}}} 或 {{{{ cost_s|duration }}}}",
    ),
    nodes.Assign: Wording(
        '"set" is not available: write the expression where it is needed', '不能用 "set"：请在需要处直接写表达式'
    ),
    nodes.FilterBlock: Wording(
        '"filter" blocks are not available: write {{{{ value|filter }}}}',
        '不能用 "filter" 块：请写 {{{{ value|filter }}}}',
    ),
    nodes.Pow: Wording('"**" is not available', '不能用 "**"'),
}
_KINDS = {
    "field": Wording("field", "字段"),
    "filter": Wording("filter", "过滤器"),
    "test": Wording("test", "测试"),
}

_Scope = Mapping[str, Any]
"""Names with their types. None: the type is unknown, so that every field is allowed."""


def weight(node: nodes.Node) -> int:
    """The number of nodes, including this one."""
    return 1 + sum(weight(child) for child in node.iter_child_nodes())


class Checker:
    """Walks through a template once. Raises TemplateMistake at the first part that is not allowed."""

    def __init__(self, source: str) -> None:
        self._many_lines = "\n" in source

    def check(self, tree: nodes.Template) -> None:
        fields = {name: member(TemplateValues, name) for name in option_names(TemplateValues)}
        self._visit(tree, fields, depth=0)

    def _visit(self, node: nodes.Node, scope: _Scope, depth: int) -> None:
        if depth > _DEEPEST:
            self._refuse(node, Wording("it is too deeply nested", "嵌套太深"))
        if not isinstance(node, _ALLOWED):
            other = Wording(
                '"{name}" is not available: there are "if", "for" and {{{{ }}}}',
                '不能用 "{name}"：可用的有 "if"、"for" 和 {{{{ }}}}',
                name=type(node).__name__.lower(),
            )
            self._refuse(node, _INSTEAD.get(type(node), other))
        if isinstance(node, nodes.For):
            self._visit_for(node, scope, depth)
            return
        self._check(node, scope)
        for child in node.iter_child_nodes():
            self._visit(child, scope, depth + 1)

    def _visit_for(self, node: nodes.For, scope: _Scope, depth: int) -> None:
        if node.recursive:
            self._refuse(node, Wording("a loop cannot be recursive", "循环不能递归"))
        self._visit(node.iter, scope, depth + 1)
        names = [name.name for name in node.target.find_all(nodes.Name)]
        names += [node.target.name] if isinstance(node.target, nodes.Name) else []
        item = member(self._type(node.iter, scope), 0) if isinstance(node.target, nodes.Name) else None
        if any(name.startswith("_") for name in names):
            self._refuse(node, Wording("a loop's names cannot begin with _", "循环变量的名称不能以 _ 开头"))
        inner = {**scope, **dict.fromkeys(names, item), "loop": None}
        for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
            self._visit(child, inner, depth + 1)

    def _check(self, node: nodes.Node, scope: _Scope) -> None:
        if isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
            self._type(node, scope)
        elif isinstance(node, nodes.Filter):
            self._known(node, "filter", node.name, list(FILTERS))
        elif isinstance(node, nodes.Test):
            self._known(node, "test", node.name, list(TESTS))
        elif isinstance(node, nodes.Compare):
            self._check_words(node, scope)
        elif isinstance(node, nodes.Const) and isinstance(node.value, (int, float)) and abs(node.value) > MAX_INTEGER:
            self._refuse(node, Wording("it has too large a number", "有过大的数字"))

    def _type(self, node: Optional[nodes.Node], scope: _Scope) -> Any:
        """The type of an expression, None if it is unknown. Refuses a field that does not exist."""
        if isinstance(node, nodes.Name):
            self._known(node, "field", node.name, list(scope))
            return scope[node.name]
        if isinstance(node, nodes.Getattr):
            return self._field(node, node.node, node.attr, scope)
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            if isinstance(node.arg.value, str):
                return self._field(node, node.node, node.arg.value, scope)
            return member(self._type(node.node, scope), 0)
        return None

    def _field(self, node: nodes.Node, of: nodes.Node, name: str, scope: _Scope) -> Any:
        if isinstance(of, nodes.Name) and of.name == "loop":
            self._known(node, "field", name, list(LOOP_FIELDS), prefix="loop.")
            return None
        owner = self._type(of, scope)
        known = option_names(owner)
        if known:
            self._known(node, "field", name, known, prefix=f"{_written(of)}.")
        elif owner is not None and not takes_objects(owner):
            self._refuse(node, Wording('"{name}" has no fields', '"{name}" 没有字段', name=_written(of)))
        return member(owner, name)

    def _known(self, node: nodes.Node, kind: str, name: str, known: Any, prefix: str = "") -> None:
        if name not in known:
            remedy = Wording(
                'unknown {kind} "{name}"; {meant}known: {known}',
                '未知的{kind} "{name}"；{meant}可用的有：{known}',
                kind=_KINDS[kind],
                name=prefix + name,
                meant=closest(name, known),
                known=joined(known, ", ", "、"),
            )
            self._refuse(node, remedy)

    def _check_words(self, node: nodes.Compare, scope: _Scope) -> None:
        """Refuses a comparison that is never true, such as ``event == "backup_sucess"``."""
        words = _words_of(self._type(node.expr, scope))
        for operand in node.ops:
            for written in _constants(operand.expr):
                if words and written not in words:
                    remedy = Wording(
                        '"{field}" is never "{written}"; {meant}it is one of: {words}',
                        '"{field}" 不会是 "{written}"；{meant}它是以下之一：{words}',
                        field=_written(node.expr),
                        written=written,
                        meant=closest(written, words),
                        words=joined(words, ", ", "、"),
                    )
                    self._refuse(node, remedy)

    def _refuse(self, node: nodes.Node, message: Wording) -> None:
        raise TemplateMistake(at_line(node.lineno if self._many_lines else None, message))


def at_line(line: Optional[int], message: Wording) -> Wording:
    """The message, with the line of a template that has several."""
    if line is None:
        return message
    return Wording("line {line}: {message}", "第 {line} 行：{message}", line=line, message=message)


def _written(path: Any) -> str:
    """A path of fields as the template writes it."""
    if isinstance(path, nodes.Name):
        return path.name
    if isinstance(path, nodes.Getattr):
        return f"{_written(path.node)}.{path.attr}"
    return f"{_written(path.node)}[{path.arg.value!r}]"


def _words_of(annotation: Any) -> List[str]:
    enums = [kind for kind in alternatives(annotation) if isinstance(kind, type) and issubclass(kind, enum.Enum)]
    return [str(word.value) for kind in enums for word in kind]


def _constants(node: nodes.Node) -> Tuple[str, ...]:
    items = node.items if isinstance(node, (nodes.Tuple, nodes.List)) else [node]
    return tuple(item.value for item in items if isinstance(item, nodes.Const) and isinstance(item.value, str))
