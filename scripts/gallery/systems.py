"""Cards of messages to programs and monitoring, made from their requests."""

from __future__ import annotations

import json
from typing import Any, List
from urllib.parse import parse_qsl, urlsplit

from prime_notify.engine.request_preview import preview_of
from prime_notify.model.request import AnyRequest, AppriseRequest, CommandRequest, Request
from scripts.gallery.card import Card, escape, lines

__all__ = ["alertmanager", "anything", "apprise", "command", "healthchecks", "uptime_kuma", "webhook"]

_HIDDEN_FROM_PICTURES = ("body", "desp")  # long, and the same as everywhere
_LINE = 62  # characters that fit
_VARIABLES = ("PRIME_NOTIFY_EVENT", "PRIME_NOTIFY_BACKUP_ID", "PRIME_NOTIFY_ERROR_MESSAGE", "PRIME_NOTIFY_TITLE")
_SIGNALS = {"start": ("started", "#3b82f6"), "fail": ("failure", "#e01e5a"), "log": ("log", "#888888")}


def webhook(request: Request) -> Card:
    """The payload, with its longest texts cut."""
    document = json.loads(request.body)
    for name in _HIDDEN_FROM_PICTURES:
        if name in document:
            document[name] = document[name].split("\n")[0] + "\n…"
    return Card("console", title=f"{request.method} /hook", body=f"<pre>{escape(_readable(document))}</pre>")


def _readable(value: Any, margin: str = "", before: str = "") -> str:
    """JSON in which an object or a list that does not fit on a line has a line for each member: nothing is cut in a
    word."""
    line = margin + before + json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or (margin and len(line) < _LINE):
        return line
    if isinstance(value, list):
        items = [_readable(inner, f"{margin}  ") for inner in value]
        return f"{margin}{before}[\n" + ",\n".join(items) + f"\n{margin}]"
    members = [_readable(inner, f"{margin}  ", f"{json.dumps(name)}: ") for name, inner in value.items()]
    return f"{margin}{before}{{\n" + ",\n".join(members) + f"\n{margin}}}"


def anything(request: AnyRequest) -> Card:
    """The request, as ``!!pn preview`` shows it."""
    first, *rest = preview_of(request, lambda text: text)
    text = "\n".join(rest)
    return Card("console", title=escape(first), body=f"<pre>{escape(text)}</pre>")


def healthchecks(request: Request) -> Card:
    """One line of the check's log. The path of the ping names its kind."""
    kind = request.url.partition("?")[0].rpartition("/")[2]
    label, tone = _SIGNALS.get(kind, ("OK", "#22bc66"))
    return Card("checks", title=label, body=lines(request.body.decode("utf-8")), tone=tone)


def uptime_kuma(request: Request) -> Card:
    """A line of the monitor's list of events. Where only the server is looked for, there is none."""
    pushed = dict(parse_qsl(urlsplit(request.url).query))
    if not pushed:
        return Card("checks", title="no push")
    tone = "#5cdd8b" if pushed["status"] == "up" else "#dc3545"
    return Card("checks", title=pushed["status"].title(), body=lines(pushed["msg"]), tone=tone)


def alertmanager(alerts: List[Any]) -> Card:
    """The first alert: its labels and annotations, and whether it fires. A start makes no alert."""
    if not alerts:
        return Card("alert", title="no alert")
    alert = alerts[0]
    resolved = alert.get("endsAt") == alert["startsAt"]
    chips = "".join(f"<code>{escape(name)}={escape(value)}</code>" for name, value in alert["labels"].items())
    return Card(
        "alert",
        title="resolved" if resolved else "firing",
        lead=chips,
        body=f"<b>{escape(alert['annotations']['summary'])}</b><br>{lines(alert['annotations']['description'])}",
        tone="#2eb67d" if resolved else "#e01e5a",
    )


def command(request: CommandRequest) -> Card:
    """The call, a few of the variables, and the beginning of the standard input."""
    shown = [f"{name}={request.environment[name]}" for name in _VARIABLES if name in request.environment]
    beginning = request.stdin.decode("utf-8").partition(',"task"')[0]
    text = "\n".join([*shown, "…", "", "stdin:", f"{beginning},…"])
    return Card("console", title="$ " + escape(" ".join(request.argv)), body=f"<pre>{escape(text)}</pre>")


def apprise(request: AppriseRequest) -> Card:
    """A push, since the example sends to Pushover."""
    return Card("push pushover", title=escape(request.title), body=lines(request.body))
