"""A plugin that announces events as MCDReforged events: "!!emit EVENT JSON" dispatches emitter.EVENT."""

import json

from mcdreforged.api.all import GreedyText, Literal, LiteralEvent, PluginServerInterface, Text

PLUGIN_METADATA = {"id": "emitter", "version": "3.2.1"}


def on_load(server: PluginServerInterface, old: object) -> None:
    def emit(source, context) -> None:
        arguments = json.loads(context["arguments"])
        server.dispatch_event(LiteralEvent(f"emitter.{context['event']}"), tuple(arguments))

    server.register_command(Literal("!!emit").then(Text("event").then(GreedyText("arguments").runs(emit))))
