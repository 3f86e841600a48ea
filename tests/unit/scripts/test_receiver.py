"""The demo's receiver answers as the services do, and takes only what is meant for it."""

from __future__ import annotations

import json
from typing import Any, Iterator, Tuple

import pytest
import requests

from scripts.demo.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


def post(url: str, body: bytes) -> Tuple[int, Any]:
    with requests.Session() as session:
        session.trust_env = False  # a proxy of this machine's is none of its business
        response = session.post(url, data=body, timeout=10)
    return response.status_code, response.json()


def test_every_endpoint_of_the_demo_leads_to_it_and_is_told_apart(receiver: Receiver) -> None:
    for endpoint in receiver.endpoints():
        status, _ = post(endpoint["url"], json.dumps({"title": endpoint["name"]}).encode())
        arrival = receiver.arrivals.get(timeout=60.0)
        assert status == 200
        assert (arrival.endpoint, arrival.type) == (endpoint["name"], endpoint["type"])
        assert arrival.document == {"title": endpoint["name"]}


def test_bark_and_serverchan_get_the_codes_that_mean_success_to_them(receiver: Receiver) -> None:
    urls = {endpoint["type"]: endpoint["url"] for endpoint in receiver.endpoints()}
    assert post(urls["bark"], b"{}")[1]["code"] == 200
    assert post(urls["serverchan"], b"{}")[1]["code"] == 0


@pytest.mark.parametrize("body", [b"no json", b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(receiver: Receiver, body: bytes) -> None:
    assert post(receiver.endpoints()[0]["url"], body)[0] == 400
    assert receiver.arrivals.empty()


def test_an_unknown_path_is_refused(receiver: Receiver) -> None:
    assert post(receiver.url + "/elsewhere", b"{}")[0] == 404
    assert receiver.arrivals.empty()


def test_what_is_expected_of_an_endpoint_is_what_its_config_asks_for(receiver: Receiver) -> None:
    story = ("backup_start", "backup_failure", "backup_start", "backup_success")
    expected = receiver.expected(story)
    for endpoint in receiver.endpoints():
        wanted = endpoint.get("events", story)
        assert expected[endpoint["name"]] == [event for event in story if event in wanted]
    assert expected["ops"] == list(story)
