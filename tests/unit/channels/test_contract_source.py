"""What holds for every channel's source and its options, before anything runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator, List, Tuple

import pytest

import prime_notify.channels
from prime_notify.channels.common.registry import channel_types
from prime_notify.config.option import chinese_description
from tests.unit.channels.contract import every_channel, options_of

FOLDER = Path(prime_notify.channels.__file__).parent
MODULES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.py"))

IMPURE = {
    "asyncio", "concurrent", "ctypes", "ftplib", "getpass", "glob", "http", "logging", "multiprocessing", "os",
    "pathlib", "platform", "queue", "random", "requests", "sched", "secrets", "select", "selectors", "shutil",
    "smtplib", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time", "urllib3", "uuid",
}  # fmt: skip
"""Clocks, randomness, files, sockets, processes, threads, and whatever speaks of this machine."""

PURE_PARTS = {"http.HTTPStatus", "uuid.UUID", "uuid.uuid5"}
"""What is pure in modules and packages that are not."""

_CLOCKS = {"now", "utcnow", "today", "fromtimestamp", "localtime", "astimezone"}
"""Methods of datetime that ask the clock, or the machine's time zone."""


def imports(tree: ast.AST) -> Iterator[str]:
    """What is imported; of whole modules, what is used of them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (used for alias in node.names for used in _used(tree, alias.asname or alias.name))
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _used(tree: ast.AST, module: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == module:
            yield f"{module}.{node.attr}"


@pytest.mark.parametrize("module", MODULES)
def test_it_asks_no_clock_no_chance_and_no_machine(module: str) -> None:
    tree = ast.parse((FOLDER / module).read_text(encoding="utf-8"))
    imported = set(imports(tree)) - PURE_PARTS
    found = [name for name in imported if name.split(".")[0] in IMPURE]
    found += [name for name in imported if name.startswith("urllib.") and not name.startswith("urllib.parse")]
    found += [name for name in imported if re.match(r"prime_notify\.(transport|delivery|outbox|mcdr)", name)]
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found += [call.id for call in calls if isinstance(call, ast.Name) and call.id in ("open", "input", "print", "hash")]
    assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_it_takes_the_moment_from_the_message(module: str) -> None:
    """A time zone may be given; without one, datetime asks the machine."""
    tree = ast.parse((FOLDER / module).read_text(encoding="utf-8"))
    asked = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CLOCKS:
            zoned = node.func.attr == "fromtimestamp" and (len(node.args) > 1 or node.keywords)
            asked += [] if zoned or (node.func.attr == "astimezone" and node.args) else [node.func.attr]
    assert asked == []


@pytest.mark.parametrize("module", [module for module in MODULES if not module.startswith("common/")])
def test_it_is_a_module_that_can_be_read_at_one_sitting(module: str) -> None:
    assert len((FOLDER / module).read_text(encoding="utf-8").splitlines()) <= 300


@every_channel
def test_every_option_is_described_in_both_languages(type: str) -> None:
    missing: List[Tuple[str, ...]] = []
    for place, info in options_of(channel_types()[type].endpoint_model):
        if place[0] != type:
            continue  # an option of every endpoint
        chinese = chinese_description(info) or ""
        if not info.description or not any("\u4e00" <= char <= "\u9fff" for char in chinese):
            missing.append(place)
    assert missing == []


@every_channel
def test_its_options_stand_in_an_object_named_like_it(type: str) -> None:
    general = {"name", "type", "enabled", "url", "headers", "timeout", "events"}
    own = {place[0] for place, _ in options_of(channel_types()[type].endpoint_model)}
    assert general <= own
    for place, info in options_of(channel_types()[type].endpoint_model):
        assert info.alias is None or place[-1] == info.alias
    assert channel_types()[type].endpoint_model.model_fields["type"].annotation is not str
