"""The language of the command line's texts about a config."""

from __future__ import annotations

import contextlib
from pathlib import Path

from prime_notify.cli.record_text import catalogue

__all__ = ["language_of"]

_DEFAULT = "en_us"


def language_of(folder: Path) -> str:
    """The language in MCDReforged's config.yml, for a folder inside its ``config/``, or the closest that there is.

    Otherwise English.
    """
    from ruamel.yaml import YAML  # MCDReforged has it

    with contextlib.suppress(Exception):  # the file belongs to MCDReforged, and may hold anything
        document = YAML(typ="safe", pure=True).load(folder.resolve().parent.parent / "config.yml")
        return catalogue().best(str(document["language"]))
    return _DEFAULT
