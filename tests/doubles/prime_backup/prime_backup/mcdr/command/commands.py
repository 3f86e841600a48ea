"""The command tree: registered on load, filled in by the init thread."""

from __future__ import annotations

import functools
from typing import Any, Dict, Optional

from mcdreforged.api.all import (
    CommandSource,
    CountingLiteral,
    GreedyText,
    Integer,
    Literal,
    PluginServerInterface,
)

from prime_backup.action.list_backup_action import ListBackupAction
from prime_backup.config.config import get_config
from prime_backup.mcdr.crontab_job import CrontabJobEvent, CrontabJobId
from prime_backup.mcdr.crontab_manager import CrontabManager
from prime_backup.mcdr.task.backup.create_backup_task import CreateBackupTask
from prime_backup.mcdr.task.backup.restore_backup_task import RestoreBackupTask
from prime_backup.mcdr.task_manager import TaskManager

__all__ = ["CommandManager"]

Context = Dict[str, Any]


class CommandManager:
    def __init__(
        self, server: PluginServerInterface, task_manager: TaskManager, crontab_manager: CrontabManager
    ) -> None:
        self._server = server
        self._tasks = task_manager
        self._crontab = crontab_manager
        self._ready = False
        self.__root_node = Literal(get_config().command.prefix)

    def register(self) -> None:
        self.__root_node.requires(lambda: self._ready, lambda: "[PB] Prime Backup is initializing or shut down")
        self._server.register_command(self.__root_node)

    def construct_command_tree(self) -> None:
        make = _level("make", 1).runs(self._make)
        make.then(GreedyText("comment").runs(self._make))
        back = _level("back", 2)
        backup_id = Integer("backup_id")
        back.then(backup_id)
        for node in (back, backup_id):
            node.runs(self._back)
            node.then(CountingLiteral("--confirm", "confirm").redirects(node))
            node.then(CountingLiteral("--fail-soft", "fail_soft").redirects(node))
        self.__root_node.runs(lambda source: source.reply("[PB] A double of Prime Backup"))
        self.__root_node.then(make)
        self.__root_node.then(back)
        self.__root_node.then(_level("help", 0).runs(lambda source: source.reply("[PB] make, back, list, ...")))
        self.__root_node.then(_level("list", 1).runs(self._list))
        self.__root_node.then(_level("confirm", 1).runs(self._tasks.confirm))
        self.__root_node.then(_level("abort", 1).runs(self._tasks.abort))
        self.__root_node.then(self._crontab_node())
        self._ready = True

    def close_the_door(self) -> None:
        self._ready = False

    def _make(self, source: CommandSource, context: Context) -> None:
        def done(ret: Any, error: Optional[Exception]) -> None:
            if error is None and ret is not None:
                self._crontab.send_event(CrontabJobEvent.manual_backup_created)

        self._tasks.add_task(CreateBackupTask(source, context.get("comment", "")), done)

    def _back(self, source: CommandSource, context: Context) -> None:
        task = RestoreBackupTask(
            source,
            context.get("backup_id"),
            needs_confirm=not context.get("confirm"),
            fail_soft=bool(context.get("fail_soft")),
        )
        self._tasks.add_task(task)

    def _crontab_node(self) -> Literal:
        node = _level("crontab", 3)
        for job_id in CrontabJobId:
            one = Literal(job_id.name)
            for action in ("pause", "resume"):
                one.then(Literal(action).runs(functools.partial(self._operate, job_id, action)))
            node.then(one)
        return node

    def _operate(self, job_id: CrontabJobId, action: str, source: CommandSource, _context: Context) -> None:
        job = self._crontab.jobs[job_id]
        if not job.is_enabled():
            source.reply(f"[PB] The job {job_id.name} is not enabled")
            return
        getattr(job, action)()
        source.reply(f"[PB] The job {job_id.name}: {action} done")

    def _list(self, source: CommandSource) -> None:
        backups = ListBackupAction().run()
        source.reply(f"[PB] There are {len(backups)} backups")
        for backup in backups:
            source.reply(f"[PB] #{backup.id} {backup.date_str} {backup.comment}")


def _level(literal: str, level: int) -> Literal:
    node = Literal(literal)
    node.requires(lambda source: source.has_permission(level), lambda: "[PB] Permission denied")
    return node
