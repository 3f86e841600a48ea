"""The entry module, which MCDReforged calls."""

from __future__ import annotations

import re
import threading
from typing import Any, Optional

from mcdreforged.api.all import CommandSource, Info, Literal, PluginServerInterface

from prime_backup.config.config import Config, get_config, set_config
from prime_backup.mcdr import mcdr_globals  # noqa: F401  # binds this plugin's server interface
from prime_backup.mcdr.command.commands import CommandManager
from prime_backup.mcdr.scheduled_backup import Scheduler
from prime_backup.mcdr.task import TaskEvent
from prime_backup.mcdr.task_manager import TaskManager
from prime_backup.storage import Storage

config: Optional[Config] = None
task_manager: Optional[TaskManager] = None
command_manager: Optional[CommandManager] = None
init_ok: Optional[bool] = None
init_thread: Optional[threading.Thread] = None
_scheduler: Optional[Scheduler] = None


def on_load(server: PluginServerInterface, old: Any) -> None:
    global command_manager, config, init_thread, task_manager
    config = server.load_config_simple(target_class=Config, failure_policy="raise", echo_in_console=False)
    set_config(config)
    if not config.enabled:
        server.logger.warning("Prime Backup (a double) is disabled by config")
        server.register_command(Literal(config.command.prefix).runs(_say_disabled))
        return
    task_manager = TaskManager()
    command_manager = CommandManager(server, task_manager)
    command_manager.register()
    init_thread = threading.Thread(target=_initialise, args=(server,), name="PB@double-init", daemon=True)
    init_thread.start()


def _say_disabled(source: CommandSource) -> None:
    source.reply("[PB] Prime Backup (a double) is disabled by config")


def _initialise(server: PluginServerInterface) -> None:
    global _scheduler, init_ok
    assert task_manager is not None
    assert command_manager is not None
    try:
        Storage().create()
    except OSError as error:
        server.logger.error("Prime Backup (a double) initialization failed and will be disabled: %s", error)
        return
    task_manager.start()
    _scheduler = Scheduler(server, task_manager)
    _scheduler.start()
    command_manager.construct_command_tree()
    init_ok = True


def on_unload(server: PluginServerInterface) -> None:
    if init_thread is not None:
        init_thread.join()
    if command_manager is not None:
        command_manager.close_the_door()
    if _scheduler is not None:
        _scheduler.shutdown()
    if task_manager is not None:
        task_manager.shutdown()


def on_info(server: PluginServerInterface, info: Info) -> None:
    patterns = get_config().server.saved_world_regex
    if init_ok and not info.is_user and any(re.fullmatch(pattern, info.content or "") for pattern in patterns):
        _tell_task(TaskEvent.world_save_done)


def on_server_stop(server: PluginServerInterface, return_code: int) -> None:
    if init_ok:
        _tell_task(TaskEvent.server_stopped)


def _tell_task(event: TaskEvent) -> None:
    if task_manager is not None:
        task_manager.send_event(event)
