"""``!!pn endpoint add|remove|rename``: changes of the config file."""

from __future__ import annotations

from typing import List

from mcdreforged.api.command import CommandContext, Literal, QuotableText
from mcdreforged.api.rtext import RColor
from mcdreforged.api.types import CommandSource

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.loading.edit import Change, remove_endpoint, rename_endpoint
from prime_notify.mcdr.commands.arguments import endpoint_names
from prime_notify.mcdr.commands.command import Command
from prime_notify.mcdr.commands.config_changes import change_config
from prime_notify.mcdr.commands.hints import say_unreadable
from prime_notify.mcdr.commands.setup import OWNER, choice_node
from prime_notify.mcdr.commands.setup_steps import SetupSteps
from prime_notify.mcdr.commands.tools import Tools
from prime_notify.mcdr.rich_text import coloured, fills_in, quoted, say

__all__ = ["ENDPOINT"]

_NAME = "endpoint"


def _build(node: Literal, tools: Tools) -> None:
    def names(source: CommandSource) -> List[str]:
        return endpoint_names(tools, source)

    def remove(source: CommandSource, context: CommandContext) -> None:
        _remove(tools, source, context["endpoint"], confirmed=False)

    def confirm(source: CommandSource, context: CommandContext) -> None:
        _remove(tools, source, context["endpoint"], confirmed=True)

    def rename(source: CommandSource, context: CommandContext) -> None:
        _rename(tools, source, context["endpoint"], context["name"].strip())

    node.then(Literal("add").then(choice_node(tools, SetupSteps(tools))))
    removed = QuotableText("endpoint").suggests(names).runs(remove).then(Literal("confirm").runs(confirm))
    node.then(Literal("remove").then(removed))
    every = lambda source: [*names(source), *_left_behind(tools)]  # noqa: E731
    new_name = QuotableText("name").suggests(names).runs(rename)
    renamed = QuotableText("endpoint").suggests(every).then(new_name)
    node.then(Literal("rename").then(renamed))


def _remove(tools: Tools, source: CommandSource, name: str, *, confirmed: bool) -> None:
    say_unreadable(tools, source)
    reply = tools.translations.reply
    state = next((one for one in tools.engine.overview().endpoints if one.name == name and not one.orphaned), None)
    waiting = state.waiting if state is not None else 0
    if waiting and not confirmed:
        command = f"{tools.prefix} {_NAME} remove {quoted(name)} confirm"
        text = reply("command.endpoint.remove_ask", endpoint=name, count=waiting, command=command)
        say(source, fills_in(tools.translations, coloured(text, RColor.yellow), command))
        return
    change = change_config(tools, source, lambda text: remove_endpoint(text, name))
    if change is None:
        return
    tools.alerts.withdraw(name)
    say(source, coloured(reply("command.endpoint.removed", endpoint=name), RColor.green))
    if waiting:
        say(source, coloured(reply("command.endpoint.left_behind", endpoint=name, count=waiting), RColor.yellow))
    _say_references(tools, source, name, change)


def _say_references(tools: Tools, source: CommandSource, name: str, change: Change) -> None:
    reply = tools.translations.reply
    if change.fallback_of:
        users = tools.translations.listed(change.fallback_of)
        say(source, coloured(reply("command.endpoint.no_fallback", endpoint=name, endpoints=users), RColor.yellow))
    if change.group_removed:
        say(source, coloured(reply("command.endpoint.group_removed", group=change.group_removed), RColor.yellow))
    elif change.group_left:
        say(source, coloured(reply("command.endpoint.group_left", group=change.group_left), RColor.yellow))


def _rename(tools: Tools, source: CommandSource, old: str, new: str) -> None:
    say_unreadable(tools, source)
    reply = tools.translations.reply
    longest = next(one.max_length for one in EndpointConfig.model_fields["name"].metadata if hasattr(one, "max_length"))
    if not new or not new.isprintable() or len(new) > longest:
        say(source, coloured(reply("command.endpoint.bad_name", most=longest), RColor.red))
        return
    tools.engine.catch_up()  # what happened before is stored under the old name, and moves with it
    if old in _left_behind(tools) and new in endpoint_names(tools, source):  # it was renamed in the file, by hand
        tools.reload([(old, new)])
        _say_moved(tools, source, new)
        return
    change = change_config(tools, source, lambda text: rename_endpoint(text, old, new), [(old, new)])
    if change is None:
        return
    tools.alerts.withdraw(old)
    tools.setups.rename(old, new)
    say(source, coloured(reply("command.endpoint.renamed", old=old, new=new), RColor.green))
    if change.fallback_of:
        users = tools.translations.listed(change.fallback_of)
        say(source, coloured(reply("command.endpoint.fallback_follows", endpoints=users), RColor.gray))
    _say_moved(tools, source, new)


def _say_moved(tools: Tools, source: CommandSource, name: str) -> None:
    waiting = sum(one.waiting for one in tools.engine.overview().endpoints if one.name == name)
    if waiting:
        text = tools.translations.reply("command.endpoint.waits_moved", count=waiting, endpoint=name)
        say(source, coloured(text, RColor.green))


def _left_behind(tools: Tools) -> List[str]:
    """The endpoints that are not in the config any more, and have something waiting."""
    return [one.name for one in tools.engine.overview().endpoints if one.orphaned]


ENDPOINT = Command(_NAME, "add <service> | remove <endpoint> | rename <endpoint> <name>", lambda _permission: OWNER,
                   _build)  # fmt: skip
