"""The start-up check, over real sockets: what it logs, and that it delays nothing."""

from __future__ import annotations

import logging
import queue
import socket
import threading
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import pytest

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.delivery.attempt import Receipt
from prime_notify.delivery.startup_check import StartupCheck
from prime_notify.messages.texts import message_of
from prime_notify.model.failure import TransportFailure
from prime_notify.model.item import Item
from prime_notify.model.notification import Message
from prime_notify.model.request import AnyRequest
from prime_notify.transport.dial import Resolver
from prime_notify.transport.http import HttpTransport
from prime_notify.transport.probe import Prober
from tests.support.build import loaded
from tests.support.receiver import Receiver, unused_port
from tests.support.texts import CATALOGUE
from tests.unit.transport.conftest import VARIABLES

SECRET = "SECRETkey123"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def compose(items: Sequence[Item], endpoint: EndpointConfig, now: float, previous: Receipt) -> Message:
    return message_of(items[0].notification, "en_us", CATALOGUE, now=now)


class Recording(Prober):
    """A real prober that notes what was probed, and notes when it was closed."""

    def __init__(self, http: Optional[HttpTransport] = None) -> None:
        super().__init__(http)
        self.probed: List[AnyRequest] = []
        self.timeouts: List[float] = []
        self.begun = threading.Event()

    def probe(self, request: AnyRequest, *, timeout: float) -> Optional[TransportFailure]:
        self.probed.append(request)
        self.timeouts.append(timeout)
        self.begun.set()
        return super().probe(request, timeout=timeout)


class Scene:
    """A check with what it says and whom it probes."""

    def __init__(self, make_prober: Callable[[], Recording] = Recording, *, language: str = "en_us") -> None:
        self.said: queue.Queue[Tuple[str, Dict[str, Any]]] = queue.Queue()
        self.probers: List[Recording] = []
        self._make_prober = make_prober
        self._language = language
        self.check = StartupCheck(
            compose=compose,
            say=self._say,
            log=logging.getLogger("test.check"),
            make_prober=self._prober,
            language=language,
        )

    def _prober(self) -> Recording:
        self.probers.append(self._make_prober())
        return self.probers[-1]

    def _say(self, key: str, **values: object) -> None:
        self.said.put((key, values))

    def run(self, *endpoints: Any, **block: Any) -> List[str]:
        """All that one whole check says."""
        self.check.start(loaded(*endpoints, notification={"enabled": True, "endpoints": list(endpoints), **block}))
        for thread in threads():
            thread.join(30)
        texts = []
        while not self.said.empty():
            key, values = self.said.get()
            texts.append(CATALOGUE.text(self._language, key, **values))
        return texts


def threads() -> List[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prime_notify-check"]


def hook(url: str, name: str = "ops", **options: Any) -> Dict[str, Any]:
    return {"name": name, "url": url, **options}


def test_endpoints_that_can_be_reached_cause_no_word_and_get_nothing(receiver: Receiver) -> None:
    assert Scene().run(hook(receiver.url())) == []
    receiver.wait_until_closed(1)
    assert receiver.requests == []


def test_what_would_fail_is_said_with_the_remedy_and_without_secrets() -> None:
    port = unused_port()
    [text] = Scene().run(hook(f"http://127.0.0.1:{port}/{SECRET}"))
    assert text == (
        f"ops cannot be reached now: 127.0.0.1:{port} refused the connection. "
        "What to do: check the port, and that the service is running; in Docker, this address is the container itself: "
        "write the address of the machine, such as host.docker.internal"
    )


def test_it_is_said_in_the_consoles_language() -> None:
    scene = Scene(language="zh_cn")
    port = unused_port()
    [text] = scene.run(hook(f"http://127.0.0.1:{port}/{SECRET}"))
    assert text == (
        f"目前无法送达 ops：127.0.0.1:{port} 拒绝了连接。解决办法：请检查端口，以及该服务是否在运行；"
        "在 Docker 中，此地址指容器自身：请写宿主机的地址，例如 host.docker.internal"
    )


def test_each_kind_of_failure_has_its_own_text(receiver: Receiver) -> None:
    def lookup(host: str, *args: Any, **kwargs: Any) -> Any:
        if host == "nowhere.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return socket.getaddrinfo(host, *args, **kwargs)

    scene = Scene(lambda: Recording(HttpTransport(resolver=Resolver(lookup))))
    with Receiver(tls="localhost") as self_signed:
        texts = scene.run(
            hook("https://nowhere.example/hook", "a"),
            hook(self_signed.url(), "b"),
            hook(receiver.url().replace("http:", "https:"), "c", timeout="200ms"),
            hook(receiver.url(), "d"),
        )
    assert [text.split(" cannot")[0] for text in texts] == ["a", "b", "c"]
    for text, words in zip(texts, ("unknown host nowhere.example", "is self-signed", "timed out while setting up TLS")):
        assert words in text
        assert "What to do: " in text


def test_endpoints_at_the_same_host_are_looked_at_once_and_named_together(receiver: Receiver) -> None:
    port = unused_port()
    scene = Scene()
    texts = scene.run(
        hook(f"http://127.0.0.1:{port}/a", "a", timeout="3s"),
        hook(receiver.url("/x"), "fine"),
        hook(f"http://127.0.0.1:{port}/b", "b", timeout="4s"),
        hook(receiver.url("/y"), "fine too", timeout="1m"),
    )
    assert [text.split(" cannot")[0] for text in texts] == ["a, b"]
    assert scene.probers[0].timeouts == [4.0, 10.0]


@pytest.mark.parametrize(
    ("endpoint", "block"), [({"enabled": False}, {}), ({}, {"enabled": False}), ({}, {"check_at_start": False})]
)
def test_nothing_is_looked_at_that_is_switched_off(endpoint: Any, block: Any) -> None:
    scene = Scene()
    assert scene.run(hook(f"http://127.0.0.1:{unused_port()}", **endpoint), **block) == []
    assert scene.probers == []


def test_it_delays_nothing_and_stops_at_once(receiver: Receiver) -> None:
    scene = Scene()
    scene.check.start(loaded(hook(receiver.url().replace("http:", "https:"), timeout="10s")))
    assert scene.probers[0].begun.wait(60.0)
    scene.check.stop(grace=5.0)
    assert threads() == []
    assert scene.said.empty()
    scene.check.stop()


def test_a_new_config_ends_the_check_of_the_former_one(receiver: Receiver) -> None:
    scene = Scene()
    scene.check.start(loaded(hook(receiver.url().replace("http:", "https:"), "old", timeout="10s")))
    assert scene.probers[0].begun.wait(60.0)
    port = unused_port()
    texts = scene.run(hook(f"http://127.0.0.1:{port}", "new"))
    assert [text.split(" cannot")[0] for text in texts] == ["new"]


def test_a_check_that_is_stopped_before_it_spoke_says_nothing() -> None:
    scene = Scene()

    class Late(Recording):
        def probe(self, request: AnyRequest, *, timeout: float) -> Optional[TransportFailure]:
            failure = super().probe(request, timeout=timeout)
            scene.check.stop()
            return failure

    scene._make_prober = Late
    assert scene.run(hook(f"http://127.0.0.1:{unused_port()}")) == []


def test_a_message_that_cannot_even_be_made_is_said() -> None:
    def broken(items: Sequence[Item], endpoint: EndpointConfig, now: float, previous: Receipt) -> Message:
        raise ValueError(f"about {SECRET}")

    scene = Scene()
    scene.check = StartupCheck(compose=broken, say=scene._say, log=logging.getLogger("test.check"))
    [text] = scene.run(hook(f"http://127.0.0.1/{SECRET}"))
    assert text == "ops cannot be reached now: internal error: ValueError: about ***"


@pytest.mark.parametrize("language", CATALOGUE.languages)
@pytest.mark.parametrize("key", ["log.check_failed", "log.check_failed_remedy"])
def test_what_is_said_names_endpoints_and_reason_in_every_language(language: str, key: str) -> None:
    text = CATALOGUE.text(language, key, endpoints="<names>", reason="<reason>", hint="<hint>")
    assert "<names>" in text
    assert "<reason>" in text
    assert ("<hint>" in text) is key.endswith("remedy")
