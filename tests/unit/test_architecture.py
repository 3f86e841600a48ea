"""Packages import in one direction, as the table on the architecture page says."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Set, Tuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "prime_notify"
ROW = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \|", re.MULTILINE)


def layers(page: str) -> Mapping[str, int]:
    """The layer of each package and of each module at the root, the lowest first."""
    table = page.partition("## The tree")[2].partition("\n## ")[0]
    rows = [re.findall(r"`(\w+)`", row) for row in ROW.findall(table)]
    return {name: number for number, row in enumerate(rows) for name in row}


@functools.cache
def modules() -> Mapping[str, Path]:
    found = {}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(source: str) -> Iterator[str]:
    """The modules of ours that a module imports, wherever the import stands: in a function and for types, too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            known = name if name in modules() else name.rpartition(".")[0]
            if known.startswith(f"{PACKAGE}.") and known in modules():
                yield known


def parents(module: str) -> Set[str]:
    """The packages that a module stands in, without the root."""
    parts = module.split(".")
    return {".".join(parts[:end]) for end in range(2, len(parts))}


@functools.cache
def arrows() -> Mapping[str, Set[str]]:
    """The imports of each module. An import of a module of another package runs that package's ``__init__``, too."""
    graph = {}
    for name, path in modules().items():
        direct = set(imported(path.read_text("utf-8")))
        implied = {parent for other in direct for parent in parents(other)} - parents(name)
        graph[name] = (direct | implied) - {name}
    return graph


def of(module: str) -> str:
    """The package, or the module at the root, that a module belongs to; empty for the root itself."""
    return module.split(".")[1] if "." in module else ""


def upward(order: Mapping[str, int], graph: Mapping[str, Set[str]]) -> List[Tuple[str, str]]:
    """The imports that break the order: up, or beside."""
    return [
        (name, other)
        for name, others in graph.items()
        for other in others
        if of(name) in order and of(name) != of(other) and order[of(other)] >= order[of(name)]
    ]


def circles(graph: Mapping[str, Set[str]]) -> List[Set[str]]:
    """The groups of modules that import each other."""
    reach: Dict[str, Set[str]] = {}
    for start in graph:
        seen: Set[str] = set()
        waiting = list(graph[start])
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting += graph[one]
        reach[start] = seen
    return [{two for two in reach[one] if one in reach[two]} for one in graph if one in reach[one]]


@pytest.fixture(scope="module")
def order() -> Mapping[str, int]:
    return layers((ROOT / "docs" / "architecture.md").read_text("utf-8"))


def test_the_table_names_every_package_and_nothing_else(order: Mapping[str, int]) -> None:
    assert {*order} == {of(module) for module in modules()} - {"", "__main__"}


def test_no_import_runs_up_or_aside(order: Mapping[str, int]) -> None:
    assert upward(order, arrows()) == []


def test_no_modules_import_each_other() -> None:
    assert circles(arrows()) == []


def test_an_import_that_runs_up_or_aside_is_found(order: Mapping[str, int]) -> None:
    up = {"prime_notify.model.event": {"prime_notify.mcdr.service"}}
    aside = {"prime_notify.cli.main": {"prime_notify.mcdr.api"}}
    assert len(upward(order, {**up, **aside})) == 2


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}] * 3
