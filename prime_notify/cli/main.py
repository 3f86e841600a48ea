"""The command line: its commands, their output, and the exit code."""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import os
import sys
from pathlib import Path
from typing import Optional, Sequence

from prime_notify.cli import dead_letters, history, send, status, summary, validate
from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.parsing import add_common
from prime_notify.cli.report import CliError, Report
from prime_notify.version import __version__

__all__ = ["main"]

_INTERRUPTED = 130
_NOBODY_READS = (errno.EPIPE, errno.EINVAL)
"""The errors of a pipe whose reader has closed it; the second one on Windows."""

_EPILOG = """\
exit codes:
  0  all is well
  1  something is not: dead letters, a failing endpoint, something undelivered, a config that is wrong, an unknown id
  2  it could not be tried: a mistake in the command, or a folder that cannot be used

Times in JSON are unix seconds. Secrets are never printed.
"""


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run one command. Returns its exit code. Errors go to the standard error output, with ``--json`` to both."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError):  # something that replaces it may not have this
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    options = _parser().parse_args(arguments)
    try:
        report = _run(options)
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return _INTERRUPTED
    try:
        _print(options, report)
    except OSError as error:
        if error.errno not in _NOBODY_READS:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing may be flushed at exit
    return report.code


def _run(options: argparse.Namespace) -> Report:
    try:
        if hasattr(options, "run_alone"):
            report: Report = options.run_alone(options)
        else:
            report = options.run(options, FolderAccess(options.folder))
    except CliError as error:
        sys.stderr.write(f"{error}\n")
        return Report([], {"error": str(error)}, error.code)
    return report


def _print(options: argparse.Namespace, report: Report) -> None:
    # plain ASCII can be read whatever the encoding of the pipe is
    lines = [json.dumps(report.data, indent=2)] if options.json else report.lines
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    name = Path(sys.argv[0]).name
    parser = argparse.ArgumentParser(
        prog="python -m prime_notify" if name in ("__main__.py", "-m", "-c", "") else f"python {name}",
        description="Prime Notify without MCDReforged: look into its data folder, send, and check a config.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"Prime Notify {__version__}")
    add_common(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for module in (status, summary, history, dead_letters, send, validate):
        module.add_parser(commands)
    return parser
