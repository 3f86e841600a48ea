"""Who did it, in words: operators, creators and what triggered a task."""

from __future__ import annotations

import functools
import re
from typing import Iterator, Optional, Tuple

from prime_notify.messages.catalogue import Catalogue
from prime_notify.model.fact import FactKind
from prime_notify.model.payload import Payload
from prime_notify.text.plain import plain

__all__ = ["creator_words", "people_facts"]

_NAME = 64
_PLUGIN = re.compile(r"Plugin (\S+?)(?:@(\S+))?")  # str() of MCDReforged's PluginCommandSource
_BY_PLUGIN = ("command_source", "plugin")


def people_facts(payload: Payload, language: str, catalogue: Catalogue) -> Iterator[Tuple[FactKind, Optional[str]]]:
    """The operator, and the trigger where it says more: not the plugin that ran the task itself."""
    operator, source = payload.operator, payload.source
    by_whom = _words(operator.type, operator.name, language, catalogue) if operator else None
    yield FactKind.OPERATOR, by_whom
    if source is not None and not _is_itself(source.type, source.name or "", payload.plugin.id):
        through = _words(source.type, source.name or "", language, catalogue)
        yield FactKind.SOURCE, through if through != by_whom else None


def creator_words(payload: Payload, language: str, catalogue: Catalogue) -> Optional[str]:
    """The creator of the backup; None where the operator is the same."""
    creator = payload.backup.creator if payload.backup else None
    if creator is None or (payload.operator is not None and creator == payload.operator.full):
        return None
    kind, colon, name = creator.partition(":")
    return _words(kind, name, language, catalogue) if colon else plain(kind, _NAME)


def _is_itself(kind: str, name: str, plugin_id: str) -> bool:
    """Whether a trigger says nothing: a plugin without a name, or the one that ran the task."""
    if kind not in _BY_PLUGIN:
        return False
    found = _PLUGIN.fullmatch(name)
    return name in ("", "Plugin", plugin_id) or (found is not None and found[1] == plugin_id)


@functools.lru_cache(maxsize=64)  # the same few people make most backups
def _words(kind: str, name: str, language: str, catalogue: Catalogue) -> str:
    """``Steve (player)``, ``Console``, ``Scheduled backup``. A kind that has no words is shown as it is."""
    kind, name = plain(kind, _NAME), plain(name, _NAME)
    found = _PLUGIN.fullmatch(name) if kind in _BY_PLUGIN else None
    if found is not None:
        kind, name = "plugin", " ".join(filter(None, found.groups()))
    if name.lower() == kind.lower():
        name = ""
    own = catalogue.find(language, f"notification.who.{kind}.{name or 'nobody'}")
    if own is not None:
        return own
    if not name:
        return kind
    key = f"notification.who.{kind}.somebody"
    if catalogue.find(language, key) is not None:
        return catalogue.text(language, key, name=name)
    return catalogue.text(language, "notification.who.other", name=name, kind=kind) if kind else name
