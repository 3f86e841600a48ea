"""A small Prime Backup, with the classes that are observed, and an MCDR server that holds it.

Its classes are made anew by every :func:`prime_backup`, as a reload makes them anew.
"""

from __future__ import annotations

import threading
import types
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any, Callable, Dict, List, Optional

from prime_notify.sources.prime_backup.seams import Seam


class Source:
    """A command source: a player's, the console's, or neither."""

    def __init__(self, player: Optional[str] = None, console: bool = False) -> None:
        self.is_player = player is not None
        self.is_console = console
        if player is not None:
            self.player = player

    def __str__(self) -> str:
        return "Plugin some_plugin@1.0.0"


STEVE = Source(player="Steve")
CONSOLE = Source(console=True)


@dataclass(frozen=True)
class Operator:
    type: str
    name: str

    def __str__(self) -> str:
        return f"{self.type}:{self.name}"


class Tags:
    def __init__(self, **values: Any) -> None:
        self._values = values

    def to_dict(self) -> Dict[str, Any]:
        return dict(self._values)


@dataclass(frozen=True)
class Info:
    id: int
    comment: str = "before the dragon"
    creator: Operator = Operator("player", "Steve")
    targets: List[str] = field(default_factory=lambda: ["world"])
    tags: Tags = field(default_factory=Tags)
    file_count: int = 42
    raw_size: int = 2048
    stored_size: int = 1024
    date_str: str = "2026-01-02 03:04:05"


class BackupNotFound(Exception):
    pass


def nothing() -> None:
    """The default of a step that a test may replace."""


def failures(count: int) -> List[Any]:
    """The result of a fail-soft export."""
    return [
        SimpleNamespace(file=SimpleNamespace(path=f"world/region/r.{n}.mca"), error=OSError("in use"))
        for n in range(count)
    ]


def prime_backup() -> SimpleNamespace:
    """The classes; a test may replace their steps."""
    pb = SimpleNamespace()

    class CreateBackupAction:
        next_id = 7

        def __init__(self, creator: Operator, comment: str, tags: Optional[Tags] = None) -> None:
            self.creator, self.comment, self.tags = creator, comment, tags

        def run(self) -> Info:
            return Info(self.next_id, self.comment, self.creator, tags=self.tags or Tags())

    class _ExportBase:
        result: List[Any] = []  # noqa: RUF012

        def __init__(self, backup_id: int, *, restore_mode: bool = False) -> None:
            self.backup_id, self.restore_mode = backup_id, restore_mode

        def run(self) -> List[Any]:
            return self.result

    class ExportBackupToDirectoryAction(_ExportBase):
        pass

    class GetBackupAction:
        def __init__(self, backup_id: int) -> None:
            self.backup_id = backup_id

        def run(self) -> Info:
            if self.backup_id == 404:
                raise BackupNotFound(self.backup_id)
            return Info(self.backup_id)

    class ListBackupAction:
        def run(self) -> List[Info]:
            return [Info(9)]

    class CreateBackupTask:
        def __init__(
            self,
            source: Any = STEVE,
            comment: str = "before the dragon",
            operator: Operator = Operator("player", "Steve"),
            *,
            backup_tags: Optional[Tags] = None,
            saving: Callable[[Any], bool] = lambda task: True,
            copying: Callable[[], object] = nothing,
        ) -> None:
            self.source, self.comment, self.operator, self.backup_tags = source, comment, operator, backup_tags
            self.aborted_event, self.plugin_unloaded_event = threading.Event(), threading.Event()
            self.world_saved_done = threading.Event()
            self.saving, self.copying = saving, copying

        def run(self) -> Optional[int]:
            if not self.saving(self):
                return None
            self.copying()
            return pb.CreateBackupAction(self.operator, self.comment, self.backup_tags).run().id

    class RestoreBackupTask:
        def __init__(
            self,
            source: Any = STEVE,
            backup_id: Optional[int] = 3,
            *,
            confirm: Callable[[], bool] = lambda: True,
            pre_restore: bool = True,
            before_export: Callable[[], bool] = lambda: True,
            after_export: Callable[[], object] = nothing,
        ) -> None:
            self.source, self.backup_id = source, backup_id
            self.confirm, self.pre_restore = confirm, pre_restore
            self.before_export, self.after_export = before_export, after_export

        def run(self) -> None:
            if self.backup_id is None:
                found = pb.ListBackupAction().run()[0]
            else:
                found = pb.GetBackupAction(self.backup_id).run()
            if not self.confirm():
                return
            if self.pre_restore:
                comment = f"__pb_translated__:pre_restore:{found.id}"
                pb.CreateBackupAction(Operator("prime_backup", "pre_restore"), comment).run()
            if not self.before_export():
                return
            pb.ExportBackupToDirectoryAction(found.id, restore_mode=True).run()
            self.after_export()

    for cls in (
        CreateBackupAction,
        ExportBackupToDirectoryAction,
        GetBackupAction,
        ListBackupAction,
        CreateBackupTask,
        RestoreBackupTask,
    ):
        setattr(pb, cls.__name__, cls)
    pb.ExportBase = _ExportBase
    return pb


def classes(pb: SimpleNamespace) -> Dict[Seam, type]:
    return {seam: getattr(pb, seam.class_name) for seam in Seam}


def modules(pb: SimpleNamespace) -> Dict[str, ModuleType]:
    """The classes in their modules, as ``sys.modules`` would hold them."""
    found: Dict[str, ModuleType] = {}
    for seam in Seam:
        module = found[seam.module] = types.ModuleType(seam.module)
        setattr(module, seam.class_name, getattr(pb, seam.class_name))
    return found


class Server:
    """The part of MCDR that sources use, over plain dictionaries."""

    def __init__(self) -> None:
        self.instances: Dict[str, Any] = {}
        self.versions: Dict[str, str] = {}
        self.running = True
        self.listeners: Dict[str, List[Callable[..., Any]]] = {}

    def load(self, plugin_id: str, version: str, instance: Any = None) -> None:
        self.versions[plugin_id] = version
        self.instances[plugin_id] = instance if instance is not None else types.ModuleType(plugin_id)

    def unload(self, plugin_id: str) -> None:
        del self.versions[plugin_id], self.instances[plugin_id]

    def dispatch(self, event: str, *args: Any) -> None:
        for callback in self.listeners.get(event, []):
            callback(self, *args)

    def get_plugin_instance(self, plugin_id: str, /) -> Any:
        return self.instances.get(plugin_id)

    def get_plugin_metadata(self, plugin_id: str, /) -> Any:
        if plugin_id not in self.versions:
            return None
        return SimpleNamespace(name=f"The {plugin_id}", version=self.versions[plugin_id])

    def get_all_metadata(self) -> Dict[str, Any]:
        return {plugin_id: self.get_plugin_metadata(plugin_id) for plugin_id in self.versions}

    def is_server_running(self) -> bool:
        return self.running

    def register_event_listener(self, event: str, callback: Callable[..., Any], /) -> None:
        self.listeners.setdefault(event, []).append(callback)


def tr(key: str, **values: object) -> str:
    """Texts that show their key and their values."""
    return " ".join([key.partition("source.")[2], *(str(value) for value in values.values())])
