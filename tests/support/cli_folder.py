"""A data folder, and the command line on it."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator, List, Mapping
from unittest import mock

from prime_notify.cli.main import main
from prime_notify.cli.record_text import catalogue
from prime_notify.engine import housekeeping
from prime_notify.engine.engine import Engine
from prime_notify.loading.load import load_config
from tests.support.archive import Archive
from tests.support.receiver import Receiver

__all__ = ["SECRET", "Folder", "Said", "hook"]

SECRET = "k3y-in-the-path"


def hook(receiver: Receiver, name: str = "phone", **options: Any) -> Mapping[str, Any]:
    """A webhook endpoint with a secret in its address, whose requests go to ``/<name>/…``."""
    return {"name": name, "url": receiver.url(f"/{name}/{SECRET}"), **options}


@dataclass(frozen=True)
class Said:
    """The output of a command. ``errors``: the standard error output."""

    code: int
    out: str
    errors: str

    @property
    def lines(self) -> List[str]:
        return self.out.splitlines()

    @property
    def data(self) -> Any:
        return json.loads(self.out)


class Folder:
    """The command line runs on it. Nothing that it prints may hold the secret."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def configure(self, *endpoints: Mapping[str, Any], enabled: bool = True, **sections: Any) -> Any:
        document = {"notification": {"enabled": enabled, "endpoints": list(endpoints)}, **sections}
        (self.path / "config.json").write_text(json.dumps(document), encoding="utf-8")
        return document

    @contextlib.contextmanager
    def archive(self) -> Iterator[Archive]:
        """The outbox, for a test that writes a past into it."""
        archive = Archive(self.path)
        try:
            yield archive
        finally:
            archive.close()

    @contextlib.contextmanager
    def owned(self, document: Any) -> Iterator[Engine]:
        """While another engine, such as MCDReforged's, delivers from the folder."""
        loaded = load_config(document, environ={}, base_dir=self.path)
        log = logging.getLogger("test.owner")
        engine = Engine(loaded, data_dir=self.path, catalogue=catalogue(), log=log)
        with mock.patch.object(housekeeping, "_INTERVAL", 0.05):  # of its check for events of other processes
            engine.start()
            try:
                yield engine
            finally:
                engine.stop(5.0)

    def run(self, *arguments: str) -> Said:
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                code = main([arguments[0], "--folder", str(self.path), *arguments[1:]])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else -1
        assert SECRET not in out.getvalue() + errors.getvalue()
        return Said(code, out.getvalue(), errors.getvalue())
