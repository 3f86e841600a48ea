"""The command roots of all plugins, as MCDReforged has them registered."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from mcdreforged.api.command import Literal
from mcdreforged.api.types import PluginServerInterface

from prime_notify.config.early import DEFAULT_PREFIX
from prime_notify.model.plugin_ids import PRIME_BACKUP

__all__ = ["PRIME_BACKUP_ROOT", "current_prefix", "is_prime_backup_root_free", "other_owner", "registered_roots"]

PRIME_BACKUP_ROOT = "!!pb"


def registered_roots(server: PluginServerInterface) -> Optional[Sequence[Tuple[str, Literal]]]:
    """Plugin id and node of every root; None when this MCDReforged does not have them where we look.

    MCDReforged has no public way to find the owner of a root (``command_manager.root_nodes``; 2.14.0 to 2.16.2).
    """
    try:
        by_literal = server._mcdr_server.command_manager.root_nodes
        return [(holder.plugin.get_id(), holder.node) for holders in list(by_literal.values()) for holder in holders]
    except (AttributeError, TypeError):
        return None


def other_owner(server: PluginServerInterface, root: str) -> Optional[str]:
    """The id of another plugin that has ``root``, if any."""
    own = server.get_self_metadata().id
    known = registered_roots(server) or ()
    return next((owner for owner, node in known if owner != own and root in node.literals), None)


def current_prefix(server: PluginServerInterface, configured: str) -> str:
    """The prefix to which the commands answer now: the default one while another plugin has the configured one."""
    return DEFAULT_PREFIX if other_owner(server, configured) else configured


def is_prime_backup_root_free(server: PluginServerInterface) -> bool:
    """Whether no other plugin has Prime Backup's usual root, which is then ours to answer."""
    if registered_roots(server) is None:
        return server.get_plugin_instance(PRIME_BACKUP) is None
    return other_owner(server, PRIME_BACKUP_ROOT) is None
