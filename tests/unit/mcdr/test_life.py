"""One life of the plugin: it is loaded on a thread of its own, and cleans up whatever happens meanwhile.

``tests/e2e/test_loading.py`` shows the same in a real MCDReforged.
"""

from __future__ import annotations

import importlib
import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Callable, Dict, Iterator, List, Tuple

import pytest

from prime_notify.config.models import ConfigDocument
from prime_notify.mcdr import life as life_module
from prime_notify.mcdr.life import STEPS, Life
from prime_notify.model.event import Event, EventName
from prime_notify.outbox.database import Database
from prime_notify.outbox.errors import OutboxError
from prime_notify.outbox.opening import OUTBOX_FILE
from tests.support.console import Console
from tests.support.mcdr import PROJECT

EVENT = Event(EventName.BACKUP_FAILURE, "mine", "1.0", {"cost_s": 1})
SECRET = "s3cret-in-a-message"


class Server(Console):
    """The server interface as the whole plugin uses it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.help_lines: List[Any] = []
        self.listeners: Dict[str, List[Callable[..., Any]]] = {}
        self.taken = threading.Event()

    def get_self_metadata(self) -> Any:
        return SimpleNamespace(id="prime_notify", version="1.2.3", link=None)

    def get_data_folder(self) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        return str(self.folder)

    def load_config_simple(self, name: str, **_: Any) -> ConfigDocument:
        return ConfigDocument(json.loads((self.folder / name).read_text(encoding="utf-8")))

    def is_server_running(self) -> bool:
        return True

    def get_all_metadata(self) -> Dict[str, Any]:
        return {}

    def get_plugin_metadata(self, plugin_id: str) -> Any:
        return None

    def register_event_listener(self, event: str, callback: Callable[..., Any]) -> None:
        self.listeners.setdefault(event, []).append(callback)

    def dispatch_event(self, *_: Any, **__: Any) -> None: ...

    def register_help_message(self, *line: Any) -> None:
        self.help_lines.append(line)

    def tr(self, key: str, **values: Any) -> str:
        return str(self.rtr(key, **values))

    def schedule_task(self, task: Callable[[], Any]) -> None:
        super().schedule_task(task)
        self.taken.set()

    def run_tasks_until_ended(self, life: Life) -> None:
        """What the task executor does until the loading thread has ended."""
        while life.thread.is_alive():
            self.taken.wait(0.01)
            self.run_tasks()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.chdir(tmp_path)
    return Server(tmp_path / "config" / "prime_notify")


@pytest.fixture
def lives() -> Iterator[List[Life]]:
    begun: List[Life] = []
    yield begun
    for life in begun:
        life.stop()
        life.thread.join()


def begin(server: Server, lives: List[Life], *args: Any) -> Life:
    interface: Any = server
    life = Life(interface, *args)
    lives.append(life)
    life.start()
    return life


def hold(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """``act`` is called before a step in the middle."""

    def import_module(name: str) -> Any:
        if name == STEPS[4]:
            act()
        return sys.modules.get(name) or importlib.__import__(name)

    monkeypatch.setattr(life_module, "importlib", SimpleNamespace(import_module=import_module))


def held(monkeypatch: pytest.MonkeyPatch) -> Tuple[threading.Event, threading.Event]:
    """The loading stands in the middle. Set when it has come there; to be set to let it go on."""
    reached, go = threading.Event(), threading.Event()

    def act() -> None:
        reached.set()
        go.wait(60)

    hold(monkeypatch, act)
    return reached, go


def stored(folder: Path) -> List[str]:
    database = Database(folder / OUTBOX_FILE)
    try:
        return [row[0] for row in database.read("SELECT id FROM inbox")]
    finally:
        database.close()


def test_starts_and_stops(server: Server, lives: List[Life], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    life = begin(server, lives, ["Steve"])
    server.run_tasks_until_ended(life)
    assert server.type("!!pn")[0] == "Prime Notify 1.2.3"
    assert caplog.messages[-1] == "Notifications are switched off (notification.enabled); endpoints: 0"
    assert life.stop() == {"Steve"}
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("prime_notify-")] == []


def test_what_the_watch_tells_is_logged_although_no_endpoint_gets_it(
    server: Server, lives: List[Life], caplog: pytest.LogCaptureFixture
) -> None:
    server.folder.mkdir(parents=True)
    (server.folder / "config.json").write_text('{"notification": {"enabled": true}}', encoding="utf-8")
    life = begin(server, lives)
    server.run_tasks_until_ended(life)
    life.reception.accept(Event(EventName.BACKUP_OVERDUE, "mine", fields={"message": "Nobody was online"}))
    server.type("!!pn")  # it shows what was accepted so far
    assert "Backup overdue: Nobody was online. !!pn watch shows more. No endpoint gets this event" in caplog.messages


def test_a_stop_in_the_middle_ends_the_loading_and_stores_the_events(
    server: Server, lives: List[Life], monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, go = held(monkeypatch)
    life = begin(server, lives)
    id = life.reception.accept(EVENT)
    assert reached.wait(60)
    threading.Timer(0.05, go.set).start()
    life.stop()
    assert not life.thread.is_alive()
    assert stored(server.folder) == [id]
    assert life.reception.accept(EVENT) is None


def test_a_stop_that_waits_in_vain_leaves_the_cleaning_up_to_the_thread(
    server: Server, lives: List[Life], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reached, go = held(monkeypatch)
    monkeypatch.setattr(life_module, "_PATIENCE", 0.0)
    former = begin(server, lives)
    assert reached.wait(60)
    former.stop()
    assert "Prime Notify was unloaded before it had started" in caplog.text
    server.unload("prime_notify")  # as MCDReforged does
    next_one = begin(server, lives, (), former.thread)
    id = former.reception.accept(EVENT)  # its engine will never be
    assert next_one.thread.is_alive()
    monkeypatch.setattr(life_module, "importlib", importlib)
    go.set()
    server.run_tasks_until_ended(next_one)
    assert not former.thread.is_alive()
    assert server.type("!!pn")[0] == "Prime Notify 1.2.3"
    assert stored(server.folder) == [id]  # it waits there, as notifications are switched off


@pytest.mark.parametrize("error", [ValueError(SECRET), OSError(28, "No space left on device"), ImportError("torn")])
def test_a_failure_is_said_without_a_secret_and_keeps_the_events(
    server: Server,
    lives: List[Life],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    told: List[str] = []

    def fail() -> None:
        raise error

    hold(monkeypatch, fail)
    interface: Any = server
    life = Life(interface, on_failure=lambda: told.append("failed"))
    lives.append(life)
    id = life.reception.accept(EVENT)
    life.start()
    server.run_tasks_until_ended(life)
    server.run_tasks()
    assert told == ["failed"]
    assert "Prime Notify could not start, so nothing is sent" in caplog.text
    assert "!!MCDR plugin reload prime_notify" in caplog.text
    assert SECRET not in caplog.text
    assert server.type("!!pn")[0].startswith("Prime Notify could not start")
    assert stored(server.folder) == [id]


def test_an_error_of_the_part_on_the_task_executor_is_a_failure_too(
    server: Server, lives: List[Life], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("no commands")

    monkeypatch.setattr("prime_notify.mcdr.service.add_commands", fail)
    life = begin(server, lives)
    server.run_tasks_until_ended(life)
    server.run_tasks()
    assert "could not start, so nothing is sent: RuntimeError" in caplog.text
    assert server.type("!!pn")[0].startswith("Prime Notify could not start")


def test_an_event_that_a_source_reports_after_the_stop_is_stored(server: Server, lives: List[Life]) -> None:
    life = begin(server, lives)
    server.run_tasks_until_ended(life)
    life.stop()
    life.sources._report(EVENT)
    assert len(stored(server.folder)) == 1


def test_a_late_event_goes_to_the_next_instance_if_there_is_one(server: Server, lives: List[Life]) -> None:
    life = begin(server, lives)
    server.run_tasks_until_ended(life)
    life.stop()
    heard: List[Any] = []
    server.instances["prime_notify"] = SimpleNamespace(
        is_running=lambda: True, notify=lambda *args, **named: heard.append((args, named))
    )
    life.sources._report(EVENT)
    assert heard == [(("backup_failure", {"cost_s": 1}), {"plugin_id": "mine", "plugin_version": "1.0"})]


def test_a_late_event_that_cannot_be_stored_is_said(
    server: Server, lives: List[Life], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> None:
        raise OutboxError("disk full")

    monkeypatch.setattr("prime_notify.mcdr.late_events.leave_events", refuse)
    life = begin(server, lives)
    server.run_tasks_until_ended(life)
    life.stop()
    life.sources._report(EVENT)
    assert "could not be stored: backup_failure of mine: disk full" in caplog.text


def test_before_anything_is_loaded_mcdreforged_translates_and_late_events_are_kept(server: Server) -> None:
    interface: Any = server
    life = Life(interface)
    assert life._text("log.still_loading").startswith("Prime Notify was unloaded")
    assert life._text("log.stopping", seconds=1) == "Waiting up to 1 second for attempts under way"
    life._take_late(EVENT)
    assert [event for event, _ in life.reception.close()] == [EVENT]
    assert life.stop() == frozenset()  # it was never started


LIGHT = """
import json, sys
import mcdreforged.api.all
for library in ("jinja2", "apprise", "cryptography", "Crypto", "socks"):
    sys.modules[library] = None  # as if it were not installed: its import fails
before = set(sys.modules)
import prime_notify.mcdr.life
print(json.dumps(sorted(name for name in set(sys.modules) - before)))
for step in prime_notify.mcdr.life.STEPS[:-1]:
    __import__(step)
before = set(sys.modules)
__import__(prime_notify.mcdr.life.STEPS[-1])
print(json.dumps(sorted(name for name in set(sys.modules) - before)))
"""


def test_on_load_imports_little_no_step_imports_much_and_none_needs_an_optional_library() -> None:
    run = [sys.executable, "-c", LIGHT]
    done = subprocess.run(run, cwd=PROJECT, capture_output=True, text=True, check=True, timeout=120)
    early, last = map(json.loads, done.stdout.splitlines())
    assert "prime_notify.config.models" not in early
    assert "sqlite3" not in early
    assert len(early) <= 64  # each costs a millisecond or two of the task executor
    assert len(last) <= 60
