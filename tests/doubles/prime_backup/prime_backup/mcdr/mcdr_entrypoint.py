"""The entry module, which MCDReforged calls."""

from __future__ import annotations

import re
import threading
from typing import Any, Optional

from mcdreforged.api.all import CommandSource, Info, Literal, PluginServerInterface

from prime_backup.config.config import Config, get_config, set_config
from prime_backup.mcdr import mcdr_globals  # noqa: F401  # binds this plugin's server interface
from prime_backup.mcdr.command.commands import CommandManager
from prime_backup.mcdr.crontab_manager import CrontabManager
from prime_backup.mcdr.online_player_counter import OnlinePlayerCounter
from prime_backup.mcdr.task import TaskEvent
from prime_backup.mcdr.task_manager import TaskManager
from prime_backup.storage import Storage

config: Optional[Config] = None
task_manager: Optional[TaskManager] = None
command_manager: Optional[CommandManager] = None
crontab_manager: Optional[CrontabManager] = None
online_player_counter: Optional[OnlinePlayerCounter] = None
init_ok: Optional[bool] = None
init_thread: Optional[threading.Thread] = None


def on_load(server: PluginServerInterface, old: Any) -> None:
    global command_manager, config, crontab_manager, init_thread, online_player_counter, task_manager
    config = server.load_config_simple(target_class=Config, failure_policy="raise", echo_in_console=False)
    set_config(config)
    if not config.enabled:
        server.logger.warning("Prime Backup (a double) is disabled by config")
        server.register_command(Literal(config.command.prefix).runs(_say_disabled))
        return
    task_manager = TaskManager()
    crontab_manager = CrontabManager(task_manager)
    command_manager = CommandManager(server, task_manager, crontab_manager)
    online_player_counter = OnlinePlayerCounter(getattr(old, "online_player_counter", None))
    command_manager.register()
    init_thread = threading.Thread(target=_initialise, args=(server,), name="PB@double-init", daemon=True)
    init_thread.start()


def _say_disabled(source: CommandSource) -> None:
    source.reply("[PB] Prime Backup (a double) is disabled by config")


def _initialise(server: PluginServerInterface) -> None:
    global init_ok
    assert task_manager is not None
    assert crontab_manager is not None
    assert command_manager is not None
    try:
        Storage().create()
    except OSError as error:
        server.logger.error("Prime Backup (a double) initialization failed and will be disabled: %s", error)
        return
    task_manager.start()
    crontab_manager.start()
    command_manager.construct_command_tree()
    init_ok = True


def on_unload(server: PluginServerInterface) -> None:
    global crontab_manager, task_manager
    if init_thread is not None:
        init_thread.join()
    if command_manager is not None:
        command_manager.close_the_door()
    if crontab_manager is not None:
        crontab_manager.shutdown()
        crontab_manager = None
    if task_manager is not None:
        task_manager.shutdown()
        task_manager = None


def on_info(server: PluginServerInterface, info: Info) -> None:
    patterns = get_config().server.saved_world_regex
    if init_ok and not info.is_user and any(re.fullmatch(pattern, info.content or "") for pattern in patterns):
        _tell_task(TaskEvent.world_save_done)


def on_server_start(server: PluginServerInterface) -> None:
    if online_player_counter is not None:
        online_player_counter.reset()


def on_player_joined(server: PluginServerInterface, player: str, info: Info) -> None:
    if online_player_counter is not None:
        online_player_counter.joined(player)


def on_player_left(server: PluginServerInterface, player: str) -> None:
    if online_player_counter is not None:
        online_player_counter.left(player)


def on_server_stop(server: PluginServerInterface, return_code: int) -> None:
    if online_player_counter is not None:
        online_player_counter.reset()
    if init_ok:
        _tell_task(TaskEvent.server_stopped)


def _tell_task(event: TaskEvent) -> None:
    if task_manager is not None:
        task_manager.send_event(event)
