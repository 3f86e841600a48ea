"""What the sources ask of MCDReforged: the few calls they make, so that everything else runs without it."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Protocol

__all__ = ["SourceServer", "Translate", "plugin_version"]

Translate = Callable[..., str]
"""``tr(key, **values)``: a text of ``lang/`` in MCDR's language, by its key without the plugin's id."""


class SourceServer(Protocol):
    """The part of MCDR's ``PluginServerInterface`` that sources use; the queries are safe from any thread."""

    def get_plugin_instance(self, plugin_id: str, /) -> Any: ...

    def get_plugin_metadata(self, plugin_id: str, /) -> Any: ...

    def get_all_metadata(self) -> Mapping[str, Any]: ...

    def is_server_running(self) -> bool: ...

    def register_event_listener(self, event: str, callback: Callable[..., Any], /) -> None: ...


def plugin_version(server: SourceServer, plugin_id: str) -> Optional[str]:
    """The version in a plugin's metadata, or None where there is no such plugin (any more)."""
    try:
        metadata = server.get_plugin_metadata(plugin_id)
        return None if metadata is None else str(metadata.version)
    except Exception:  # noqa: BLE001  (a plugin that is just being loaded has no metadata yet)
        return None
