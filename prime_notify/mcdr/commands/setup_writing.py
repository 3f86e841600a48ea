"""The end of a setup: the endpoint is written, put in force and tested; and what to do when the test fails."""

from __future__ import annotations

import os

from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.problem import ConfigError
from prime_notify.engine.endpoint_test import TestResult
from prime_notify.loading.edit import Change, add_endpoint, endpoints_in, remove_endpoint, replace_endpoint
from prime_notify.loading.endpoints import EndpointLoader
from prime_notify.loading.questions import endpoint_of
from prime_notify.loading.saving import read_config_text
from prime_notify.mcdr.commands.config_changes import change_config
from prime_notify.mcdr.commands.hints import problem_line
from prime_notify.mcdr.commands.setup_words import NAME, say_doubt, say_question
from prime_notify.mcdr.commands.setups import Setup, Stage
from prime_notify.mcdr.commands.test import say_result
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, quoted, say
from prime_notify.model.event import EventName
from prime_notify.sources.foreign_objects import operator_of_source

__all__ = ["SetupWriting", "endpoint_loader"]


def endpoint_loader(tools: Tools) -> EndpointLoader:
    """Makes endpoints as they would be loaded from the config file."""
    return EndpointLoader(channel_types(), os.environ, tools.config_path.parent)


class SetupWriting:
    """On the task executor only."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._reply = tools.translations.reply

    def write(self, setup: Setup) -> None:
        source = setup.source
        name = setup.name or self._free_name(setup)
        endpoint = endpoint_of(setup.channel, name, setup.answers)
        loaded = endpoint_loader(self._tools).load(endpoint, (), name)
        if loaded.endpoint is None:  # an answer that does not fit to another one, or a file that is gone meanwhile
            say(source, coloured(self._reply("command.setup.not_taken"), RColor.red))
            for problem in loaded.problems:
                say(source, problem_line(self._tools, source, problem))
            self._ask_from_the_start(setup)
            return

        def change(text: str) -> Change:
            return replace_endpoint(text, name, endpoint) if setup.name else add_endpoint(text, endpoint)

        if change_config(self._tools, source, change) is None:
            setup.number = max(0, len(setup.questions) - 1)
            self._say_try_again(setup)
            return
        setup.name = name
        self.test(source, setup)

    def _ask_from_the_start(self, setup: Setup) -> None:
        setup.number = 0
        if setup.question is None:
            self._tools.setups.end(setup)
        else:
            say_question(self._tools, setup.source, setup)

    def _say_try_again(self, setup: Setup) -> None:
        source, command = setup.source, f"{self._tools.prefix} {NAME}"
        if not setup.questions:
            self._tools.setups.end(setup)
            return
        text = coloured(self._reply("command.setup.try_again", command=command), RColor.yellow)
        say(source, fills_in(self._tools.translations, text, command))

    def _free_name(self, setup: Setup) -> str:
        """The name of the example, with a number where it is taken, or where deliveries wait for a former endpoint."""
        base = str(setup.channel.example["name"])
        taken = {one.name for one in self._tools.engine.overview().endpoints if one.orphaned and one.waiting}
        try:
            taken |= {name for name, _ in endpoints_in(read_config_text(self._tools.config_path))}
        except ConfigError:
            return base  # the same error comes when it is written
        numbers = (f"{base}-{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (base, *numbers) if name not in taken)

    def test(self, source: CommandSource, setup: Setup) -> None:
        """Send a test notification to the endpoint that is in the config now."""
        if not setup.name:
            say(source, coloured(self._reply("command.setup.nothing_to_test"), RColor.yellow))
            return
        setup.stage, setup.tests = Stage.TESTING, setup.tests + 1
        number = setup.tests

        def arrived(result: TestResult) -> None:
            self._tools.run_on_executor(lambda: self._arrived(setup, result, number))

        operator = operator_of_source(setup.source)
        sent = self._tools.engine.rehearsal.test(
            EventName.BACKUP_SUCCESS, endpoint=setup.name, on_result=arrived, operator=operator
        )
        if sent:
            say(source, coloured(self._reply("command.setup.testing", endpoint=setup.name), RColor.gray))
        else:
            setup.stage = Stage.DOUBTFUL
            say_doubt(self._tools, source, setup)

    def _arrived(self, setup: Setup, result: TestResult, number: int) -> None:
        source = setup.source
        say_result(self._tools, source, result)
        if setup.stage is not Stage.TESTING or number != setup.tests:
            return
        if result.ok and result.confirmed:
            self._say_done(setup, "command.setup.done")
            return
        setup.stage = Stage.DOUBTFUL
        say_doubt(self._tools, source, setup)

    def _say_done(self, setup: Setup, key: str) -> None:
        source, prefix = setup.source, self._tools.prefix
        self._tools.setups.end(setup)
        say(source, coloured(self._reply(key, endpoint=setup.name), RColor.green))
        rename = f"{prefix} endpoint rename {quoted(setup.name)} "
        more = f"{prefix} {NAME}"
        text = coloured(self._reply("command.setup.what_next", rename=rename, more=more), RColor.gray)
        say(source, fills_in(self._tools.translations, text, more))

    # after a doubtful test

    def keep(self, source: CommandSource, setup: Setup) -> None:
        """Leave the endpoint as it is."""
        if setup.name:
            self._say_done(setup, "command.setup.kept")
        else:
            say(source, coloured(self._reply("command.setup.nothing_written"), RColor.yellow))

    def change(self, source: CommandSource, setup: Setup) -> None:
        """Ask again; answers that are skipped stay."""
        setup.stage, setup.number = Stage.ASKING, 0
        if setup.question is None:
            self.test(source, setup)
        else:
            say_question(self._tools, source, setup)

    def remove(self, source: CommandSource, setup: Setup) -> None:
        """Take the endpoint out of the config again."""
        name = setup.name
        if not name:
            say(source, coloured(self._reply("command.setup.nothing_written"), RColor.yellow))
        elif change_config(self._tools, source, lambda text: remove_endpoint(text, name)) is not None:
            self._tools.setups.end(setup)
            say(source, coloured(self._reply("command.endpoint.removed", endpoint=name), RColor.green))
