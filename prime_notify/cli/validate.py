"""``validate``: what is wrong with a config, and what to write instead."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Dict, Sequence

from prime_notify.cli.folder_access import CONFIG_FILE, config_in
from prime_notify.cli.language import language_of
from prime_notify.cli.parsing import Subparsers, add_common
from prime_notify.cli.report import FAILED, OK, CliError, Report, table
from prime_notify.delivery.overview import count_in_config
from prime_notify.loading.load import ConfigError, LoadedConfig, Problem
from prime_notify.text.wording import in_language

__all__ = ["add_parser"]

_STATES = {"on": "{} on", "off": "{} off", "mistake": "{} with a mistake"}


def add_parser(commands: Subparsers) -> None:
    summary = "check a config, without touching anything"
    parser = commands.add_parser(
        "validate",
        help=summary,
        description="Check a config, without touching anything. Exits with 1 when something in it is wrong. References "
        'to secrets (${NAME}, {"file": "path"}) are looked up as MCDReforged would, started from this shell.',
    )
    parser.add_argument("config", type=Path, nargs="?", metavar="CONFIG", help=f"by default {CONFIG_FILE} in DIR")
    add_common(parser, argparse.SUPPRESS)
    parser.set_defaults(run_alone=_validate)


def _validate(options: argparse.Namespace) -> Report:
    path: Path = options.config or options.folder / CONFIG_FILE
    if not path.is_file():
        raise CliError(f"there is no file {path}")
    try:
        loaded = config_in(path)
    except ConfigError as error:
        return _report(path, error.problems, {"usable": False, "endpoints": []})
    endpoints = [
        {"name": endpoint.name, "type": endpoint.type, "enabled": endpoint.config.enabled}
        for endpoint in loaded.endpoints
    ]
    endpoints += [
        {"name": broken.name, "type": broken.type, "enabled": False, "mistake": broken.problem.path}
        for broken in loaded.broken
    ]
    enabled = loaded.config.notification.enabled
    report = _report(path, loaded.problems, {"usable": True, "enabled": enabled, "endpoints": endpoints})
    return Report([*report.lines, *_endpoint_lines(loaded)], report.data, report.code)


def _report(path: Path, problems: Sequence[Problem], more: Dict[str, Any]) -> Report:
    language = language_of(path.absolute().parent)
    listed = [
        {
            "path": in_language(problem.path, language),
            "found": in_language(problem.found, language),
            "remedy": in_language(problem.remedy, language),
            "fatal": problem.fatal,
        }
        for problem in problems
    ]
    verdict = f"{path}: problems: {len(problems)}" if problems else f"{path}: nothing is wrong"
    data = {"config": str(path), "valid": not problems, "problems": listed, **more}
    return Report([verdict, *(f"- {problem.text(language)}" for problem in problems)], data, FAILED if problems else OK)


def _endpoint_lines(loaded: LoadedConfig) -> Sequence[str]:
    switched = "on" if loaded.config.notification.enabled else "off (notification.enabled)"
    rows = [
        (endpoint.name, endpoint.type, "on" if endpoint.config.enabled else "switched off")
        for endpoint in loaded.endpoints
    ]
    rows += [(broken.name, broken.type, f"off: mistake at {broken.problem.path}") for broken in loaded.broken]
    count = count_in_config(loaded)
    states = ", ".join(_STATES[name].format(number) for name, number in count.apart.items())
    in_brackets = f" ({states})" if states else ""
    return [f"Notifications are switched {switched}; endpoints: {count.total}{in_brackets}", *table(rows)]
