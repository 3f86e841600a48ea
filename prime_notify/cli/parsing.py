"""The options that commands share."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.report import Report
from prime_notify.config.units import Duration

__all__ = ["Command", "Subparsers", "add_command", "add_common", "add_timeout", "duration"]

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]
else:
    Subparsers = object

Command = Callable[[argparse.Namespace, FolderAccess], Report]

DEFAULT_FOLDER = Path("config", "prime_notify")


def add_command(commands: Subparsers, name: str, run: Command, summary: str, more: str = "") -> argparse.ArgumentParser:
    """Add a command that works on a data folder."""
    parser = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}. {more}")
    add_common(parser, argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def add_common(parser: argparse.ArgumentParser, default: object = None) -> None:
    """Add the options of every command. They may also stand before the command's name."""
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
    """Add the options of the commands that deliver."""
    parser.add_argument(
        "--timeout",
        type=duration,
        default=Duration("30s"),
        metavar="DURATION",
        help='for how long to try, such as "30s" or "2m"; what is not delivered by then stays in the outbox',
    )
    parser.add_argument("--verbose", action="store_true", help="print what happens, to the standard error output")


def duration(text: str) -> Duration:
    """A duration as in the config."""
    try:
        return Duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
