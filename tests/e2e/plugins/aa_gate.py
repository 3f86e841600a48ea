"""Holds Prime Notify while it loads: as long as the file "gate" says "closed". If it says "broken", loading fails.

The file "held" says that the plugin is held.
"""

import importlib
import time
from pathlib import Path

PLUGIN_METADATA = {"id": "aa_gate", "version": "1.0.0"}

STEP = "prime_notify.engine.engine"
FILE = Path("gate")

_import_module = importlib.import_module


def _import_slowly(name, package=None):
    while name == STEP and FILE.exists():
        if FILE.read_text("utf-8") == "broken":
            raise ImportError("bad local file header")
        Path("held").touch()
        time.sleep(0.01)
    return _import_module(name, package)


importlib.import_module = _import_slowly
