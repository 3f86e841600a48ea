"""Endpoints that are down, hang, trickle or send false answers, and attempts that an unload or a kill cuts off."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Callable, Dict, Iterator, List

import pytest

from tests.support.receiver import HANG, OK, Answer, Receiver, json_answer, unused_port
from tests.support.scene import SECRETS, Scene, hook

PATH = f"/{{}}/{SECRETS[0]}"
SOON = ["1s"] * 10  # for a first failure; after some more of them the endpoint would be let rest


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, prime_notify: Path, plugin_named: Callable[[str], Path]
) -> Iterator[Scene]:
    """A server whose events come from the API, one command each."""
    with Scene(
        tmp_path_factory.mktemp("delivery"), [prime_notify, plugin_named("probe"), plugin_named("api_user")]
    ) as scene:
        scene.configure()
        yield scene.start(attached=False)


@pytest.fixture
def scene(server: Scene) -> Iterator[Scene]:
    server.fresh()
    yield server
    if not server.mcdr.running:
        server.mcdr.start()
    server.configure()
    server.reload_config()


def announce(scene: Scene, event: str = "backup_success") -> str:
    """Announces an event and returns its notification's id, which proves that it is on disk."""
    mark = scene.mcdr.send(f"!!api {event} {{}}")
    return scene.mcdr.wait_for_line(r"the API answered (\w{26})$", since=mark)[1]


def ids(scene: Scene, name: str) -> List[str]:
    return [payload["id"] for payload in scene.payloads(name)]


def wait_for_id(scene: Scene, name: str, notification: str, timeout: float = 30) -> None:
    scene.receiver.wait_for(lambda _: notification in ids(scene, name), timeout)


def wait_until_nothing_waits(scene: Scene) -> None:
    """A delivery ends when its answer arrives. A request that is cut off before is sent again."""
    deadline = time.monotonic() + 120
    while not re.search("waiting to be delivered: 0$", "\n".join(scene.mcdr.output_of("!!pn")), re.MULTILINE):
        assert time.monotonic() < deadline, scene.mcdr.tail()
        time.sleep(0.05)


@pytest.mark.parametrize("misbehaviour", ["dead", "hanging", "trickling"])
def test_a_bad_endpoint_delays_neither_the_others_nor_mcdr(scene: Scene, misbehaviour: str) -> None:
    answers: Dict[str, Answer] = {"hanging": HANG, "trickling": Answer(body=b"x" * 1000, trickle_body=0.5)}
    name = misbehaviour  # of its own: an endpoint's next lane waits for an attempt of its former one
    bad = hook(scene.receiver, name, timeout="60s")
    if name == "dead":
        bad["url"] = f"http://127.0.0.1:{unused_port()}/{SECRETS[0]}"
    else:
        scene.receiver.behave(answers[name], path=PATH.format(name))
    scene.configure(bad, hook(scene.receiver, "good"))
    scene.reload_config()

    first = announce(scene)
    if name != "dead":
        wait_for_id(scene, name, first)
    second = announce(scene)  # answered at once, though the first is still on its way to the bad endpoint
    wait_for_id(scene, "good", second)
    assert ids(scene, "good") == [first, second]
    assert len(scene.requests(name)) <= 1


def test_the_time_out_bounds_a_whole_attempt_however_slowly_the_answer_trickles(scene: Scene) -> None:
    scene.receiver.behave(Answer(body=b"x" * 1000, trickle_body=0.1), OK, path=PATH.format("slow"))
    scene.configure(hook(scene.receiver, "slow", timeout="500ms", retry=SOON))
    scene.reload_config()
    mark = len(scene.mcdr.transcript)
    notification = announce(scene)
    scene.mcdr.wait_for_line(r'slow: "Backup .*" not delivered .*timed out.* Next try in', since=mark)
    scene.receiver.wait_for(lambda _: ids(scene, "slow") == [notification] * 2)  # tried again, under the same id


def test_an_answer_200_with_an_error_in_its_body_is_no_success(scene: Scene) -> None:
    scene.receiver.behave(json_answer({"code": 400, "message": "BadDeviceToken"}), path=f"/bark/{SECRETS[0]}")
    scene.receiver.behave(json_answer({"code": 40001, "message": "bad pushkey"}), path=f"/{SECRETS[1]}.send")
    scene.configure(
        {"name": "phone", "type": "bark", "url": scene.receiver.url(f"/bark/{SECRETS[0]}")},
        {"name": "chan", "type": "serverchan", "url": scene.receiver.url(f"/{SECRETS[1]}.send")},
    )
    scene.reload_config()
    mark = len(scene.mcdr.transcript)
    announce(scene, "backup_failure")
    for endpoint, reason in (("phone", "BadDeviceToken"), ("chan", "bad pushkey")):
        scene.mcdr.wait_for_line(
            rf'{endpoint}: "Backup failed" (given up|not delivered) \(HTTP 200, .*{reason}',
            since=mark,
        )


def test_redirects_are_not_followed(scene: Scene) -> None:
    elsewhere = Answer(302, {"Location": scene.receiver.url("/elsewhere/")}, b"")
    scene.receiver.behave(elsewhere, path=PATH.format("moved"))
    scene.configure(hook(scene.receiver, "moved"))
    scene.reload_config()
    mark = len(scene.mcdr.transcript)
    notification = announce(scene)
    scene.mcdr.wait_for_line(rf"moved: .* given up .*HTTP 302 .*{notification}", since=mark)
    assert not scene.requests("elsewhere")


def test_an_unload_while_an_attempt_is_under_way_loses_nothing(scene: Scene) -> None:
    scene.receiver.behave(HANG, OK, path=PATH.format("hook"))
    scene.configure(hook(scene.receiver, retry=SOON), delivery={"stop_grace": "1s"})
    scene.reload_config()
    notification = announce(scene)
    wait_for_id(scene, "hook", notification)
    scene.plugin("reload", "prime_notify")
    scene.receiver.wait_for(lambda _: ids(scene, "hook").count(notification) == 2)


def test_what_is_undelivered_at_the_stop_is_delivered_after_the_next_start(scene: Scene) -> None:
    port = unused_port()
    scene.configure(hook(scene.receiver, url=f"http://127.0.0.1:{port}/hook/{SECRETS[0]}"))
    scene.reload_config()
    waiting = [announce(scene, "restore_start"), announce(scene, "restore_success")]
    scene.mcdr.stop()
    with Receiver(port=port) as receiver:
        scene.mcdr.start()
        arrived = receiver.wait_for(2, timeout=60)
        assert [request.json()["id"] for request in arrived] == waiting
        wait_until_nothing_waits(scene)


def test_what_is_undelivered_at_a_kill_is_delivered_after_the_next_start(scene: Scene) -> None:
    scene.receiver.behave(HANG, OK, path=PATH.format("hook"))
    waiting = [announce(scene), announce(scene, "backup_failure")]
    wait_for_id(scene, "hook", waiting[0])
    scene.mcdr.kill()
    scene.mcdr.start()
    scene.receiver.wait_for(lambda _: set(ids(scene, "hook")[1:]) >= set(waiting), timeout=60)
    # what may arrive twice arrives under the same id
    assert set(ids(scene, "hook")) == set(waiting)
    wait_until_nothing_waits(scene)


def test_a_task_whose_end_a_kill_hides_is_notified_as_aborted_at_the_next_start(scene: Scene) -> None:
    announce(scene, "restore_start")
    [start] = scene.expect("restore_start")
    scene.mcdr.kill()
    scene.mcdr.start()
    scene.receiver.wait_for(lambda _: "restore_aborted" in scene.events())
    *starts, aborted = scene.payloads()
    assert {payload["id"] for payload in starts} == {start["id"]}  # again, if the kill came before it was ticked off
    assert aborted["task_id"] == start["task_id"]


def test_events_that_are_not_wanted_are_not_sent(scene: Scene) -> None:
    scene.configure(hook(scene.receiver, "failures", events=["backup_failure"]), hook(scene.receiver, "all"))
    scene.reload_config()
    announce(scene, "backup_success")
    announce(scene, "backup_failure")
    scene.expect("backup_success", "backup_failure", name="all")
    scene.expect("backup_failure", name="failures")
