"""Alertmanager's real server, where it is installed (Debian: prometheus-alertmanager): alerts fire and resolve."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

import pytest

from prime_notify.model.notification import Message
from prime_notify.model.outcome import Delivered, Outcome, Permanent
from prime_notify.model.response import Response
from prime_notify.transport.http import HttpTransport
from tests.support.hostile import HOSTILE
from tests.support.messages import channel, composed
from tests.support.receiver import Receiver, Recorded, unused_port

PROGRAM = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
CONFIG = """
route: {{receiver: us, group_by: ["..."], group_wait: 1ms, group_interval: 1ms, repeat_interval: 1h}}
receivers: [{{name: us, webhook_configs: [{{url: "{url}", send_resolved: true}}]}}]
"""

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="needs Alertmanager: apt-get install prometheus-alertmanager")


class Server:
    """Alertmanager on a port of its own; what it notifies of comes to ``receiver``."""

    def __init__(self, folder: Path, receiver: Receiver) -> None:
        self.receiver = receiver
        self.url = f"http://127.0.0.1:{unused_port()}"
        config = folder / "alertmanager.yml"
        config.write_text(CONFIG.format(url=receiver.url()), encoding="utf-8")
        arguments = [
            f"--config.file={config}", f"--storage.path={folder / 'data'}", "--cluster.listen-address=",
            f"--web.listen-address={self.url[len('http://') :]}",
        ]  # fmt: skip
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([PROGRAM or "", *arguments], stdout=log, stderr=subprocess.STDOUT)

    def wait_until_ready(self, timeout: float = 20) -> None:
        deadline = time.monotonic() + timeout
        while not self._is_ready():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.02)

    def alerts(self, server: str) -> List[Dict[str, Any]]:
        """What it holds as firing for a Minecraft server of this name."""
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts", timeout=10) as answer:
            return [alert for alert in json.load(answer) if alert["labels"].get("server") == server]

    def notified(self, status: str, server: str) -> Dict[str, Any]:
        """Waits for its notification of this status, and gives the first alert in it."""

        def is_it(request: Recorded) -> bool:
            told = request.json()
            return told["status"] == status and told["commonLabels"].get("server") == server

        requests = self.receiver.wait_for(lambda got: any(map(is_it, got)))
        return next(request.json()["alerts"][0] for request in requests if is_it(request))

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=10):
                return True
        except OSError:
            return False


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Receiver() as receiver:
        started = Server(tmp_path_factory.mktemp("alertmanager"), receiver)
        try:
            started.wait_until_ready()
            yield started
        finally:
            started.process.kill()
            started.process.wait()


def told(event: str, name: str, **fields: Any) -> Message:
    now = time.time()
    return composed(
        event, server={"running": True, "name": name}, timestamp={"unix": now, "iso": ""}, now=now, **fields
    )


def post(server: Server, message: Message, more: Optional[Dict[str, Any]] = None) -> Outcome:
    sender = channel("alertmanager", **{"url": server.url, "traceback": True, **(more or {})})
    transport = HttpTransport()
    try:
        response = transport.send(sender.render(message), timeout=10)
    finally:
        transport.close()
    assert isinstance(response, Response), response
    return sender.judge(response)


def test_a_failure_fires_and_the_next_success_resolves_it(server: Server) -> None:
    error = {"type": "OSError", "message": "disk full"}
    assert post(server, told("backup_start", "one")) == Delivered(200)
    assert post(server, told("backup_failure", "one", error=error)) == Delivered(200)
    [alert] = server.alerts("one")
    assert alert["status"]["state"] in ("active", "unprocessed")
    assert alert["labels"] == {
        "alertname": "MinecraftBackupProblem", "severity": "critical", "server": "one", "task": "backup",
        "plugin": "prime_backup",
    }  # fmt: skip
    assert alert["annotations"]["summary"].startswith("❌ Backup failed")
    assert "OSError: disk full" in alert["annotations"]["description"]
    assert server.notified("firing", "one")["annotations"] == alert["annotations"]

    assert post(server, told("restore_success", "one")) == Delivered(200)
    assert len(server.alerts("one")) == 1, "a restore resolves no backup's alert"
    assert post(server, told("backup_success", "one", backup={"id": 8})) == Delivered(200)
    assert server.alerts("one") == []
    assert server.notified("resolved", "one")["annotations"]["summary"].startswith("✅ Backup #8 done")


def test_an_alert_lasts_beyond_the_servers_own_time_out(server: Server) -> None:
    post(server, told("backup_failure", "lasting"), {"alertmanager": {"lasts": "3d"}})
    [alert] = server.alerts("lasting")
    ends = datetime.datetime.strptime(alert["endsAt"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
    assert ends - time.time() == pytest.approx(3 * 86_400, abs=60)


def test_one_success_resolves_what_failed_and_what_was_aborted(server: Server) -> None:
    post(server, told("backup_aborted", "both"))
    post(server, told("backup_failure", "both"))
    assert sorted(alert["labels"]["severity"] for alert in server.alerts("both")) == ["critical", "warning"]
    post(server, told("backup_success", "both"))
    assert server.alerts("both") == []


def test_a_success_with_warnings_leaves_a_warning(server: Server) -> None:
    post(server, told("restore_failure", "partly"))
    post(server, told("restore_success", "partly", severity="warning"))
    assert [alert["labels"]["severity"] for alert in server.alerts("partly")] == ["warning"]


def test_a_test_neither_resolves_nor_repeats_the_real_thing(server: Server) -> None:
    post(server, told("backup_failure", "tested"))
    post(server, told("backup_failure", "tested", test=True))
    assert len(server.alerts("tested")) == 2
    post(server, told("backup_success", "tested", test=True))
    [real] = server.alerts("tested")
    assert "test" not in real["labels"]


@pytest.mark.parametrize("typed", HOSTILE)
def test_it_takes_whatever_players_type(server: Server, typed: str) -> None:
    error = {"type": "OSError", "message": typed, "traceback": typed}
    more = {"actions": [{"label": "Map", "url": "https://example.com/map"}]}
    sent = told("backup_failure", "typed", backup={"comment": typed}, message=typed, title=typed, error=error)
    assert post(server, sent, more) == Delivered(200)


def test_a_refusal_comes_with_its_reason(server: Server) -> None:
    nothing_left = dict.fromkeys(["alertname", "severity", "server", "task", "plugin"], "")
    outcome = post(server, told("backup_failure", "x"), {"alertmanager": {"labels": nothing_left}})
    assert isinstance(outcome, Permanent)
    assert "label" in outcome.reason


def test_another_path_is_told_of(server: Server) -> None:
    outcome = post(server, told("backup_failure", "x"), {"url": f"{server.url}/elsewhere"})
    assert isinstance(outcome, Permanent)
    assert outcome.status in (404, 405)
