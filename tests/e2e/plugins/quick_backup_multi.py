"""Dispatches what QuickBackupM dispatches: "!!qb make" and "!!qb back"."""

from mcdreforged.api.all import Literal, LiteralEvent, PluginServerInterface

PLUGIN_METADATA = {"id": "quick_backup_multi", "version": "1.2.3"}

SLOT = {"time": "2026-01-02 03:04:05", "time_stamp": 1767323045.0, "comment": "before the dragon"}


def on_load(server: PluginServerInterface, old: object) -> None:
    def make(source) -> None:
        server.dispatch_event(LiteralEvent("quick_backup_multi.backup_done"), (source, SLOT))

    def back(source) -> None:
        server.dispatch_event(LiteralEvent("quick_backup_multi.restore_done"), (source, 2, SLOT))

    server.register_command(Literal("!!qb").then(Literal("make").runs(make)).then(Literal("back").runs(back)))
