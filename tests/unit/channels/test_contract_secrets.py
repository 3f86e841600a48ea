"""No secret of any channel shows: not in a repr, a problem with the config, an outcome, or a log."""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
from pathlib import Path
from typing import Any, Dict, List, Union
from urllib.parse import quote

import pytest

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.channels.common.registry import channel_types
from prime_notify.delivery.attempt import Attempter
from prime_notify.engine.engine import Engine
from prime_notify.engine.request_preview import preview_of
from prime_notify.messages.texts import message_of
from prime_notify.model.event import Event, EventName
from prime_notify.model.failure import FailureKind, TransportFailure
from prime_notify.model.notification import Notification
from prime_notify.model.request import AnyRequest, AppriseRequest, CommandRequest, GameRequest, Request
from prime_notify.model.response import Response
from prime_notify.text.wording import Wording
from tests.support.messages import normalized
from tests.support.texts import CATALOGUE
from tests.unit.channels.contract import (
    every_channel,
    every_secret,
    is_secret,
    load,
    options_of,
    raw_text,
    secret_places,
    with_secret,
)

SECRET = "S3cret"  # of letters and digits, as most tokens are, so that every option takes it
UNIQUE = f"{SECRET}0123456789abcdefgh"
FAILED = {"error": {"type": "OSError", "message": "disk full"}, "backup": {"id": 7}}


def shows(text: str) -> bool:
    """Whether a secret stands there, or a part of it; also inside of Base64, as in a header."""
    words = re.findall(r"[A-Za-z0-9+/]{12,}", text.replace("-", "+").replace("_", "/"))
    decoded = (base64.b64decode(word[: len(word) // 4 * 4]) for word in words)
    return SECRET in text or any(SECRET.encode() in one for one in decoded)


def loaded(type: str, place: Any) -> Endpoint:
    endpoint = with_secret(type, place, UNIQUE)
    assert endpoint is not None, "no value that these tests know was accepted there: extend contract.with_secret"
    (one,) = load(endpoint).endpoints
    return one


SAYING = ("message", "msg", "errmsg", "error", "description", "info", "detail", "title", "wording", "reason", "said")
"""Where services' answers have their own words."""


class Echo:
    """A service that says everything that it was sent in its answer, as debugging proxies and error pages do."""

    def __init__(self, status: int, form: str) -> None:
        self.status = status
        self.form = form
        self.asked: List[AnyRequest] = []

    def send(self, request: AnyRequest, *, timeout: float, meanwhile: Any = None) -> Union[Response, TransportFailure]:
        self.asked.append(request)
        told = everything(request)
        if self.form == "failure":
            return TransportFailure(FailureKind.OTHER, *[Wording("{told}", "{told}", told=told)] * 2)
        if self.form == "text":
            return Response(self.status, {"location": f"https://elsewhere/?{told}"}, told.encode("utf-8", "replace"))
        values: Dict[str, Any] = dict.fromkeys(SAYING, told)
        values.update(code=400, errcode=400, retcode=400, ok=False, error_code=400, data=told, urls=[values] * 2)
        return Response(self.status, {"retry-after": told[:20]}, json.dumps(values).encode())


def everything(request: AnyRequest) -> str:
    if isinstance(request, Request):
        return f"{request.url} {dict(request.headers)} {raw_text(request)[-4000:]}"
    if isinstance(request, CommandRequest):
        return f"{list(request.argv)} {dict(request.environment)}"
    if isinstance(request, GameRequest):
        return f"{request} {raw_text(request)[-4000:]}"
    assert isinstance(request, AppriseRequest)
    return " ".join([*request.urls, *map(quote, request.urls)])


def attempter(sender: Echo) -> Attempter:
    return Attempter(
        sender,
        lambda notification, endpoint, now, previous: message_of(notification, "en_us", CATALOGUE, now=now),
    )


# -- what must be marked ---------------------------------------------------------------------------------------------

_SOUNDS_SECRET = re.compile(r"(^|_)(token|secret|password|passwd|passphrase|credentials?|keys?|sign)$")


@every_channel
def test_every_option_that_sounds_like_a_secret_is_marked_as_one(type: str) -> None:
    model = channel_types()[type].endpoint_model
    marked = [".".join(place) for place, info in options_of(model) if is_secret(info)]
    sounding = [".".join(place) for place, _ in options_of(model) if _SOUNDS_SECRET.search(place[-1].lower())]
    assert {"url", "headers"} <= set(marked)
    assert [option for option in sounding if option not in marked] == []


# -- where it must not show ------------------------------------------------------------------------------------------


@every_secret
def test_it_is_in_no_repr(type: str, place: Any) -> None:
    endpoint = loaded(type, place)
    request = endpoint.channel.render(normalized("backup_failure", **FAILED))
    things = (endpoint, endpoint.config, endpoint.channel, endpoint.redact, request)
    for thing in things:
        assert not shows(repr(thing) + str(thing))
    assert not shows(f"{endpoint.config!r:.10000}")


@every_secret
@pytest.mark.parametrize("form", ["text", "json", "failure"])
def test_it_is_in_no_outcome_whatever_the_service_says(type: str, place: Any, form: str) -> None:
    endpoint = loaded(type, place)
    notification = Notification(normalized("backup_failure", **FAILED).payload)
    for status in (0, 1, 200, 302, 400, 401, 404, 429, 500):
        echo = Echo(status, form)
        attempt = attempter(echo).attempt(endpoint, notification)
        assert echo.asked
        assert not shows(repr(attempt))


@every_secret
def test_it_is_in_no_preview(type: str, place: Any) -> None:
    endpoint = loaded(type, place)
    for event in ("backup_success", "backup_failure"):
        request = endpoint.channel.render(normalized(event, **FAILED))
        assert not shows("\n".join(preview_of(request, endpoint.redact)))


WRONG = [
    {"nested": [f"{UNIQUE}"]},
    [[f"{UNIQUE}"]],
    f"{UNIQUE}\r\n\0",
    f"  {UNIQUE} \u202e ",
    f"https://[{UNIQUE}",
    f"ftp://user:{UNIQUE}@host:99999999/{UNIQUE}?x={UNIQUE}",
    [f"{UNIQUE}"] * 3,
    {f"{UNIQUE}": f"{UNIQUE}", "a b": 1},
    f"${{{UNIQUE}",
]


@every_secret
def test_it_is_in_no_problem_with_the_config(type: str, place: Any) -> None:
    for value in WRONG:
        endpoint = json.loads(json.dumps(dict(channel_types()[type].example)))
        inner = endpoint
        for name in place[:-1]:
            inner = inner.setdefault(name, {})
        inner[place[-1]] = value
        inner[f"{place[-1]}x"] = value  # an option that does not exist, too
        result = load(endpoint)
        assert result.problems
        for problem in result.problems:
            assert not shows(f"{problem!r} {problem}")
        assert not shows(repr(result))


def test_it_is_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    endpoints = []
    for number, (type, place) in enumerate(secret_places()):
        endpoint = with_secret(type, place, UNIQUE)
        if endpoint is not None:
            endpoints.append({**endpoint, "name": f"{number}-{type}"})
    configured = load(*endpoints)
    assert len(configured.endpoints) == len(endpoints)
    echo = Everywhere(len(endpoints))
    log = logging.getLogger("prime_notify.test")
    with caplog.at_level(logging.DEBUG):
        engine = Engine(configured, data_dir=tmp_path, catalogue=CATALOGUE, log=log, transport=echo)
        engine.start()
        assert engine.accept(Event(EventName.BACKUP_FAILURE, "prime_backup", "1.13.0", FAILED))
        assert echo.reached.wait(60)
        assert engine.stop(60) == []
    assert len([line for line in caplog.messages if "endpoint=" in line]) >= len(endpoints)
    assert not shows(caplog.text)
    assert not shows(repr(engine.overview()))


class Everywhere(Echo):
    """Tells when it was asked by every endpoint."""

    def __init__(self, endpoints: int) -> None:
        super().__init__(400, "text")
        self.reached = threading.Event()
        self._missing = endpoints

    def send(self, request: AnyRequest, *, timeout: float, meanwhile: Any = None) -> Union[Response, TransportFailure]:
        answered = super().send(request, timeout=timeout, meanwhile=meanwhile)
        if len(self.asked) >= self._missing:
            self.reached.set()
        return answered
