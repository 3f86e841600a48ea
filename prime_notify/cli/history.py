"""``history`` and ``show``: the notifications, their deliveries, and the results."""

from __future__ import annotations

import argparse
from typing import List, Optional

from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.parsing import Subparsers, add_command
from prime_notify.cli.record_text import delivery_text, fact_lines, headline, notification_data, try_lines
from prime_notify.cli.report import FAILED, CliError, Report
from prime_notify.outbox.history import History, NotificationRecord
from prime_notify.outbox.values import State

__all__ = ["add_parser", "find_one"]


def add_parser(commands: Subparsers) -> None:
    parser = add_command(commands, "history", _history, "the notifications that are kept, the newest first")
    parser.add_argument("page", type=_number, nargs="?", default=1, metavar="N", help="the page; 1 is the newest")
    parser.add_argument("--size", type=_number, default=10, metavar="COUNT", help="how many a page has; 10 by default")
    states = [state.value for state in State]
    parser.add_argument("--state", choices=states, help='only those with such a delivery, such as "dead"')
    parser = add_command(commands, "show", _show, "all there is to know of one notification, every try included")
    parser.add_argument("id", metavar="ID", help="its id, or the end of it as far as there is only one")


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text):
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 on")


def _history(options: argparse.Namespace, folder: FolderAccess) -> Report:
    state = State(options.state) if options.state else None
    size, page = options.size, options.page
    with folder.history() as history:
        total = history.count(state) if history else 0
        records = history.page(size, skip=(page - 1) * size, state=state) if history else []
    pages = -(-total // size)
    lines: List[str] = []
    now = folder.now
    for record in records:
        lines.append(headline(record))
        lines += [f"    {delivery_text(delivery, now)}" for delivery in record.deliveries]
    lines.append(f"page {page} of {pages}, {total} in all" if total else "nothing yet")
    data = {"total": total, "page": page, "pages": pages, "notifications": [notification_data(one) for one in records]}
    return Report(lines, data)


def _show(options: argparse.Namespace, folder: FolderAccess) -> Report:
    with folder.history() as history:
        record = find_one(history, options.id)
    lines = [headline(record), *(f"  {line}" for line in fact_lines(record))]
    now = folder.now
    for delivery in record.deliveries:
        lines.append(delivery_text(delivery, now))
        lines += [f"    {line}" for one in delivery.tries for line in try_lines(one)]
    if not record.deliveries:
        lines.append("no endpoint wanted it")
    return Report(lines, notification_data(record, whole=True))


def find_one(history: Optional[History], id: str) -> NotificationRecord:
    """The one notification whose id is ``id`` or ends with it. Raises :class:`CliError` for none and for several."""
    found = history.find(id.lstrip("….")) if history else []
    if not found:
        raise CliError(f'there is no notification whose id is or ends with "{id}"', FAILED)
    if len(found) > 1:
        some = ", ".join(record.id for record in found)
        raise CliError(f'more than one id ends with "{id}", such as {some}', FAILED)
    return found[0]
