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

__all__ = ["LOOP_FIELDS", "TESTS", "Checker", "weight"]

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
_INSTEAD: Dict[Type[nodes.Node], str] = {
    nodes.Call: "nothing can be called: write a filter, such as {{ backup.tags|items }} or {{ cost_s|duration }}",
    nodes.Assign: '"set" is not available: write the expression where it is needed',
    nodes.FilterBlock: '"filter" blocks are not available: write {{ value|filter }}',
    nodes.Pow: '"**" is not available',
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
            self._refuse(node, "it is too deeply nested")
        if not isinstance(node, _ALLOWED):
            other = f'"{type(node).__name__.lower()}" is not available: there are "if", "for" and {{{{ }}}}'
            self._refuse(node, _INSTEAD.get(type(node), other))
        if isinstance(node, nodes.For):
            self._visit_for(node, scope, depth)
            return
        self._check(node, scope)
        for child in node.iter_child_nodes():
            self._visit(child, scope, depth + 1)

    def _visit_for(self, node: nodes.For, scope: _Scope, depth: int) -> None:
        if node.recursive:
            self._refuse(node, "a loop cannot be recursive")
        self._visit(node.iter, scope, depth + 1)
        names = [name.name for name in node.target.find_all(nodes.Name)]
        names += [node.target.name] if isinstance(node.target, nodes.Name) else []
        item = member(self._type(node.iter, scope), 0) if isinstance(node.target, nodes.Name) else None
        if any(name.startswith("_") for name in names):
            self._refuse(node, "a loop's names cannot begin with _")
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
            self._refuse(node, "it has too large a number")

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
            self._refuse(node, f'"{_written(of)}" has no fields')
        return member(owner, name)

    def _known(self, node: nodes.Node, kind: str, name: str, known: Any, prefix: str = "") -> None:
        if name not in known:
            self._refuse(node, f'unknown {kind} "{prefix}{name}"; {closest(name, known)}known: {", ".join(known)}')

    def _check_words(self, node: nodes.Compare, scope: _Scope) -> None:
        """Refuses a comparison that is never true, such as ``event == "backup_sucess"``."""
        words = _words_of(self._type(node.expr, scope))
        for operand in node.ops:
            for written in _constants(operand.expr):
                if words and written not in words:
                    remedy = f"{closest(written, words)}it is one of: {', '.join(words)}"
                    self._refuse(node, f'"{_written(node.expr)}" is never "{written}"; {remedy}')

    def _refuse(self, node: nodes.Node, message: str) -> None:
        raise TemplateMistake(f"line {node.lineno}: {message}" if self._many_lines else message)


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
