"""The command roots of all plugins, as MCDReforged has them registered."""

from __future__ import annotations

from typing import Optional, Sequence, Tuple

from mcdreforged.api.command import Literal
from mcdreforged.api.types import PluginServerInterface

__all__ = ["other_owner", "registered_roots"]


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
