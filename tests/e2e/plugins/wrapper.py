"""Another plugin that wraps what Prime Notify wraps: "!!wrap" wraps CreateBackupTask.run anew."""

import functools
import sys

from mcdreforged.api.all import Literal, PluginServerInterface

PLUGIN_METADATA = {"id": "wrapper", "version": "1.0.0"}


def on_load(server: PluginServerInterface, old: object) -> None:
    def wrap(source) -> None:
        task = sys.modules["prime_backup.mcdr.task.backup.create_backup_task"].CreateBackupTask
        wrapped = task.run

        @functools.wraps(wrapped)
        def run(self):
            server.logger.info("another plugin sees a backup begin")
            return wrapped(self)

        task.run = run
        source.reply("wrapped")

    server.register_command(Literal("!!wrap").runs(wrap))
