"""``!!pb test notify``, beside Prime Backup and without an error message too many.

MCDReforged tries every command tree that registered a root literal, and each tree that fails prints its own error. A
second ``!!pb`` tree would therefore answer every Prime Backup command with "Unknown argument". So:

- while Prime Backup has a root, our ``test`` node is added to that root as a child, whatever its prefix is;
- a Prime Backup that has not started, or could not, refuses its whole tree. A requirement of its root that fails lets
  our node through;
- while no other plugin owns ``!!pb``, a root of our own has the node. That root swallows its own errors, so it answers
  ``!!pb test …`` only, and it cannot be entered or completed while another plugin owns the literal.

MCDReforged has no way to find the owner of a literal or to remove a child, so this reads its internals with care
(``command_manager.root_nodes``, ``_children_literal``, ``_requirements``; seen in 2.14.0 to 2.16.2).
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any, Callable, List, Optional, Sequence, Tuple

from mcdreforged.api.command import AbstractNode, CommandContext, CommandError, IllegalNodeOperation, Literal
from mcdreforged.api.types import CommandSource, PluginServerInterface

from prime_notify.mcdr.command_roots import PRIME_BACKUP_ROOT, registered_roots
from prime_notify.mcdr.translations import Translations
from prime_notify.model.plugin_ids import PRIME_BACKUP
from prime_notify.periodic import Periodic

__all__ = ["PrimeBackupTestCommand"]

_TEST = "test"
_NOTIFY = "notify"
_SEARCH_EVERY = 0.5  # seconds


class PrimeBackupTestCommand:
    """Keeps the node at each root where it belongs.

    ``make_node`` makes a new ``test`` node, permission check included. ``alternative`` gives the command that does the
    same, for the warning where the node cannot be added.
    """

    def __init__(
        self,
        server: PluginServerInterface,
        translations: Translations,
        *,
        make_node: Callable[[], Literal],
        alternative: Callable[[], str],
    ) -> None:
        self._server = server
        self._translations = translations
        self._make_node = make_node
        self._alternative = alternative
        self._own_id = server.get_self_metadata().id
        self._alive = True
        self._scheduled = False
        self._warned = False
        self._added: List[Tuple[Literal, Literal]] = []

    @property
    def job(self) -> Periodic:
        """The periodic search for new roots. A search takes microseconds."""
        return Periodic("the search for Prime Backup's command", _SEARCH_EVERY, self.search)

    def start(self, root: Literal) -> None:
        """Add the node to our own root, and search for one of Prime Backup. On the task executor."""
        root.requires(lambda: self._alive).on_error(CommandError, lambda: None, handled=True)
        root.then(self._make_node())
        self.search()

    def search(self) -> None:
        """Search for new roots of Prime Backup. The task executor adds the nodes."""
        if not self._scheduled and self._new_roots():
            self._scheduled = True
            self._server.schedule_task(self._add_nodes)

    def stop(self) -> None:
        """Make every node inert and remove the added ones; to be called in ``on_unload``."""
        self._alive = False
        added, self._added = self._added, []
        for root, node in added:
            _remove(root, node)

    def _add_nodes(self) -> None:
        self._scheduled = False
        if not self._alive:
            return
        roots = self._prime_backup_roots()
        self._added = [(root, node) for root, node in self._added if root in roots]
        for root in self._new_roots():
            node = self._make_node()
            is_present = self._is_present_in(root, node)
            node.precondition(is_present)
            self._added.append((root, node))
            try:
                root.then(node)
            except IllegalNodeOperation:
                self._warn_once()
            else:
                _let_through(root, is_present)

    def _new_roots(self) -> Sequence[Literal]:
        known = [root for root, _ in self._added]
        return [root for root in self._prime_backup_roots() if root not in known]

    def _is_present_in(self, root: Literal, node: Literal) -> Callable[[], bool]:
        """The node's precondition: false after our unload, and where the root has a ``test notify`` of its own."""

        def is_present() -> bool:
            others = [other for other in _children(root, _TEST) if other is not node]
            return self._alive and not any(_children(other, _NOTIFY) for other in others)

        return is_present

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
        holders = registered_roots(self._server)
        if holders is None and self._server.get_plugin_instance(PRIME_BACKUP) is not None:
            self._warn_once()
        return holders

    def _warn_once(self) -> None:
        if not self._warned:
            self._warned = True
            command = f"{PRIME_BACKUP_ROOT} {_TEST} {_NOTIFY}"
            self._translations.warning("log.pb_command_failed", command=command, alternative=self._alternative())


def _hidden_root(entry_module: Any) -> Optional[Literal]:
    manager = getattr(entry_module, "command_manager", None)
    root = getattr(manager, "_CommandManager__root_node", None)
    return root if isinstance(root, Literal) else None


def _children(node: AbstractNode, literal: str) -> Sequence[Literal]:
    return [child for child in node.get_children() if isinstance(child, Literal) and literal in child.literals]


@dataclass(frozen=True)
class _LetThrough:
    """In the place of a requirement of MCDReforged's. ``original`` is put back at our stop."""

    requirement: Callable[[CommandSource, CommandContext], bool]
    failure_message_getter: Any
    original: Any


def _let_through(root: Literal, is_present: Callable[[], bool]) -> None:
    """Let our node be reached when the first requirement of the root, that Prime Backup works, is not met.

    The node has a requirement of its own. Where this MCDReforged has no such list, nothing changes.
    """
    requirements = getattr(root, "_requirements", None)
    if not isinstance(requirements, list) or not requirements:
        return
    original = requirements[0]
    works = original.requirement
    count = len(inspect.getfullargspec(works).args) - inspect.ismethod(works)

    def is_met(source: CommandSource, context: CommandContext) -> bool:
        is_ours = context.command.split()[1:3] in ([_TEST], [_TEST, _NOTIFY])
        return (is_ours and is_present()) or bool(works(*(source, context)[:count]))

    requirements[0] = _LetThrough(is_met, original.failure_message_getter, original)


def _remove(root: Literal, node: Literal) -> None:
    requirements = getattr(root, "_requirements", None) or []
    requirements[:] = [one.original if isinstance(one, _LetThrough) else one for one in requirements]
    by_literal = getattr(root, "_children_literal", {})
    siblings = by_literal.get(_TEST, [])
    if node in siblings:
        siblings.remove(node)
        if not siblings:
            del by_literal[_TEST]
