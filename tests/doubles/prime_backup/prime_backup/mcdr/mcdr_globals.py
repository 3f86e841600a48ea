"""The server interface of the plugin that imports this module first, which must be the double itself."""

from __future__ import annotations

from mcdreforged.api.all import PluginServerInterface

__all__ = ["metadata", "server"]

server = PluginServerInterface.psi()
metadata = server.get_self_metadata()
