"""A mail endpoint of a config, from the notification to a real SMTP server, and through its refusals to the end."""

from __future__ import annotations

import email
import email.policy
from typing import Any, Iterator, List

import pytest

from prime_notify.channels.common.endpoint import Endpoint
from prime_notify.delivery.attempt import Attempter
from prime_notify.messages.texts import message_of
from prime_notify.model.item import Item
from prime_notify.model.notification import Notification
from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.transport.dispatch import Transports
from tests.support.build import loaded
from tests.support.mail_server import PASSWORD, MailServer
from tests.support.messages import NOW, payload
from tests.support.receiver import CERTIFICATES
from tests.support.texts import CATALOGUE

TO = ["steve@example.com", "Alex <alex@example.com>"]


@pytest.fixture
def attempter() -> Iterator[Attempter]:
    transports = Transports()
    yield Attempter(
        transports,
        lambda items, config, now, previous: message_of(
            items[0].notification, "en_us", CATALOGUE, now=now, previous=previous
        ),
        wall=lambda: NOW,
    )
    transports.close()


def endpoint(port: int, scheme: str = "smtp", **mail: Any) -> Endpoint:
    options = {"from": "mc@example.com", "to": TO, "password": PASSWORD, "security": "starttls", **mail}
    url = f"{scheme}://localhost:{port}"
    verify = str(CERTIFICATES / "localhost.pem")
    [made] = loaded({"name": "mail", "type": "mail", "url": url, "verify": verify, "mail": options}).endpoints
    return made


def items(**fields: Any) -> List[Item]:
    error = {"type": "OSError", "message": "disk full"}
    return [
        Item(Notification(payload("backup_failure", error=error, server={"running": True, "name": "生存服"}, **fields)))
    ]


@pytest.mark.parametrize(("scheme", "security"), [("smtps", "tls"), ("smtp", "starttls")])
def test_a_failed_backup_arrives(attempter: Attempter, scheme: str, security: str) -> None:
    with MailServer(tls=security == "tls", before_login=True) as server:
        attempt = attempter.attempt(endpoint(server.port, scheme, security=security), items())
    assert isinstance(attempt.outcome, Delivered)
    assert attempt.outcome.confirmed
    (envelope,) = server.envelopes
    assert envelope.rcpt_tos == ["steve@example.com", "alex@example.com"]
    mail = email.message_from_bytes(bytes(envelope.original_content), policy=email.policy.default)
    assert mail["From"] == "生存服 <mc@example.com>"
    assert "Backup failed" in mail["Subject"]
    assert mail.defects == []
    for kind in ("plain", "html"):
        assert "disk full" in mail.get_body((kind,)).get_content()  # type: ignore[union-attr]


def test_each_recipient_gets_a_mail_once_however_often_it_is_tried(attempter: Attempter) -> None:
    answers = {"steve@example.com": "451 4.7.1 Greylisted, come back in 5 minutes"}
    with MailServer(answers=answers) as server:
        place = endpoint(server.port)
        first = attempter.attempt(place, items()).outcome
        assert isinstance(first, Retry)
        assert "1 of 2 recipients got nothing" in first.reason
        assert "greylisting" in first.hint
        again = attempter.attempt(place, items(), first.receipt).outcome
        assert isinstance(again, Retry)
        answers.clear()
        assert isinstance(attempter.attempt(place, items(), again.receipt).outcome, Delivered)
    assert [envelope.rcpt_tos for envelope in server.envelopes] == [["alex@example.com"], ["steve@example.com"]]
    ids = {email.message_from_bytes(bytes(one.original_content))["Message-ID"] for one in server.envelopes}
    assert len(ids) == 1


def test_a_wrong_password_is_named_and_not_shown(attempter: Attempter) -> None:
    with MailServer() as server:
        attempt = attempter.attempt(endpoint(server.port, password="S3cret0123456"), items())
    assert isinstance(attempt.outcome, Permanent)
    assert attempt.outcome.reason.startswith("the mail server refused the login: 535")
    assert "mail.password" in attempt.outcome.hint
    assert "S3cret" not in repr(attempt)
    assert server.envelopes == []


def test_a_connection_that_drops_in_the_mail_is_tried_again(attempter: Attempter) -> None:
    with MailServer(answers={"DATA": None}) as server:
        assert isinstance(attempter.attempt(endpoint(server.port), items()).outcome, Retry)
    assert server.envelopes == []


def test_without_starttls_neither_mail_nor_password_is_sent(attempter: Attempter) -> None:
    with MailServer(certificate=None) as server:
        outcome = attempter.attempt(endpoint(server.port), items()).outcome
    assert isinstance(outcome, Retry)
    assert "STARTTLS" in outcome.reason
    assert (server.logins, server.envelopes) == ([], [])
