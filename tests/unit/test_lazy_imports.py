"""The file of the plugin may be replaced or removed while it runs, as an upgrade by copying does.

What is in force works on, so nothing of ours is imported for the first time by a delivery.
"""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set

from tests.support.mcdr import PROJECT, pack
from tests.support.receiver import Receiver

LAZY = {
    ("prime_notify/__main__.py", "prime_notify.cli.main"),  # the start of the command line
    ("prime_notify/mcdr/entrypoint.py", "prime_notify.mcdr.life"),  # the start of the plugin
    ("prime_notify/mcdr/life.py", "?"),  # its steps, on the loading thread
    ("prime_notify/mcdr/life.py", "prime_notify.mcdr.foundation"),  # one of them
    ("prime_notify/mcdr/life.py", "prime_notify.mcdr.service"),  # the last one
    ("prime_notify/channels/common/registry.py", "?"),  # a config is loaded, which names the channels
    ("prime_notify/templates/__init__.py", "prime_notify.templates.dry_run"),  # a config is loaded, with templates
    ("prime_notify/templates/__init__.py", "prime_notify.templates.engine"),  # the same, before the dry run
}
"""Imports in functions, each with the moment at which it happens. None of them is a delivery."""


def lazy_imports(path: Path) -> Iterator[str]:
    """The modules of ours that functions of a module import; ``?`` for a name that is computed."""
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.ImportFrom):
                yield node.module or ""
            elif isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("import_module", "__import__"):
                (name,) = node.args[:1]
                yield str(name.value) if isinstance(name, ast.Constant) else "?"


def test_a_delivery_imports_nothing_of_ours() -> None:
    found: Set[object] = set()
    for path in sorted((PROJECT / "prime_notify").rglob("*.py")):
        place = path.relative_to(PROJECT).as_posix()
        found |= {(place, name) for name in lazy_imports(path) if name == "?" or name.startswith("prime_notify")}
    assert found == LAZY


RUN = """
import json, logging, os, sys, time
from pathlib import Path
plugin, folder, config = sys.argv[1:]
sys.path.insert(0, plugin)
from prime_notify.engine.engine import Engine
from prime_notify.loading.load import load_config
from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.event import Event, EventName
loaded = load_config(json.loads(config), environ={}, base_dir=Path(folder))
assert not loaded.problems, loaded.problems
engine = Engine(loaded, data_dir=Path(folder), catalogue=Catalogue.load(), log=logging.getLogger())
engine.start()
if "replace" in plugin:
    Path(plugin).write_bytes(b"another version" * 1000)
else:
    os.remove(plugin)
for event in EventName:
    engine.accept(Event(event, "prime_backup", "1.13.0", {"error": {"type": "OSError", "message": "disk full"}}))
until = time.monotonic() + 60
while time.monotonic() < until and any(one.waiting for one in engine.overview().endpoints):
    time.sleep(0.05)
print(json.dumps({one.name: [one.waiting, one.dead] for one in engine.overview().endpoints}))
engine.stop(10)
"""


def test_every_kind_of_delivery_works_after_the_file_was_replaced_or_removed(
    tmp_path: Path, receiver: Receiver
) -> None:
    url = receiver.url("/hook")
    program = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    endpoints: List[Dict[str, Any]] = [
        {"name": "plain", "type": "webhook", "url": url},
        {"name": "templates", "type": "webhook", "url": url, "templates": {"title": "{{ event }}"}},
        {"name": "program", "type": "command", "command": {"argv": program}},
        {"name": "library", "type": "apprise", "apprise": {"urls": [url.replace("http://", "json://")]}},
    ]
    config = json.dumps({"notification": {"enabled": True, "endpoints": endpoints}})
    for manner in ("replaced", "removed"):
        plugin = pack(PROJECT, tmp_path / manner, "PrimeNotify.mcdr")  # by this name coverage knows it
        (tmp_path / f"data-{manner}").mkdir()
        run = [sys.executable, "-c", RUN, str(plugin), str(tmp_path / f"data-{manner}"), config]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            run, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path, env=environment
        )
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == {one["name"]: [0, 0] for one in endpoints}, done.stderr
