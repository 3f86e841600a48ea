"""Mails: what stands in them, whom they go to, and what a server's answers mean."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Tuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prime_notify.channels.mail.addresses import Address, address_in
from prime_notify.channels.mail.mime import address_list, header_text
from prime_notify.model.outcome import Delivered, Outcome, Permanent, Retry
from prime_notify.model.response import Response
from prime_notify.text.wording import in_language
from tests.support.examples import examples
from tests.support.hostile import HIDING, HOSTILE, real_messages
from tests.support.mails import Html, check_mail, html_in, mail_of, text_in
from tests.support.messages import ACTIONS, channel, detailed, failed, failure, start, success
from tests.unit.channels.contract import load

TO = ["steve@example.com", "Alex <alex@example.com>"]


def mail(endpoint: Any = None, **options: Any) -> Any:
    values = {"from": "mc@gmail.com", "password": "abcd efgh ijkl mnop", "to": TO}
    return channel("mail", **{"mail": {**values, **options}, **(endpoint or {})})


def answer(step: str, code: int, said: str = "", recipients: Optional[List[Tuple[int, str]]] = None) -> Response:
    listed = [{"code": number, "said": text} for number, text in recipients or ()]
    return Response(code, {}, json.dumps({"step": step, "code": code, "said": said, "recipients": listed}).encode())


SENT = answer("content", 250, "queued", [(250, ""), (250, "")])


# -- the mail --------------------------------------------------------------------------------------------------------


def test_the_envelope_and_the_headers() -> None:
    request = mail().render(success())
    assert (request.host, request.port, request.security) == ("smtp.gmail.com", 465, "tls")
    assert (request.user, request.password) == ("mc@gmail.com", "abcdefghijklmnop")
    assert request.sender == "mc@gmail.com"
    assert request.recipients == ("steve@example.com", "alex@example.com")
    headers = dict(mail_of(request).items())
    assert headers["From"] == "MyServer <mc@gmail.com>"
    assert headers["To"] == "steve@example.com, Alex <alex@example.com>"
    assert headers["Subject"] == success().texts.title
    assert headers["Date"] == "Fri, 02 Jan 2026 03:04:05 +0000"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert "Importance" not in headers
    assert mail_of(mail().render(failed()))["Importance"] == "high"


def test_without_recipients_it_goes_to_the_sender_and_each_gets_it_once() -> None:
    assert mail(to=None).render(success()).recipients == ("mc@gmail.com",)
    assert mail(to=["a@x.de", "A <a@X.de>", "b@x.de"]).render(success()).recipients == ("a@x.de", "b@x.de")


def test_a_retry_is_the_same_mail_and_another_notification_another_one() -> None:
    first, again = mail().render(success()), mail().render(success().at(success().now + 60))
    ids = [mail_of(request)["Message-ID"] for request in (first, again, mail().render(success(id="01X")))]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].endswith("@gmail.com>")
    assert mail_of(first)["Date"] != mail_of(again)["Date"]


def test_the_reason_of_a_failure_stands_first_and_the_facts_are_rows() -> None:
    request = mail({"traceback": True, "actions": ACTIONS}).render(failed())
    for seen in (text_in(request), Html(html_in(request)).text):
        places = [seen.index(text) for text in ("disk full", "before the raid", "Steve (player)", "boom()", "Panel")]
        assert places == sorted(places)
        assert "Survival" in seen
    assert [link for link, _ in Html(html_in(request)).links] == [action["url"] for action in ACTIONS]
    assert "<td width=" in html_in(request)


def test_light_and_dark_clients_choose_their_own_ground() -> None:
    page = html_in(mail().render(failed()))
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "background" not in page
    assert "#000" not in page
    assert 'dir="auto"' in page


def test_a_chinese_mail_says_so() -> None:
    request = mail().render(failed("zh_cn"))
    assert '<html lang="zh-CN">' in html_in(request)
    assert "备注：before the raid" in text_in(request)
    assert "备份" in mail_of(request)["Subject"]


@examples(60)
@given(text=st.sampled_from([*HOSTILE, *HIDING]) | st.text(max_size=80), message=real_messages())
def test_nothing_typed_is_a_link_or_markup(text: str, message: Any) -> None:
    typed = detailed(
        "backup_failure",
        backup={"id": 7, "comment": text, "creator": text, "targets": [text]},
        error={"type": "OSError", "message": text},
        server={"running": True, "name": "S"},
    )
    for one in (typed, message):
        request = mail({"actions": ACTIONS}).render(one)
        page = Html(html_in(request))
        assert page.problems == []
        assert {link for link, _ in page.links} <= {action["url"] for action in ACTIONS}
        for seen in (page.text, text_in(request).partition("Panel")[0]):
            assert "http://" not in seen
            assert "https://" not in seen
            assert "www." not in seen.lower()


def test_no_header_can_be_forged() -> None:
    evil = "Steve\r\nBcc: evil@example.com\r\n\r\nhello"
    for value in (header_text("Subject", evil), address_list("From", [Address(evil, "a@b.de")])):
        assert "\nBcc" not in value
        assert all(line.startswith(" ") for line in value.split("\r\n")[1:])
    for name in ("=?utf-8?q?x?=", 'a "b" <c@d>', "名字" * 30, "x" * 80):
        assert "\n" not in address_list("To", [Address(name, "a@b.de")]).replace("\r\n ", "")


def test_the_owners_headers_go_along() -> None:
    request = mail({"headers": {"X-Team": "Wächter", "List-Id": "backups"}}).render(success())
    assert (mail_of(request)["X-Team"], mail_of(request)["List-Id"]) == ("Wächter", "backups")


# -- a task's messages -----------------------------------------------------------------------------------------------


def test_the_end_of_a_task_replies_to_its_start() -> None:
    sender = mail({"lifecycle": "reply"})
    begun = sender.render(start())
    outcome = sender.judge_answer(begun, SENT)
    assert isinstance(outcome, Delivered)
    own = mail_of(begun)["Message-ID"]
    assert outcome.receipt == {"message_id": own}
    ended = mail_of(sender.render(failure(previous=outcome.receipt)))
    assert (ended["In-Reply-To"], ended["References"]) == (own, own)
    assert ended["Subject"] == failure().texts.title
    assert "In-Reply-To" not in mail_of(mail().render(failure(previous=outcome.receipt)))


def test_the_id_of_a_long_domain_stays_one_word() -> None:
    sender = mail(
        {"lifecycle": "reply"}, **{"from": "mc@minecraft.a-very-long-name-of-a-server.example.com"}, host="x.de"
    )
    begun = sender.render(start())
    receipt = sender.judge_answer(begun, SENT).receipt
    ended = sender.render(failure(previous=receipt))
    check_mail(ended)
    assert f"In-Reply-To: {mail_of(begun)['Message-ID']}\r\n".encode() in ended.mail
    forged = sender.render(failure(previous={"message_id": "<a@b>\r\nBcc: <c@d>"}))
    assert "In-Reply-To" not in mail_of(forged)


def test_a_retry_goes_to_those_who_have_not_got_it_and_still_replies() -> None:
    sender = mail({"lifecycle": "reply"})
    before = {"message_id": "<start@gmail.com>"}
    request = sender.render(failure(previous=before))
    outcome = sender.judge_answer(request, answer("content", 250, "", [(451, "greylisted"), (250, "")]))
    assert isinstance(outcome, Retry)
    assert outcome.reason == ("1 of 2 recipients got nothing: 1: the mail server refused the recipient: 451 greylisted")
    assert "greylisting" in outcome.hint
    assert "steve" not in json.dumps(outcome.receipt)
    again = sender.render(failure(previous=outcome.receipt))
    assert again.recipients == ("steve@example.com",)
    assert mail_of(again)["In-Reply-To"] == "<start@gmail.com>"
    assert mail_of(again)["To"] == mail_of(request)["To"]
    dropped = sender.judge_answer(again, answer("login", 454, "temporary"))
    assert isinstance(dropped, Retry)
    assert sender.render(failure(previous=dropped.receipt)).recipients == ("steve@example.com",)
    refused = sender.judge_answer(again, answer("recipients", 550, "no", [(550, "no")]))
    assert isinstance(refused, Permanent)
    assert refused.receipt == outcome.receipt
    last = sender.judge_answer(again, answer("content", 250, "ok", [(250, "")]))
    assert isinstance(last, Delivered)
    assert last.detail == "2 recipients"


# -- answers ---------------------------------------------------------------------------------------------------------


def judged(step: str, code: int, said: str = "", *, sender: Any = None, **more: Any) -> Outcome:
    outcome: Outcome = (sender or mail(to="a@b.de")).judge(answer(step, code, said, **more))
    return outcome


def test_accepted_by_the_server_is_delivered() -> None:
    assert mail().judge(SENT) == Delivered(detail="2 recipients")
    assert judged("content", 250, recipients=[(251, "forwarded")]) == Delivered()


@pytest.mark.parametrize(
    ("step", "code", "said", "kind", "words"),
    [
        ("greeting", 421, "HL:ITC too many connections", Retry, "how many mails"),
        ("greeting", 554, "no", Permanent, "this machine's address"),
        ("hello", 502, "what", Permanent, "mail.host"),
        ("starttls", 454, "not now", Retry, "try again later"),
        ("starttls", 501, "no", Permanent, '"security": "tls"'),
        ("login", 454, "4.7.0 Temporary authentication failure", Retry, "later"),
        ("login", 502, "", Permanent, "offers no login"),
        ("login", 530, "5.7.0 Must issue a STARTTLS command first", Permanent, "mail.security"),
        ("login", 535, "5.7.8 Username and Password not accepted", Permanent, "apppasswords"),
        ("login", 534, "5.7.9 Application-specific password required", Permanent, "apppasswords"),
        ("sender", 553, "Mail from must equal authorized user", Permanent, "mail.from"),
        ("sender", 530, "5.7.0 Authentication Required", Permanent, "wants a login"),
        ("sender", 550, "5.4.5 Daily user sending limit exceeded", Retry, "how many mails"),
        ("recipients", 550, "5.1.1 no such user", Permanent, "mail.to"),
        ("recipients", 450, "4.2.0 greylisted", Retry, "greylisting"),
        ("content", 554, "5.7.1 spam", Permanent, "spam"),
        ("content", 550, "Mail content denied, frequency limited", Retry, "how many mails"),
        ("content", 452, "4.3.1 full", Retry, "later"),
    ],
)
def test_a_refusal_has_its_meaning_and_its_remedy(step: str, code: int, said: str, kind: type, words: str) -> None:
    outcome = judged(step, code, said, recipients=[(code, said)] if step == "recipients" else None)
    assert isinstance(outcome, (Retry, Permanent))
    assert type(outcome) is kind
    assert f"{code} {said}".strip() in outcome.reason
    assert words in outcome.hint
    assert in_language(outcome.hint, "zh_cn") != outcome.hint


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("a@qq.com", "授权码"),
        ("a@foxmail.com", "授权码"),
        ("a@163.com", "授权码"),
        ("a@126.com", "授权码"),
        ("a@outlook.com", "不再接受"),
        ("a@icloud.com", "应用专用密码"),
        ("a@yahoo.com", "应用专用密码"),
        ("a@gmx.de", "专用密码"),
    ],
)
def test_a_refused_login_names_the_kind_of_password_that_the_provider_wants(address: str, words: str) -> None:
    outcome = judged("login", 535, "no", sender=channel("mail", mail={"from": address, "password": "secret12"}))
    assert isinstance(outcome, Permanent)
    assert words in in_language(outcome.hint, "zh_cn")
    assert not outcome.doubtful


def test_qq_mail_refuses_a_login_in_the_same_words_when_it_is_busy() -> None:
    """So it is believed only after a few tries."""
    said = (
        "Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or "
        "system is busy"
    )
    outcome = judged("login", 535, said, sender=channel("mail", mail={"from": "a@qq.com", "password": "secret12"}))
    assert isinstance(outcome, Permanent)
    assert outcome.doubtful


def test_a_server_that_hangs_up_among_the_recipients_has_taken_the_mail_for_nobody() -> None:
    outcome = mail().judge(answer("recipients", 421, "closing", [(250, ""), (421, "closing")]))
    assert isinstance(outcome, Retry)
    assert outcome.reason.startswith("2 of 2 recipients got nothing")


@pytest.mark.parametrize(
    "strange",
    [
        Response(250, {}, b'{"step": "content", "code": 250, "recipients": []}'),
        Response(451, {}, b'{"step": "content", "code": 250, "recipients": [{"code": 250}]}'),
        Response(250, {}, b'{"step": "hello", "code": 250}'),
        Response(250, {}, b'{"step": "dance", "code": 550}'),
        Response(250, {}, b'{"step": ["content"], "code": true}'),
    ],
)
def test_an_answer_without_the_proof_of_every_recipient_is_no_delivery(strange: Response) -> None:
    assert isinstance(mail(to="a@b.de").judge(strange), Retry)


# -- the config ------------------------------------------------------------------------------------------------------


def place(**config: Any) -> Tuple[str, int, str]:
    endpoint = channel("mail", **config).endpoint
    return endpoint.host, endpoint.port, endpoint.security


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a@gmail.com", ("smtp.gmail.com", 465, "tls")),
        ("Me <a@QQ.com>", ("smtp.qq.com", 465, "tls")),
        ("a@foxmail.com", ("smtp.qq.com", 465, "tls")),
        ("a@163.com", ("smtp.163.com", 465, "tls")),
        ("a@126.com", ("smtp.126.com", 465, "tls")),
        ("a@hotmail.com", ("smtp-mail.outlook.com", 587, "starttls")),
        ("a@icloud.com", ("smtp.mail.me.com", 587, "starttls")),
        ("a@yahoo.com", ("smtp.mail.yahoo.com", 465, "tls")),
    ],
)
def test_the_servers_of_big_providers_are_known(address: str, expected: Tuple[str, int, str]) -> None:
    assert place(mail={"from": address}) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"mail": {"host": "mail.x.de"}}, ("mail.x.de", 587, "starttls")),
        ({"mail": {"host": "mail.x.de", "port": 465}}, ("mail.x.de", 465, "tls")),
        ({"mail": {"host": "mail.x.de", "port": 2525, "security": "TLS"}}, ("mail.x.de", 2525, "tls")),
        ({"mail": {"host": "relay.lan", "security": "none"}}, ("relay.lan", 25, "none")),
        ({"mail": {"host": "127.0.0.1"}}, ("127.0.0.1", 25, "none")),
        ({"mail": {"host": "[::1]", "port": 1025}}, ("::1", 1025, "none")),
        ({"mail": {"host": "例子.广告"}}, ("xn--fsqu00a.xn--4rr70v", 587, "starttls")),
        ({"url": "smtps://mail.x.de"}, ("mail.x.de", 465, "tls")),
        ({"url": "smtp://mail.x.de"}, ("mail.x.de", 587, "starttls")),
        ({"url": "smtp://mail.x.de:2525/"}, ("mail.x.de", 2525, "starttls")),
        ({"url": "smtp://[2001:db8::1]:465"}, ("2001:db8::1", 465, "tls")),
        ({"url": "smtp://localhost:1025"}, ("localhost", 1025, "none")),
    ],
)
def test_any_other_server_is_written_as_host_or_url(more: Dict[str, Any], expected: Tuple[str, int, str]) -> None:
    assert place(**{**more, "mail": {"from": "a@gmail.com", **more.get("mail", {})}}) == expected


def test_user_and_password_may_stand_in_the_url() -> None:
    endpoint = channel("mail", url="smtps://us%40er:p%3Aw@mail.x.de", mail={"from": "a@x.de"}).endpoint
    assert endpoint.login == ("us@er", "p:w")
    assert channel("mail", url="smtps://mail.x.de", mail={"from": "a@x.de"}).endpoint.login == ("", "")


def test_a_password_copied_from_a_web_page_works() -> None:
    assert mail(password="abcd\u00a0efgh\u00a0ijkl\u00a0mnop").endpoint.login[1] == "abcdefghijklmnop"
    assert mail(password="two words", host="mail.x.de").endpoint.login[1] == "two words"


def problems(**endpoint: Any) -> List[str]:
    loaded = load({"name": "m", "type": "mail", **endpoint})
    return [f"{problem.path.partition('[0].')[2]}: {problem.remedy}" for problem in loaded.problems]


@pytest.mark.parametrize(
    ("endpoint", "path", "words"),
    [
        ({}, "mail", ""),
        ({"mail": {"from": "steve"}}, "mail.from", "mail address"),
        ({"mail": {"from": "steve@x"}}, "mail", '"host": "smtp.example.com"'),
        ({"mail": {"from": "史蒂夫@qq.com"}}, "mail.from", "mail address"),
        ({"mail": {"from": "a@b@qq.com"}}, "mail.from", "mail address"),
        ({"mail": {"from": f"{'a' * 65}@qq.com"}}, "mail.from", "mail address"),
        ({"mail": {"from": "a@" + "b." * 150 + "de"}}, "mail.from", "mail address"),
        ({"mail": {"from": "a@-x.de"}}, "mail.from", "mail address"),
        ({"mail": {"from": "a@qq.com", "to": ["b@x.de", "c"]}}, "mail.to", "mail address"),
        ({"mail": {"from": "a@qq.com", "to": []}}, "mail.to", ""),
        ({"mail": {"from": "a@qq.com", "password": "пароль"}}, "mail.password", "ASCII"),
        ({"mail": {"from": "a@qq.com", "host": "a b"}}, "mail.host", "smtp.example.com"),
        ({"mail": {"from": "a@qq.com", "port": 70000}}, "mail.port", ""),
        ({"mail": {"from": "a@qq.com", "host": "x.de"}, "url": "smtps://x.de"}, "url", "either"),
        ({"mail": {"from": "a@qq.com"}, "url": "https://x.de"}, "url", "smtps://host:465"),
        ({"mail": {"from": "a@qq.com"}, "url": "smtp://x.de:99999"}, "url", "smtps://host:465"),
        ({"mail": {"from": "a@qq.com"}, "url": "smtp://x.de/path"}, "url", "smtps://host:465"),
        (
            {"mail": {"from": "a@x.de", "password": "secret12", "host": "relay.lan", "security": "none"}},
            "mail.security",
            "readable on the way",
        ),
        ({"mail": {"from": "a@qq.com"}, "headers": {"Bcc": "x@y.de"}}, "headers", "leave"),
        ({"mail": {"from": "a@qq.com"}, "headers": {"Content-Type": "x"}}, "headers", "leave"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_remedy(endpoint: Any, path: str, words: str) -> None:
    found = problems(**endpoint)
    assert found
    assert found[0].startswith(path), found
    assert words in found[0]


def test_mails_that_can_be_read_on_the_way_are_warned_about() -> None:
    endpoint = {"mail": {"from": "a@x.de", "host": "relay.lan", "security": "none"}}
    (warning,) = problems(**endpoint)
    assert warning.startswith("mail.security: anyone on the way can read the mails")
    assert problems(mail={"from": "a@x.de", "host": "localhost"}) == []


def test_the_address_of_a_mail_server_in_another_type_names_the_type() -> None:
    for url in ("smtps://user:secret12@mail.x.de", "smtp://mail.x.de:587", "mailto:steve@example.com"):
        [problem] = load({"name": "m", "url": url}).problems
        assert '"type": "mail"' in problem.remedy
        assert "secret12" not in str(problem)


def test_the_name_of_a_relay_is_no_secret() -> None:
    endpoint = {"name": "m", "type": "mail", "url": "smtp://mc-bot:secret12@relay:2525", "mail": {"from": "a@x.de"}}
    [made] = load(endpoint).endpoints
    assert made.redact("relay:2525 refused secret12") == "relay:2525 refused ***"


def test_an_address_may_have_a_name_and_a_domain_in_any_script() -> None:
    assert address_in('"Steve, the Admin" <steve@BÜCHER.example>') == Address(
        "Steve, the Admin", "steve@xn--bcher-kva.example"
    )
