"""Refusals that a proxy or a tunnel may give for a service that restarts, in virtual time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest

from prime_notify.channels.common.registry import channel_types
from prime_notify.delivery.doubtful_refusals import BELIEVED
from prime_notify.model.outcome import Permanent, Retry
from prime_notify.model.request import Request
from prime_notify.model.response import Response
from prime_notify.outbox.history import History
from prime_notify.outbox.values import State
from tests.support.build import endpoint
from tests.support.delivery_world import World
from tests.support.messages import answer
from tests.unit.channels.contract import HTTP_TYPES, load, make

POST = Request("POST", "http://127.0.0.1/")
PAGE = b"<!DOCTYPE html><html><head><title>404 Not Found</title></head></html>"
N8N = {"code": 404, "message": 'The requested webhook "POST x" is not registered.', "hint": "Click the button"}
PROXIES: List[Any] = [
    pytest.param(Response(404), id="nothing"),
    pytest.param(Response(404, {}, b"404 page not found\n"), id="traefik"),
    pytest.param(Response(404, {"ngrok-error-code": "ERR_NGROK_3200"}, b"The endpoint x is offline."), id="ngrok"),
    pytest.param(answer(404, N8N), id="n8n"),
    pytest.param(answer(404, {"message": "no Route matched with those values"}), id="kong"),
    pytest.param(Response(404, {}, PAGE), id="nginx"),
    pytest.param(Response(405, {}, PAGE), id="a page for POST"),
    pytest.param(Response(421, {}, b"Misdirected Request"), id="421"),
    pytest.param(Response(423), id="423"),
]
WORDS: List[Any] = [Response(404, {}, b"no such hook"), answer(404, {"error": "this hook was deleted"}), Response(400)]


def world(folder: Path, *answers: Response, **options: Any) -> World:
    """One webhook that answers so, and then 200."""
    left = list(answers)
    made = World(folder, options)
    made.answer = lambda _: left.pop(0) if left else Response(200)
    return made


@pytest.mark.parametrize("refusal", PROXIES)
def test_a_restart_behind_a_proxy_costs_no_notification(tmp_path: Path, refusal: Response) -> None:
    made = world(tmp_path, *[refusal] * (BELIEVED - 1))
    sent = made.accept()
    made.run(0.25)
    assert made.delivered() == [[sent]]


@pytest.mark.parametrize("refusal", PROXIES)
def test_what_is_said_again_and_again_is_believed_within_minutes(tmp_path: Path, refusal: Response) -> None:
    made = world(tmp_path, *[refusal] * BELIEVED)
    dead = made.accept()
    made.run(0.25)
    assert made.state(dead) is State.DEAD
    assert made.received == []


@pytest.mark.parametrize("refusal", WORDS)
def test_a_word_of_the_services_own_is_final(tmp_path: Path, refusal: Response) -> None:
    made = world(tmp_path, refusal)
    dead = made.accept()
    made.run(0.25)
    assert made.state(dead) is State.DEAD


def test_an_outage_before_it_is_not_counted(tmp_path: Path) -> None:
    made = world(tmp_path, *[Response(502)] * 6, Response(404), Response(404))
    sent = made.accept()
    made.run(24)
    assert made.delivered() == [[sent]]


def test_an_owner_who_wants_no_retries_gets_none(tmp_path: Path) -> None:
    made = world(tmp_path, Response(404), retry=[])
    dead = made.accept()
    made.run(24)
    assert made.state(dead) is State.DEAD


def test_the_hint_says_why_it_is_tried_again(tmp_path: Path) -> None:
    made = world(tmp_path, Response(404))
    sent = made.accept()
    made.lanes["a"].step()
    [record] = History(made.store.database).find(sent)
    [tried] = record.deliveries[0].tries
    assert (tried.outcome, tried.reason) == (State.WAITING, "HTTP 404 Not Found")
    assert tried.hint.startswith("check the URL")
    assert tried.hint.endswith(
        "; a proxy or a tunnel may answer for a service that restarts: it is tried a few more times"
    )


@pytest.mark.parametrize("type", HTTP_TYPES)
def test_a_server_of_ones_own_is_doubted_and_a_public_service_believed(type: str) -> None:
    own = {**channel_types()[type].example, "url": "http://127.0.0.1:8080/hook/a0123456789b"}
    if load(own).problems:
        own["url"] = "http://127.0.0.1:8080/8f57b2d4-0000-0000-0000-000000000000"
    refusal = Response(404, {}, b"404 page not found")
    [there] = load(own).endpoints
    outcome = there.judge(POST, refusal)
    assert isinstance(outcome, Permanent)
    assert outcome.doubtful


@pytest.mark.parametrize(
    ("type", "url"),
    [
        ("discord", "https://discord.com/api/webhooks/1/t"),
        ("ntfy", "https://ntfy.sh"),
        ("bark", "https://api.day.app/k"),
        ("slack", "https://hooks.slack.com/services/T1/B1/x"),
        ("webhook", "https://open.feishu.cn/open-apis/bot/v2/hook/x"),
    ],
)
def test_a_public_service_is_believed_at_once(type: str, url: str) -> None:
    options: Any = {"ntfy": {"ntfy": {"topic": "minecraft"}}, "webhook": {"webhook": {"body": {}}}}.get(type, {})
    outcome = endpoint("a", url, type=type, **options).judge(POST, Response(404, {}, PAGE))
    assert isinstance(outcome, Permanent)
    assert not outcome.doubtful


OWN_WORDS = [
    ("gotify", 404, {"error": "Not Found", "errorCode": 404, "errorDescription": "page not found"}),
    ("ntfy", 404, {"code": 40401, "http": 404, "error": "page not found"}),
    ("healthchecks", 404, b"not found"),
    ("onebot", 404, {"status": "failed", "retcode": 1404, "message": "not found"}),
]


@pytest.mark.parametrize(("type", "status", "value"), OWN_WORDS)
def test_a_known_services_own_word_is_final_at_any_address(type: str, status: int, value: Any) -> None:
    outcome = make(type).judge(answer(status, value))
    assert isinstance(outcome, Permanent)
    assert not outcome.doubtful


def test_no_service_can_ask_for_more_than_it_means() -> None:
    there = endpoint("a", "http://127.0.0.1:1", type="gotify", gotify={"token": "t"})
    outcome = there.judge(POST, Response(429, {"retry-after": "64570"}))
    assert isinstance(outcome, Retry)
    assert outcome.after == 3600
