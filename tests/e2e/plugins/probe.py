"""Lets a test look into an MCDReforged process, from its console, and hears what Prime Notify dispatches."""

import functools
import json
import threading

from mcdreforged.api.all import Literal, PluginServerInterface

PLUGIN_METADATA = {"id": "probe", "version": "1.0.0"}

EVENTS = [f"{task}_{status}" for task in ("backup", "restore") for status in ("start", "success", "failure", "aborted")]


def on_load(server: PluginServerInterface, old: object) -> None:
    server.register_command(Literal("!!probe").then(Literal("threads").runs(say_threads)))
    for event in EVENTS:
        server.register_event_listener(f"prime_notify.{event}", functools.partial(heard, event))


def say_threads(source) -> None:
    source.reply("threads: " + ", ".join(sorted(thread.name for thread in threading.enumerate())))


def heard(event: str, server: PluginServerInterface, payload: dict) -> None:
    server.logger.info("heard %s %s", event, json.dumps(payload))
