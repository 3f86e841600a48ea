"""``status``: the state of the folder and of each endpoint, with an exit code for a monitor."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from prime_notify.cli.backup_state import UNSEEN, BackupState, backup_state
from prime_notify.cli.folder_access import FolderAccess
from prime_notify.cli.language import language_of
from prime_notify.cli.parsing import Subparsers, add_command
from prime_notify.cli.report import FAILED, OK, CliError, Report, table
from prime_notify.delivery.pacing import OPENS_AFTER
from prime_notify.loading.load import LoadedConfig
from prime_notify.model.health import Health
from prime_notify.outbox.history import History
from prime_notify.outbox.outbox import Outbox
from prime_notify.outbox.past import Past
from prime_notify.text.humanize import duration, zoned_time
from prime_notify.text.plain import one_line
from prime_notify.version import __version__

__all__ = ["add_parser"]

_REASON = 120


def add_parser(commands: Subparsers) -> None:
    add_command(
        commands,
        "status",
        _status,
        "who delivers from the folder, what waits, what was given up, how each endpoint is doing, and whether a backup "
        "is overdue",
        "Exits with 1 when something needs a person: an overdue backup, a disk that is nearly full, dead letters, an "
        "endpoint that keeps failing, something that waits for an endpoint which the config does not have, or a config "
        "that is wrong.",
    )


@dataclass(frozen=True)
class _Endpoint:
    name: str
    type: str
    enabled: bool
    configured: bool
    waiting: int
    dead: int
    health: Health
    mistake: str = ""
    """The place in the config that switches it off."""

    @property
    def is_failing(self) -> bool:
        return self.health.failures >= OPENS_AFTER

    @property
    def needs_a_person(self) -> bool:
        return bool(self.dead) or self.is_failing or (bool(self.waiting) and not self.configured)

    def state(self, now: float) -> str:
        if self.mistake:
            return f"off: mistake at {self.mistake}"
        if not self.configured:
            return "not in the config"
        if not self.enabled:
            return "switched off"
        since = self.health.failing_since
        if since is None:
            return "well" if self.health.last_success is not None else "nothing sent yet"
        failing = f"failing for {duration(max(0.0, now - since))}"
        return f"{failing}: {one_line(self.health.last_reason, _REASON)}" if self.health.last_reason else failing

    def data(self) -> Dict[str, Any]:
        known = {name: getattr(self.health, name) for name in ("failures", "failing_since", "last_success")}
        more = {"last_failure": self.health.last_failure, "last_reason": self.health.last_reason or None}
        paused = self.health.paused_until or None
        named = {name: getattr(self, name) for name in ("name", "type", "enabled", "configured", "waiting", "dead")}
        return {**named, **known, **more, "held_until": paused, "mistake": self.mistake or None}


def _status(_options: argparse.Namespace, folder: FolderAccess) -> Report:
    loaded: Optional[LoadedConfig] = None
    trouble = ""
    try:
        loaded = folder.config()
    except CliError as error:
        trouble = str(error)
    with folder.outbox() as outbox:
        kept = History(outbox.database).count() if outbox else 0
        backups = backup_state(Past(outbox.database), loaded, folder.now) if outbox else UNSEEN
        endpoints = list(_endpoints(loaded, outbox))
    problems = [trouble] if loaded is None else [problem.text(language_of(folder.path)) for problem in loaded.problems]
    enabled = loaded is not None and loaded.config.notification.enabled
    well = not problems and not any(endpoint.needs_a_person for endpoint in endpoints)
    well = well and not backups.is_overdue and not backups.low
    data = {
        "version": __version__,
        "folder": str(folder.path),
        "owner": folder.owner,
        "enabled": enabled,
        "well": well,
        "kept": kept,
        "waiting": sum(endpoint.waiting for endpoint in endpoints),
        "dead": sum(endpoint.dead for endpoint in endpoints),
        "problems": problems,
        "backups": backups.data(),
        "storage": {"low": list(backups.low)},
        "endpoints": [endpoint.data() for endpoint in endpoints],
    }
    return Report(_lines(data, endpoints, backups, folder.now), data, OK if well else FAILED)


def _endpoints(loaded: Optional[LoadedConfig], outbox: Optional[Outbox]) -> Iterator[_Endpoint]:
    waiting, dead, health = ({}, {}, {}) if outbox is None else _stored(outbox)
    names = []
    for endpoint in loaded.endpoints if loaded else ():
        name = endpoint.name
        names.append(name)
        numbers = waiting.get(name, 0), dead.get(name, 0)
        yield _Endpoint(name, endpoint.type, endpoint.config.enabled, True, *numbers, health.get(name, Health()))
    for broken in loaded.broken if loaded else ():
        numbers = (0, 0) if broken.name in names else (waiting.get(broken.name, 0), dead.get(broken.name, 0))
        names.append(broken.name)
        found = health.get(broken.name, Health())
        yield _Endpoint(broken.name, broken.type, False, True, *numbers, found, broken.problem.path)
    for name in sorted({*waiting, *dead} - {*names}):
        numbers = waiting.get(name, 0), dead.get(name, 0)
        unknown = loaded is None  # whether there is such an endpoint
        yield _Endpoint(name, "", unknown, unknown, *numbers, health.get(name, Health()))


def _stored(outbox: Outbox) -> tuple[Mapping[str, int], Mapping[str, int], Mapping[str, Health]]:
    return outbox.waiting(), outbox.dead(), History(outbox.database).health()


def _lines(data: Mapping[str, Any], endpoints: Sequence[_Endpoint], backups: BackupState, now: float) -> List[str]:
    switched = "on" if data["enabled"] else "off (notification.enabled)"
    lines = [
        f"Prime Notify {data['version']}, data folder {data['folder']}",
        f"Delivering: {data['owner'] or 'nobody; MCDReforged does not run with this folder'}",
        f"Notifications: switched {switched}; {data['kept']} kept, {data['waiting']} deliveries waiting, "
        f"{data['dead']} given up",
        backups.line,
        *(f"Disk nearly full: {path}" for path in backups.low),
        *(f"Config: {problem}" for problem in data["problems"]),
    ]
    if endpoints:
        rows = [("ENDPOINT", "TYPE", "WAITING", "GIVEN UP", "LAST SUCCESS", "STATE")]
        rows += [_row(endpoint, now) for endpoint in endpoints]
        lines += table(rows)
    if data["dead"]:
        lines.append('What was given up: "history --state dead"; "replay all" sends it again, "drop all" forgets it')
    return lines


def _row(endpoint: _Endpoint, now: float) -> tuple[str, str, str, str, str, str]:
    success = endpoint.health.last_success
    when = "-" if success is None else zoned_time(success)
    numbers = str(endpoint.waiting), str(endpoint.dead)
    return endpoint.name, endpoint.type or "-", *numbers, when, endpoint.state(now)
