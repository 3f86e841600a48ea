"""What all commands' options have in common."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from prime_notify.cli.place import Place
from prime_notify.cli.report import Report
from prime_notify.config.units import Duration

__all__ = ["Command", "Subparsers", "add_command", "add_common", "add_timeout", "duration"]

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = object

Command = Callable[[argparse.Namespace, Place], Report]

DEFAULT_FOLDER = Path("config", "prime_notify")


def add_command(commands: Subparsers, name: str, run: Command, summary: str, more: str = "") -> argparse.ArgumentParser:
    """A command that works on a data folder."""
    parser = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}. {more}")
    add_common(parser, argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def add_common(parser: argparse.ArgumentParser, default: object = None) -> None:
    """The options of every command, which may stand before its name, too."""
    suppressed = default is argparse.SUPPRESS
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        default=default if suppressed else DEFAULT_FOLDER,
        help=f"the data folder; by default {DEFAULT_FOLDER.as_posix()} below the current one",
    )
    parser.add_argument(
        "--json", action="store_true", default=default if suppressed else False, help="print JSON instead of text"
    )


def add_timeout(parser: argparse.ArgumentParser) -> None:
    """For commands that deliver."""
    parser.add_argument(
        "--timeout",
        type=duration,
        default=Duration("30s"),
        metavar="DURATION",
        help='for how long to try, such as "30s" or "2m"; what is not delivered by then stays in the outbox',
    )
    parser.add_argument("--verbose", action="store_true", help="print what happens, to the standard error output")


def duration(text: str) -> Duration:
    """As in the config."""
    try:
        return Duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
