"""``!!pn enable`` and ``!!pn disable``."""

from __future__ import annotations

import pytest

from prime_notify.delivery.overview import EndpointState
from tests.support.bench import Bench, MakeBench
from tests.support.scripted_engine import state


@pytest.fixture
def bench(make_bench: MakeBench) -> Bench:
    return make_bench(
        state("phone"),
        state("ops room", enabled=False),
        state("quiet", switched_off=True),
        state("extra", enabled=False, switched_on=True),
        state("gone", disabled=True),
        EndpointState("left over", "", False, dead=1, orphaned=True),
    )


@pytest.mark.parametrize("name", ["ops room", "quiet", "gone"])
def test_enable_switches_on_what_is_off(bench: Bench, name: str) -> None:
    assert bench.type(f'!!pn enable "{name}"') == [f"{name} is switched on until the next reload of the config"]
    assert bench.engine.switched == [(name, True)]
    assert bench.reader.clicks[0].startswith("!!pn disable ")


@pytest.mark.parametrize("name", ["phone", "extra"])
def test_disable_switches_off_what_is_on(bench: Bench, name: str) -> None:
    assert bench.type(f"!!pn disable {name}") == [
        f"{name} is switched off until the next reload of the config; its waiting deliveries are kept"
    ]
    assert bench.engine.switched == [(name, False)]
    assert bench.reader.clicks == [f"!!pn enable {name}"]


def test_says_when_there_is_nothing_to_switch(bench: Bench) -> None:
    assert bench.type("!!pn enable phone") == ["phone is switched on already"]
    assert bench.type("!!pn disable quiet") == ["quiet is switched off already"]
    assert bench.engine.switched == []


@pytest.mark.parametrize("name", ["fone", "left over"])
def test_an_unknown_endpoint_is_answered_with_those_there_are(bench: Bench, name: str) -> None:
    first, *_, last = bench.type(f'!!pn enable "{name}"')
    assert first == f'There is no endpoint "{name}"'
    assert last == "Endpoints: phone, ops room, quiet, extra, gone"
    assert bench.engine.switched == []


def test_enable_reminds_that_nothing_is_sent(make_bench: MakeBench) -> None:
    bench = make_bench(state("old", enabled=False), enabled=False)
    assert bench.type("!!pn enable old")[1].startswith("Notifications are switched off")


def test_completes_those_for_which_it_makes_a_difference(bench: Bench) -> None:
    assert bench.console.complete("!!pn enable ") == ['"ops room"', "quiet", "gone"]
    assert bench.console.complete("!!pn disable ") == ["phone", "extra"]
