"""A real Synapse: events, retries, edits, refusals. It is started by the Python that ``SYNAPSE_PYTHON`` names.

A virtual environment of its own holds it: ``python3 -m venv synapse && synapse/bin/pip install matrix-synapse``, then
``SYNAPSE_PYTHON=synapse/bin/python``. It needs no network.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from prime_notify.model.failure import TransportFailure
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.transport.http import HttpTransport
from tests.support.hostile import HOSTILE
from tests.support.messages import ACTIONS, channel, detailed, failed, failure, start, success
from tests.support.receiver import unused_port

PYTHON = os.environ.get("SYNAPSE_PYTHON") or (sys.executable if importlib.util.find_spec("synapse") else None)
SECRET = "shared"
CONFIG = """
server_name: example.org
listeners: [{{port: {port}, bind_addresses: [127.0.0.1], type: http, resources: [{{names: [client]}}]}}]
database: {{name: sqlite3, args: {{database: "{folder}/homeserver.db"}}}}
media_store_path: "{folder}/media"
pid_file: "{folder}/pid"
signing_key_path: "{folder}/signing.key"
registration_shared_secret: {secret}
report_stats: false
trusted_key_servers: []
rc_message: {{per_second: 0.01, burst_count: 60}}
rc_room_creation: {{per_second: 1000, burst_count: 1000}}
rc_joins: {{local: {{per_second: 1000, burst_count: 1000}}}}
rc_invites: {{per_user: {{per_second: 1000, burst_count: 1000}}, per_issuer: {{per_second: 1000, burst_count: 1000}}}}
"""

pytestmark = pytest.mark.skipif(
    PYTHON is None, reason="needs Synapse: pip install matrix-synapse, and SYNAPSE_PYTHON names that Python"
)


class Server:
    """A homeserver with a database of its own."""

    def __init__(self, folder: Path) -> None:
        port = unused_port()
        self.url = f"http://127.0.0.1:{port}"
        config = folder / "homeserver.yaml"
        config.write_text(CONFIG.format(port=port, folder=folder.as_posix(), secret=SECRET), encoding="utf-8")
        command = [PYTHON or "", "-m", "synapse.app.homeserver", "--config-path", str(config)]
        subprocess.run([*command, "--generate-keys"], cwd=folder, check=True, timeout=120, capture_output=True)
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)

    def wait_until_ready(self, timeout: float = 120) -> None:
        deadline = time.monotonic() + timeout
        while self._versions() != 200:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)

    def _versions(self) -> int:
        try:
            return self.call("GET", "/_matrix/client/versions")[0]
        except OSError:
            return 0

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> Tuple[int, Dict[str, Any]]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=60) as answered:
                return answered.status, json.load(answered)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def register(self, name: str) -> str:
        """The access token of a new account."""
        nonce = self.call("GET", "/_synapse/admin/v1/register")[1]["nonce"]
        signed = f"{nonce}\0{name}\0password\0notadmin".encode()
        body = {"nonce": nonce, "username": name, "password": "password", "admin": False}
        body["mac"] = hmac.new(SECRET.encode(), signed, hashlib.sha1).hexdigest()
        return str(self.call("POST", "/_synapse/admin/v1/register", body)[1]["access_token"])


class Room:
    """A room of an owner, to which the bot is invited."""

    def __init__(self, server: Server, owner: str, bot: str, name: str = "bot") -> None:
        self.server, self.owner, self.bot = server, owner, bot
        body = {"preset": "private_chat", "invite": [f"@{name}:example.org"]}
        self.id = str(server.call("POST", "/_matrix/client/v3/createRoom", body, owner)[1]["room_id"])
        self.transport = HttpTransport()

    def ask(self, what: str, body: Any, *, token: str = "", method: str = "POST") -> None:
        status, answered = self.server.call(
            method, f"/_matrix/client/v3/rooms/{self.id}/{what}", body, token or self.owner
        )
        assert status == 200, answered

    def endpoint(self, **config: Any) -> Any:
        options = {"access_token": self.bot, "room_id": self.id, **config.pop("options", {})}
        return channel("matrix", url=self.server.url, matrix=options, **config)

    def send(self, sender: Any, message: Any, request: Any = None) -> Outcome:
        request = request or sender.render(message)
        response = self.transport.send(request, timeout=60)
        assert isinstance(response, Response)
        return sender.judge_answer(request, response)  # type: ignore[no-any-return]

    def events(self, relation: Optional[str] = None) -> List[Dict[str, Any]]:
        """The messages in the room, the oldest first; of a kind of relation only."""
        found = self.server.call(
            "GET", f"/_matrix/client/v3/rooms/{self.id}/messages?dir=f&limit=100", token=self.owner
        )[1]["chunk"]
        contents = [event["content"] for event in found if event["type"] == "m.room.message"]
        return [one for one in contents if relation is None or relation in one.get("m.relates_to", {}).values()]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("synapse"))
    try:
        made.wait_until_ready()
        yield made
    finally:
        made.process.terminate()
        made.process.wait(60)


@pytest.fixture(scope="module")
def accounts(server: Server) -> Tuple[str, str]:
    return server.register("owner"), server.register("bot")


@pytest.fixture
def room(server: Server, accounts: Tuple[str, str]) -> Iterator[Room]:
    made = Room(server, *accounts)
    yield made
    made.transport.close()


@pytest.fixture
def joined(room: Room) -> Room:
    room.ask("join", {}, token=room.bot)
    return room


def test_a_retry_of_the_same_message_is_one_event(joined: Room) -> None:
    sender = joined.endpoint()
    first = joined.send(sender, success())
    again = joined.send(sender, success().at(success().now + 60))
    assert isinstance(first, Delivered)
    assert first == again
    assert len(joined.events()) == 1
    joined.send(joined.endpoint(name="second"), success())
    joined.send(sender, success(id="01KDYZV9ZE0000000000000002"))
    assert len(joined.events()) == 3


class Lossy(BaseHTTPRequestHandler):
    """A proxy that passes a request on, and loses the answer."""

    server: LossyServer

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: self.headers[name] for name in ("Content-Type", "Authorization")}
        request = urllib.request.Request(self.server.target + self.path, body, headers, method="PUT")
        with urllib.request.urlopen(request, timeout=60) as answered:
            self.server.lost.append(json.load(answered)["event_id"])
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


class LossyServer(ThreadingHTTPServer):
    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), Lossy)
        self.target = target
        self.lost: List[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


def test_a_message_whose_answer_was_lost_is_not_sent_twice(joined: Room) -> None:
    proxy = LossyServer(joined.server.url)
    try:
        options = {"access_token": joined.bot, "room_id": joined.id}
        sender = channel("matrix", url=f"http://127.0.0.1:{proxy.server_port}", matrix=options)
        answered = joined.transport.send(sender.render(success()), timeout=60)
        assert isinstance(answered, TransportFailure)
    finally:
        proxy.shutdown()
        proxy.server_close()
    outcome = joined.send(joined.endpoint(), success().at(success().now + 60))
    assert isinstance(outcome, Delivered)
    assert outcome.receipt is not None
    assert [outcome.receipt["event"]] == proxy.lost
    assert len(joined.events()) == 1


def test_an_end_replaces_or_answers_its_start(joined: Room) -> None:
    sender = joined.endpoint(lifecycle="update")
    began = joined.send(sender, start(id="01KDYZV9ZE0000000000000S01"))
    assert isinstance(began, Delivered)
    done = success(id="01KDYZV9ZE0000000000000E01").at(0.0, began.receipt)
    assert isinstance(joined.send(sender, done), Delivered)
    assert isinstance(joined.send(sender, done), Delivered)
    bad = failure(id="01KDYZV9ZE0000000000000E02").at(0.0, began.receipt)
    assert isinstance(joined.send(sender, bad), Delivered)
    assert isinstance(joined.send(sender, bad, sender.follow_up(bad)), Delivered)
    assert began.receipt is not None
    [first, second] = joined.events("m.replace")
    assert first["m.new_content"]["body"].startswith("✅")
    assert second["m.new_content"]["body"].startswith("❌")
    assert len(joined.events()) == 4
    assert joined.events()[2]["m.relates_to"] == {"m.in_reply_to": {"event_id": began.receipt["event"]}}


def test_an_edit_of_a_start_that_is_gone_is_sent_on_its_own(joined: Room) -> None:
    sender = joined.endpoint(lifecycle="update")
    gone = success().at(0.0, {"event": "$gone", "room": joined.id})
    outcome = joined.send(sender, gone)
    assert isinstance(outcome, Retry)
    assert outcome.separately
    assert isinstance(joined.send(sender, success()), Delivered)


def test_whatever_a_player_types_arrives_as_it_is(joined: Room) -> None:
    typed = "\n".join(HOSTILE)
    sender = joined.endpoint(traceback=True, actions=ACTIONS)
    assert isinstance(joined.send(sender, detailed(backup={"id": 7, "comment": typed})), Delivered)
    [event] = joined.events()
    assert event == json.loads(sender.render(detailed(backup={"id": 7, "comment": typed})).body)
    assert event["m.mentions"] == {}


def test_the_largest_messages_are_taken(joined: Room) -> None:
    long = {"error": {"type": "E", "message": '<&>"备' * 9000, "traceback": "x<&>\\\n" * 30_000}}
    sender = joined.endpoint(traceback=True, lifecycle="update")
    began = joined.send(sender, failed(backup={"id": 7, "comment": '<&>"备' * 30_000}, **long))
    assert isinstance(began, Delivered)
    big = failed(backup={"id": 7, "comment": '<&>"备' * 30_000}, **long).at(0.0, began.receipt)
    edit = sender.follow_up(big)
    assert edit is not None
    assert len(edit.body) > 40_000
    assert isinstance(joined.send(sender, big, edit), Delivered)


def test_who_is_not_in_the_room_is_told_so(room: Room) -> None:
    for options in ({}, {"room_id": "!nowhere:example.org"}):
        outcome = room.send(room.endpoint(options=options), success())
        assert isinstance(outcome, Permanent)
        assert "invite the account" in outcome.hint


def test_who_may_not_write_is_told_so(joined: Room) -> None:
    path = "state/m.room.power_levels"
    levels = joined.server.call("GET", f"/_matrix/client/v3/rooms/{joined.id}/{path}", token=joined.owner)[1]
    joined.ask(path, {**levels, "events_default": 50}, method="PUT")
    outcome = joined.send(joined.endpoint(), success())
    assert isinstance(outcome, Permanent)
    assert "power level" in outcome.hint


def test_an_old_token_switches_the_endpoint_off(joined: Room) -> None:
    outcome = joined.send(joined.endpoint(options={"access_token": "syt_old"}), success())
    assert isinstance(outcome, Permanent)
    assert outcome.disable
    assert "log in again" in outcome.hint


def test_a_wrong_address_is_told_from_the_api(joined: Room) -> None:
    sender = channel(
        "matrix", url=f"{joined.server.url}/other", matrix={"access_token": joined.bot, "room_id": joined.id}
    )
    outcome = joined.send(sender, success())
    assert isinstance(outcome, Permanent)
    assert ".well-known/matrix/client" in outcome.hint


def test_too_many_messages_are_slowed_down(server: Server, accounts: Tuple[str, str]) -> None:
    room = Room(server, accounts[0], server.register("flood"), "flood")
    room.ask("join", {}, token=room.bot)
    outcomes = (room.send(room.endpoint(name=f"flood {number}"), success()) for number in range(100))
    limited = next(outcome for outcome in outcomes if not isinstance(outcome, Delivered))
    room.transport.close()
    assert isinstance(limited, Retry)
    assert limited.throttled
    assert limited.after is not None
    assert 0 < limited.after <= 100
