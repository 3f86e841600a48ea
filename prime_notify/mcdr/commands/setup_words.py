"""What a setup says: the services to choose from, the open question, and what may be typed next."""

from __future__ import annotations

import re
from typing import Any, List, Mapping, Optional, Sequence, Tuple, Type

from mcdreforged.api.rtext import RColor, RText, RTextBase, RTextList
from mcdreforged.api.types import CommandSource

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.registry import channel_types
from prime_notify.mcdr.commands.setups import Setup, Stage
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, quoted, say

__all__ = ["NAME", "offered", "say_choices", "say_doubt", "say_leak", "say_pasted", "say_question", "say_where"]

NAME = "setup"

_LIKELIEST: Mapping[str, Tuple[str, ...]] = {
    "en_us": ("discord", "telegram", "ntfy", "bark", "slack", "mail", "minecraft", "matrix"),
    "zh_cn": ("onebot", "serverchan", "feishu", "dingtalk", "bark", "wecom", "pushplus", "kook", "minecraft", "mail"),
}
"""The services that readers of a language have most often, the likeliest first."""

_MARKDOWN = re.compile(r"\[([^\]]+)\]\([^)]*\)|[*`]+")
_SENTENCE_END = re.compile(r"(?<=[.。])\s+|(?<=。)")
_ASIDE = re.compile(r" ?[(（][^)）]*[)）]")
_UNSPACED = re.compile(r"(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")
_FIRST_PART = re.compile(r".*?(?=[;；:：。，]|\. |\.$|, with |, when |$)")
_ABOUT_OPTIONS = re.compile(r"`(?!https?:)[^`]+`")
_LONGEST_ABOUT = 330  # characters


def offered(language: str) -> Tuple[Sequence[str], Sequence[str]]:
    """The types of endpoints: the likeliest for readers of a language, and all others."""
    types = channel_types()
    first = [name for name in _LIKELIEST.get(language, _LIKELIEST["en_us"]) if name in types]
    return first, [name for name in types if name not in first]


def say_choices(tools: Tools, source: CommandSource) -> None:
    """The services to choose from."""
    reply, command = tools.translations.reply, f"{tools.prefix} {NAME}"
    language = tools.translations.language_of(source)
    first, others = offered(language)
    say(source, coloured(reply("command.setup.choose"), RColor.gold))
    for name in first:
        about = RText(_purpose(channel_types()[name], language), RColor.gray)
        line = RTextList(RText("- ", RColor.gray), _choice(tools, name), tools.translations.after_dash(about))
        say(source, line)
    more: List[RTextBase] = [_choice(tools, name) for name in others]
    say(source, reply("command.setup.others", services=tools.translations.listed(more)))
    key = "command.setup.paste_console" if source.is_console else "command.setup.paste_game"
    say(source, fills_in(tools.translations, coloured(reply(key, command=command), RColor.gray), f"{command} "))


def _choice(tools: Tools, name: str) -> RTextBase:
    return fills_in(tools.translations, coloured(name, RColor.aqua), f"{tools.prefix} {NAME} {name}")


def say_where(tools: Tools, source: CommandSource, setup: Setup) -> None:
    """Where a setup is, and what may be typed."""
    if setup.stage is Stage.ASKING:
        say_question(tools, source, setup)
    elif setup.stage is Stage.TESTING:
        say(source, coloured(tools.translations.reply("command.setup.testing", endpoint=setup.name), RColor.gray))
    else:
        say_doubt(tools, source, setup)


def say_question(tools: Tools, source: CommandSource, setup: Setup) -> None:
    """The open question: its meaning, where the value comes from, and how to answer."""
    question = setup.question
    assert question is not None
    reply, translations = tools.translations.reply, tools.translations
    language = translations.language_of(source)
    values = {"number": setup.number + 1, "count": len(setup.questions), "service": setup.channel.type}
    title = reply("command.setup.step", **values, what=_first_clause(translations.words(question.about, source)))
    say(source, coloured(title, RColor.gold))
    if setup.number == 0:
        say(source, coloured(_explanation(setup.channel, language), RColor.gray))
    if question.is_secret and not source.is_console:
        _say_secret_in_game(tools, source, setup)
    else:
        command = f"{tools.prefix} {NAME} value "
        text = reply("command.setup.answer", command=command, example=question.example)
        say(source, fills_in(translations, coloured(text, RColor.green), command))
    if question.is_secret:
        _say_file_and_environment(tools, source, setup)
    _say_ways(tools, source, setup)


def _say_secret_in_game(tools: Tools, source: CommandSource, setup: Setup) -> None:
    question = setup.question
    assert question is not None
    reply = tools.translations.reply
    say(source, coloured(reply("command.setup.secret"), RColor.yellow))
    command = f"{tools.prefix} {NAME} for {quoted(_player(source))} "
    text = coloured(reply("command.setup.in_console", command=f"{command}{question.example}"), RColor.green)
    say(source, text)


def _say_file_and_environment(tools: Tools, source: CommandSource, setup: Setup) -> None:
    reply, command = tools.translations.reply, f"{tools.prefix} {NAME}"
    file, variable = f"{setup.channel.type}.txt", f"{setup.channel.type.upper()}_SECRET"
    values = {"path": (tools.config_path.parent / file).as_posix(), "file": f"{command} file {file}"}
    key = "command.setup.or_file_console" if source.is_console else "command.setup.or_file"
    text = coloured(reply(key, **values), RColor.gray)
    say(source, fills_in(tools.translations, text, values["file"]))
    environment = f"{command} env {variable}"
    text = coloured(reply("command.setup.or_environment", command=environment), RColor.gray)
    say(source, fills_in(tools.translations, text, environment))


def _say_ways(tools: Tools, source: CommandSource, setup: Setup) -> None:
    question = setup.question
    ways = ["skip"] if question is not None and (question.is_optional or setup.name) else []
    _say_buttons(tools, source, [*ways, "back", "cancel"])


def _say_buttons(tools: Tools, source: CommandSource, words: Sequence[str]) -> None:
    """What may be typed, each with its meaning."""
    line = RTextList()
    for word in words:
        command = f"{tools.prefix} {NAME} {word}"
        text = tools.translations.reply(f"command.setup.way.{word}")
        if source.is_console:
            say(source, RTextList("- ", command, tools.translations.after_dash(text)))
            continue
        button = fills_in(tools.translations, RTextList("[", text, "]"), command)
        line.append(RText("" if word == words[0] else "  "), button.set_color(RColor.aqua))
    if not source.is_console:
        say(source, line)


def say_doubt(tools: Tools, source: CommandSource, setup: Setup) -> None:
    """The endpoint is in the config, and its test has failed or is not confirmed: what now?"""
    reply = tools.translations.reply
    say(source, coloured(reply("command.setup.doubt", endpoint=setup.name), RColor.yellow))
    _say_buttons(tools, source, ["test", "change", "keep", "remove"])


def say_leak(tools: Tools, source: CommandSource, setup: Optional[Setup]) -> None:
    """A secret was typed where everybody reads it: it has to be replaced. It is repeated nowhere."""
    reply = tools.translations.reply
    say(source, coloured(reply("command.setup.leaked"), RColor.red))
    if setup is not None and setup.question is not None and setup.stage is Stage.ASKING and setup.question.is_secret:
        _say_secret_in_game(tools, source, setup)
    else:
        text = reply("command.setup.leaked_instead", command=f"{tools.prefix} {NAME}")
        say(source, coloured(text, RColor.yellow))


def say_pasted(tools: Tools, source: CommandSource) -> None:
    """An address or a key stands in place of a command."""
    if source.is_console:
        command = f"{tools.prefix} {NAME} "
        text = coloured(tools.translations.reply("command.setup.paste_here", command=command), RColor.yellow)
        say(source, fills_in(tools.translations, text, command))
    else:
        say_leak(tools, source, tools.setups.of(source))


def _player(source: CommandSource) -> str:
    return str(getattr(source, "player", ""))


def _purpose(channel: Type[Channel[Any]], language: str) -> str:
    """What the channel is for, in a few words: the beginning of its description."""
    match = _FIRST_PART.match(_ASIDE.sub("", _plain(channel.about[language])))
    return _UNSPACED.sub(" ", match[0]) if match else ""


def _explanation(channel: Type[Channel[Any]], language: str) -> str:
    """The first sentences about the channel: what it is for, and where its values come from, but not its options."""
    first, *others = _SENTENCE_END.split(channel.about[language])
    space = "" if language == "zh_cn" else " "
    shown = _plain(first)
    for sentence in (_plain(one) for one in others if not _ABOUT_OPTIONS.search(one)):
        if len(shown) + len(sentence) > _LONGEST_ABOUT:
            break
        shown = f"{shown}{space}{sentence}".strip()
    return shown


def _first_clause(text: str) -> str:
    return re.split("[;；]", text, maxsplit=1)[0].rstrip(".。")


def _plain(markdown: str) -> str:
    return _MARKDOWN.sub(lambda match: match[1] or "", markdown)
