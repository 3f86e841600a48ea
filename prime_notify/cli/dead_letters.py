"""``replay`` and ``drop``: send dead letters again, or drop them for good."""

from __future__ import annotations

import argparse
from typing import Dict, Optional, Sequence, Set

from prime_notify.cli.delivery_run import Awaited, delivery_run, outcome_report
from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.history import find_one
from prime_notify.cli.parsing import Subparsers, add_command, add_timeout
from prime_notify.cli.report import FAILED, CliError, Report
from prime_notify.outbox.history import History
from prime_notify.outbox.values import State

__all__ = ["add_parser"]

_ALL = "all"
_AT_ONCE = 0.0
"""A due time before all others, whatever clock the running process has."""
_PAGE = 500


def add_parser(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "replay",
        _replay,
        "send again what was given up",
        "While MCDReforged runs with the folder, it does the sending. Otherwise this command does, and exits with 1 "
        "when something was not delivered.",
    )
    parser.add_argument("id", metavar="ID|all", help="a notification's id, the end of it, or all")
    add_timeout(parser)
    parser = add_command(commands, "drop", _drop, "forget what was given up")
    parser.add_argument("id", metavar="ID|all", help="a notification's id, the end of it, or all")


def _dead(history: Optional[History], id: str) -> Dict[str, Set[str]]:
    """The endpoints with a dead letter, by notification id. Raises :class:`CliError` for an id that has none."""
    found: Dict[str, Set[str]] = {}
    if id == _ALL and history is not None:
        records = history.page(_PAGE, state=State.DEAD)
        while records:
            for record in records:
                found[record.id] = {one.endpoint for one in record.deliveries if one.state is State.DEAD}
            records = history.page(_PAGE, skip=len(found), state=State.DEAD)
    elif id != _ALL:
        record = find_one(history, id)
        names = {one.endpoint for one in record.deliveries if one.state is State.DEAD}
        found = {record.id: names} if names else {}
        if not found:
            raise CliError(f"nothing of {record.id} was given up", FAILED)
    return found


def _replay(options: argparse.Namespace, folder: FolderAccess) -> Report:
    with folder.history() as history:
        dead = _dead(history, options.id)
    if not dead:
        return _nothing()
    if folder.owner is not None:
        return _leave_it_to_the_owner(folder, options.id, dead)
    loaded = folder.config()
    with delivery_run(folder, loaded, verbose=options.verbose) as run:
        if run is not None:
            for id in _each(options.id, dead):
                run.engine.dead_letters.replay(id)
            run.wait(dead, float(options.timeout))
    if run is None:
        return _leave_it_to_the_owner(folder, options.id, dead)
    return outcome_report(folder, loaded, dead, notifications=len(dead))


def _each(id: str, dead: Awaited) -> Sequence[Optional[str]]:
    """The arguments for the outbox: each id, or None for all of them in one transaction."""
    return [None] if id == _ALL else list(dead)


def _leave_it_to_the_owner(folder: FolderAccess, id: str, dead: Dict[str, Set[str]]) -> Report:
    with folder.outbox() as outbox:
        assert outbox is not None
        for one in _each(id, dead):
            outbox.replay(one, at=_AT_ONCE)
    owner = folder.owner or "another process"
    names = sorted(set().union(*dead.values()))
    text = f"{owner} delivers from this folder: it tries again within seconds at {', '.join(names)}"
    return Report([text], {"owner": owner, "notifications": len(dead), "endpoints": [{"endpoint": n} for n in names]})


def _drop(options: argparse.Namespace, folder: FolderAccess) -> Report:
    with folder.outbox() as outbox:
        dead = _dead(History(outbox.database) if outbox else None, options.id)
        if outbox is None or not dead:
            return _nothing()
        count = sum(outbox.drop(one, at=folder.now) for one in _each(options.id, dead))
    return Report([f"dropped: {count}"], {"dropped": count, "notifications": len(dead)})


def _nothing() -> Report:
    return Report(["nothing was given up"], {"notifications": 0})
