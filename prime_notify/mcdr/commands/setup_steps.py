"""The steps of a setup, each of which is one thing that is typed: choose a service, answer, skip, go back, cancel."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Optional

from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.channels.common.registry import channel_types
from prime_notify.loading.mix_ups import meant_type
from prime_notify.loading.questions import (
    accepted_answer,
    is_reference,
    questions_of,
    reads_like_a_secret,
    recognized,
)
from prime_notify.mcdr.commands.hints import problem_line
from prime_notify.mcdr.commands.setup_words import NAME, offered, say_choices, say_leak, say_question
from prime_notify.mcdr.commands.setup_writing import SetupWriting, endpoint_loader
from prime_notify.mcdr.commands.setups import Setup, Stage, name_of
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, say
from prime_notify.text.suggestions import closest_word

__all__ = ["SetupSteps"]


class SetupSteps:
    """Each method is one thing that is typed. On the task executor only."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._reply = tools.translations.reply
        self.writing = SetupWriting(tools)

    # choosing

    def choose(self, source: CommandSource, word: str, value: str = "") -> None:
        """Begin with a type, or with an address or a key whose type is found. ``value``: its first answer."""
        types = channel_types()
        name = meant_type(word, types)
        if name is not None:
            self._begin(source, name, value)
        elif not source.is_console and reads_like_a_secret(word, types):
            say_leak(self._tools, source, self._tools.setups.of(source))
        elif recognized(word, types):
            service = recognized(word, types)
            say(source, coloured(self._reply("command.setup.recognized", service=service), RColor.green))
            self._begin(source, service, word)
        else:
            self._say_unknown(source, word)

    def _say_unknown(self, source: CommandSource, word: str) -> None:
        if reads_like_a_secret(word, channel_types()):  # what is repeated in the console is written to its log
            key, typed = "command.setup.unrecognized", f"{self._tools.prefix} {NAME}"
            say(source, coloured(self._reply(key, command=typed), RColor.yellow))
            return
        first, others = offered("en_us")
        say(source, coloured(self._reply("command.setup.unknown", word=word), RColor.red))
        meant = closest_word(word, [*first, *others])
        command = f"{self._tools.prefix} {NAME}" + (f" {meant}" if meant else "")
        key = "command.did_you_mean" if meant else "command.setup.see_choices"
        text = coloured(self._reply(key, command=command), RColor.yellow)
        say(source, fills_in(self._tools.translations, text, command))

    def _begin(self, source: CommandSource, name: str, value: str) -> None:
        channel = channel_types()[name]
        if channel.console_only and not source.is_console:
            command = f"{self._tools.prefix} {NAME} {name}"
            say(source, coloured(self._reply("command.setup.console_only", command=command), RColor.yellow))
            return
        setup = Setup(source, channel, questions_of(channel, endpoint_loader(self._tools)))
        self._tools.setups.begin(setup)
        if value:
            self.answer(source, setup, value)
        elif setup.question is None:
            self.writing.write(setup)
        else:
            say_question(self._tools, source, setup)

    # answering

    def answer(self, source: CommandSource, setup: Setup, text: str) -> None:
        """A value for the open question. ``source`` may be the console, for a player."""
        question, types = setup.question, channel_types()
        if question is None or setup.stage is not Stage.ASKING:
            say(source, coloured(self._reply("command.setup.no_question"), RColor.yellow))
            return
        secret = question.is_secret and not is_reference(text)
        if not source.is_console and (secret or reads_like_a_secret(text, types)):
            say_leak(self._tools, source, setup)
            return
        service = recognized(text, types) if setup.number == 0 and not setup.name else ""
        if service not in ("", "webhook", "apprise", setup.channel.type) and "://" in text:
            say(source, coloured(self._reply("command.setup.recognized", service=service), RColor.green))
            setup.channel, setup.answers = types[service], {}
            setup.questions = questions_of(setup.channel, endpoint_loader(self._tools))
        self._take(source, setup, text)

    def refer(self, source: CommandSource, setup: Setup, *, file: str = "", variable: str = "") -> None:
        """The value of the open question is in a file or in the environment."""
        path = PurePath(file)
        if not source.is_console and (path.is_absolute() or ".." in path.parts or ":" in file):
            folder = self._tools.config_path.parent.as_posix()
            say(source, coloured(self._reply("command.setup.file_outside", folder=folder), RColor.red))
        elif setup.question is None or setup.stage is not Stage.ASKING:
            say(source, coloured(self._reply("command.setup.no_question"), RColor.yellow))
        elif file:
            self._take(source, setup, {"file": file})
        else:
            self._take(source, setup, "${" + variable.strip("${}") + "}")

    def _take(self, source: CommandSource, setup: Setup, value: Any) -> None:
        question = setup.question
        assert question is not None
        answers, problem = accepted_answer(setup.channel, question, value, setup.answers, endpoint_loader(self._tools))
        if problem is not None:
            say(source, coloured(self._reply("command.setup.not_taken"), RColor.red))
            say(source, problem_line(self._tools, source, problem))
            return
        setup.answers = answers
        if name_of(source) != name_of(setup.source):
            say(source, coloured(self._reply("command.setup.taken_for", player=name_of(setup.source)), RColor.green))
        self._next(setup)

    def skip(self, source: CommandSource, setup: Setup) -> None:
        """Leave the open question out, or the former answer as it is."""
        question = setup.question
        if question is None or setup.stage is not Stage.ASKING:
            say(source, coloured(self._reply("command.setup.no_question"), RColor.yellow))
        elif question.at in setup.answers:
            self._next(setup)
        elif question.is_optional:
            setup.answers = {**setup.answers, question.at: None}
            self._next(setup)
        else:
            say(source, coloured(self._reply("command.setup.needed"), RColor.red))
            say_question(self._tools, source, setup)

    def _next(self, setup: Setup) -> None:
        setup.number += 1
        if setup.question is None:
            self.writing.write(setup)
        else:
            say_question(self._tools, setup.source, setup)

    # going back

    def back(self, source: CommandSource, setup: Setup) -> None:
        """To the question before, or from the first one to the choice of a service."""
        if setup.stage is not Stage.ASKING or (setup.number == 0 and setup.name):
            say(source, coloured(self._reply("command.setup.no_way_back"), RColor.yellow))
        elif setup.number:
            setup.number -= 1
            say_question(self._tools, source, setup)
        else:
            self._tools.setups.end(setup)
            say_choices(self._tools, source)

    def cancel(self, source: CommandSource, setup: Setup) -> None:
        """Forget the setup. What is in the config already stays there."""
        self._tools.setups.end(setup)
        key = "command.setup.cancelled_kept" if setup.name else "command.setup.cancelled"
        say(source, coloured(self._reply(key, endpoint=setup.name), RColor.yellow))

    # looking

    def setup_of(self, source: CommandSource) -> Optional[Setup]:
        """The setup under way. Replies with the choice of a service when there is none."""
        setup = self._tools.setups.of(source)
        if setup is None:
            say(source, coloured(self._reply("command.setup.none"), RColor.yellow))
            say_choices(self._tools, source)
        return setup
