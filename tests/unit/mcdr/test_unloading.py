"""A plugin that is unloaded leaves the memory of its process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.support.mcdr import PROJECT

LIVES = """
import gc, importlib, json, logging, sys, tempfile, weakref
from pathlib import Path
import mcdreforged.api.all, psutil

CONFIG = {"notification": {"enabled": True, "endpoints": [
    {"name": "a", "type": "webhook", "url": "http://127.0.0.1:9/x", "templates": {"title": "{{ event }}"}},
    {"name": "b", "type": "bark", "url": "http://127.0.0.1:9/abcdefgh"},
    {"name": "c", "type": "command", "command": {"argv": ["nothing"]}},
]}}

def live(folder):
    entry = importlib.import_module("prime_notify.mcdr.entrypoint")
    importlib.import_module("prime_notify.mcdr.service")
    from prime_notify.engine.engine import Engine
    from prime_notify.loading.load import load_config
    from prime_notify.messages.catalogue import Catalogue
    from prime_notify.model.event import Event, EventName

    loaded = load_config(CONFIG, environ={}, base_dir=folder)
    engine = Engine(loaded, data_dir=folder, catalogue=Catalogue.load(), log=logging.getLogger("lives"))
    engine.start()
    engine.accept(Event(EventName.BACKUP_SUCCESS, "prime_backup", "1.13.0", {}))
    engine.stop(5)
    entry.on_unload(None)
    return weakref.ref(sys.modules["prime_notify.config.models"].Config)

def purge():  # as MCDReforged does it
    for name in [name for name in sys.modules if name.partition(".")[0] == "prime_notify"]:
        del sys.modules[name]
    gc.collect()

classes, sizes = [], []
with tempfile.TemporaryDirectory() as folder:
    for _ in range(int(sys.argv[1])):
        classes.append(live(Path(folder)))
        purge()
        sizes.append(psutil.Process().memory_info().rss / 2**20)
print(json.dumps([sum(one() is not None for one in classes), sizes]))
"""
SETTLED = 5
"""Lives after which the process has the memory that it uses again and again."""


def lives(count: int) -> tuple[int, float]:
    """The classes that outlived their life, and the MiB by which the process has grown."""
    run = [sys.executable, "-c", LIVES, str(SETTLED + count)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=600, check=True, cwd=PROJECT)
    kept, sizes = json.loads(done.stdout)
    return kept, sizes[-1] - sizes[SETTLED - 1]


def test_no_class_outlives_the_unload() -> None:
    kept, grown = lives(3)
    assert kept == 0
    assert grown < 5


@pytest.mark.once
def test_fifty_reloads_need_no_more_than_5_mib() -> None:
    kept, grown = lives(50)
    assert kept == 0
    assert grown < 5
