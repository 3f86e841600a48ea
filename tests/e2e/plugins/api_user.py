"""Uses the Python API: "!!api EVENT JSON" announces an event and prints what the API answers."""

import json

from mcdreforged.api.all import GreedyText, Literal, PluginServerInterface, Text

PLUGIN_METADATA = {"id": "api_user", "version": "0.0.7"}


def on_load(server: PluginServerInterface, old: object) -> None:
    def announce(source, context) -> None:
        prime_notify = server.get_plugin_instance("prime_notify")
        try:
            answer = prime_notify.notify(context["event"], json.loads(context["fields"]), plugin_id="api_user")
        except (TypeError, ValueError) as error:
            answer = f"{type(error).__name__}: {error}"
        source.reply(f"the API answered {answer}")

    server.register_command(Literal("!!api").then(Text("event").then(GreedyText("fields").runs(announce))))
