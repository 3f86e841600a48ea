"""``!!pb test notify``, beside Prime Backup without a word of noise.

MCDReforged tries every command tree that registered a root literal, and each tree that fails prints its own error. A
second ``!!pb`` tree would therefore answer every Prime Backup command with "Unknown argument". So:

- while Prime Backup has a root, our ``test`` node is added to that root as a child, under whatever prefix it has;
- while nobody else owns ``!!pb``, a root of our own carries the node. That root swallows its own errors, so it never
  answers anything but ``!!pb test …``, and it refuses to be entered or completed while another plugin owns the literal.

MCDReforged can neither tell who owns a literal nor take a child away again, hence the careful looks at its internals
(``command_manager.root_nodes``, ``_children_literal``; seen in 2.14.0 to 2.16.2).
"""

from __future__ import annotations

import threading
from typing import Any, Callable, List, Optional, Sequence, Tuple

from mcdreforged.api.command import AbstractNode, CommandError, IllegalNodeOperation, Literal
from mcdreforged.api.types import PluginServerInterface

from prime_notify.mcdr.translations import Speech
from prime_notify.model.plugin_ids import PRIME_BACKUP

__all__ = ["OWN_ROOT", "Graft"]

OWN_ROOT = "!!pb"
_TEST = "test"
_NOTIFY = "notify"
_INTERVAL = 0.5  # seconds between two looks for a new root of Prime Backup; a look takes microseconds


class Graft:
    """Keeps the node where it belongs.

    ``grow`` makes a fresh ``test`` node, permission check included. ``instead``: the command that does the same, for
    the warning where grafting is impossible.
    """

    def __init__(
        self, server: PluginServerInterface, speech: Speech, *, grow: Callable[[], Literal], instead: str
    ) -> None:
        self._server = server
        self._speech = speech
        self._grow = grow
        self._instead = instead
        self._own_id = server.get_self_metadata().id
        self._stopping = threading.Event()
        self._thread: Optional[threading.Thread] = None
        self._scheduled = False
        self._warned = False
        self._grafted: List[Tuple[Literal, Literal]] = []

    def start(self) -> None:
        """Register our own root, and look for roots of Prime Backup from now on; to be called in ``on_load``."""
        self.register()
        self._thread = threading.Thread(target=self._watch, name="prime_notify-graft", daemon=True)
        self._thread.start()

    def register(self) -> None:
        """Register our own root."""
        root = Literal(OWN_ROOT).requires(self._owns_root).on_error(CommandError, lambda: None, handled=True)
        root.then(self._grow())
        self._server.register_command(root, allow_duplicates=True)

    def look(self) -> None:
        """Look for new roots of Prime Backup; the grafting itself is done by the task executor."""
        if not self._scheduled and self._ungrafted():
            self._scheduled = True
            self._server.schedule_task(self._apply)

    def stop(self) -> None:
        """Make every node inert and take the grafted ones away; to be called in ``on_unload``."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        grafted, self._grafted = self._grafted, []
        for root, node in grafted:
            _take_away(root, node)

    @property
    def _alive(self) -> bool:
        return not self._stopping.is_set()

    def _watch(self) -> None:
        """MCDReforged announces nobody's coming."""
        while self._alive:
            self.look()
            self._stopping.wait(_INTERVAL)

    def _apply(self) -> None:
        self._scheduled = False
        if not self._alive:
            return
        roots = self._prime_backup_roots()
        self._grafted = [(root, node) for root, node in self._grafted if root in roots]
        for root in self._ungrafted():
            node = self._grow()
            node.precondition(self._welcome_in(root, node))
            self._grafted.append((root, node))
            try:
                root.then(node)
            except IllegalNodeOperation:
                self._warn_once()

    def _ungrafted(self) -> Sequence[Literal]:
        grafted = [root for root, _ in self._grafted]
        return [root for root in self._prime_backup_roots() if root not in grafted]

    def _welcome_in(self, root: Literal, node: Literal) -> Callable[[], bool]:
        """Absent after our unload, and where the root has a ``test notify`` of its own."""

        def welcome() -> bool:
            return self._alive and not any(
                _child(rival, _NOTIFY) for rival in _children(root, _TEST) if rival is not node
            )

        return welcome

    def _owns_root(self) -> bool:
        if not self._alive:
            return False
        holders = self._holders()
        if holders is None:
            return self._server.get_plugin_instance(PRIME_BACKUP) is None
        return not any(OWN_ROOT in node.literals and owner != self._own_id for owner, node in holders)

    def _prime_backup_roots(self) -> Sequence[Literal]:
        holders = self._holders()
        if holders is not None:
            roots: List[Literal] = []
            for owner, node in holders:
                if owner == PRIME_BACKUP and node not in roots:
                    roots.append(node)
            return roots
        root = _hidden_root(self._server.get_plugin_instance(PRIME_BACKUP))
        return [root] if root is not None else []

    def _holders(self) -> Optional[Sequence[Tuple[str, Literal]]]:
        """Plugin id and node of every registered root; None when this MCDReforged does not let us look."""
        try:
            by_literal = self._server._mcdr_server.command_manager.root_nodes
            return [
                (holder.plugin.get_id(), holder.node) for holders in list(by_literal.values()) for holder in holders
            ]
        except (AttributeError, TypeError):
            if self._server.get_plugin_instance(PRIME_BACKUP) is not None:
                self._warn_once()
            return None

    def _warn_once(self) -> None:
        if not self._warned:
            self._warned = True
            self._speech.warning("log.graft_failed", command=f"{OWN_ROOT} {_TEST} {_NOTIFY}", instead=self._instead)


def _hidden_root(entry_module: Any) -> Optional[Literal]:
    manager = getattr(entry_module, "command_manager", None)
    root = getattr(manager, "_CommandManager__root_node", None)
    return root if isinstance(root, Literal) else None


def _children(node: AbstractNode, literal: str) -> Sequence[Literal]:
    return [child for child in node.get_children() if isinstance(child, Literal) and literal in child.literals]


def _child(node: AbstractNode, literal: str) -> Optional[Literal]:
    return next(iter(_children(node, literal)), None)


def _take_away(root: Literal, node: Literal) -> None:
    by_literal = getattr(root, "_children_literal", {})
    siblings = by_literal.get(_TEST, [])
    if node in siblings:
        siblings.remove(node)
        if not siblings:
            del by_literal[_TEST]
