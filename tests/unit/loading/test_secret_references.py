"""Secrets come from the environment or from files, and are shown nowhere."""

from __future__ import annotations

import os

import pytest

from tests.support.configs import hook, load_endpoints, names, problems


def _url(url: object, tmp_path, **environ: str):
    return load_endpoints(hook(url=url), environ=environ, base_dir=tmp_path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://example.com/${KEY}", "https://example.com/from-env"),
        ("${BASE}/${KEY}?a=${KEY}", "https://base/from-env?a=from-env"),
        ("https://example.com/$${KEY}", "https://example.com/${KEY}"),
        ("https://example.com/$KEY", "https://example.com/$KEY"),
        ("https://example.com/{key}", "https://example.com/{key}"),
        ({"file": "url.txt"}, "https://file/from-file"),
    ],
)
def test_a_reference_stands_for_its_secret(tmp_path, written, read):
    (tmp_path / "url.txt").write_text("https://file/from-file\r\n", encoding="utf-8-sig")
    loaded = _url(written, tmp_path, KEY="from-env", BASE="https://base")
    assert loaded.problems == ()
    assert loaded.endpoints[0].config.url == read


def test_references_work_in_headers_and_in_a_channels_options(tmp_path):
    (tmp_path / "token").write_text("from-file", encoding="utf-8")
    loaded = load_endpoints(
        hook(headers={"A": {"file": "token"}, "B": "Bearer ${TOKEN}"}),
        hook(name="phone", type="bark", bark={"group": "${GROUP}", "sound": {"file": "token"}}),
        environ={"TOKEN": "from-env", "GROUP": "from-group"},
        base_dir=tmp_path,
    )
    assert loaded.problems == ()
    ops, phone = (endpoint.config for endpoint in loaded.endpoints)
    assert ops.headers == {"A": "from-file", "B": "Bearer from-env"}
    assert (phone.bark.group, phone.bark.sound) == ("from-group", "from-file")


def test_options_that_hide_nothing_may_come_from_the_environment_unmasked(tmp_path):
    loaded = load_endpoints(hook(enabled="${ON}", timeout="${WAIT}"), environ={"ON": "true", "WAIT": "1234s"})
    assert loaded.problems == ()
    assert loaded.endpoints[0].redact("true after 1234s") == "true after 1234s"


def test_a_name_is_taken_literally():
    assert names(load_endpoints(hook(name="${NAME}"), environ={"NAME": "secret"})) == ["${NAME}"]


@pytest.mark.parametrize(
    ("written", "found", "remedy"),
    [
        ("https://a/${MISSING}", '"${MISSING}"', "set the environment variable MISSING"),
        ("https://a/${EMPTY}", '"${EMPTY}"', "set the environment variable EMPTY"),
        ("https://a/${not a name}", "${…} without a variable's name", 'write "${NAME}"'),
        ({"file": "missing.txt"}, 'the file "missing.txt"', "there is no such file"),
        ({"file": "."}, 'the file "."', "there is no such file"),
        ({"file": "nul\0"}, 'the file "nul\\u0000"', "there is no such file"),
        ({"file": "empty.txt"}, 'the file "empty.txt"', "it is empty"),
        ({"file": "large.txt"}, 'the file "large.txt"', "it is larger than 64 KiB"),
        ({"file": "binary.txt"}, 'the file "binary.txt"', "it is not UTF-8 text"),
    ],
)
def test_a_reference_that_leads_nowhere_switches_the_endpoint_off(tmp_path, written, found, remedy):
    (tmp_path / "empty.txt").write_bytes(b"\n")
    (tmp_path / "large.txt").write_bytes(b"x" * (64 * 1024 + 1))
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe")
    loaded = _url(written, tmp_path, EMPTY="")
    assert loaded.endpoints == ()
    (problem,) = loaded.problems
    assert (problem.path, problem.found, problem.fatal) == ("notification.endpoints[0].url", found, True)
    assert remedy in problem.remedy


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_file_that_may_not_be_read_is_reported(tmp_path):
    (tmp_path / "token").touch(mode=0)
    assert "Permission denied" in _url({"file": "token"}, tmp_path).problems[0].remedy


def test_a_path_longer_than_the_system_allows_is_reported(tmp_path):
    (problem,) = _url({"file": "x" * 5000}, tmp_path).problems
    assert problem.remedy.startswith("put the secret, alone, into that file")


def test_an_object_is_no_reference_where_an_object_is_expected(tmp_path):
    (tmp_path / "headers").write_text("X", encoding="utf-8")
    loaded = load_endpoints(hook(headers={"file": "headers"}), base_dir=tmp_path)
    assert loaded.endpoints[0].config.headers == {"file": "headers"}


def test_everything_secret_of_an_endpoint_is_masked_in_its_texts(tmp_path):
    (tmp_path / "token").write_text("first-line\nsecond-line\n", encoding="utf-8")
    endpoint = {
        "name": "phone",
        "type": "bark",
        "url": "https://user:pass%20word@example.com/hook/path-secret.send?q=query-secret",
        "headers": {"Authorization": "Bearer header-secret", "X": "plain-secret"},
        "bark": {"group": "${GROUP}", "sound": {"file": "token"}},
    }
    loaded = load_endpoints(endpoint, environ={"GROUP": "env-secret"}, base_dir=tmp_path)
    (phone,) = loaded.endpoints
    secrets = ["pass%20word", "pass word", "path-secret", "query-secret", "header-secret", "plain-secret"]
    secrets += ["env-secret", "first-line", "second-line"]
    for secret in secrets:
        assert phone.redact(f"it said <{secret}>") == "it said <***>"
        assert secret not in repr(loaded) + str(loaded.config) + repr(phone.config)
    assert phone.redact("phone: bark at example.com failed after 10s") == "phone: bark at example.com failed after 10s"


@pytest.mark.parametrize(
    ("url", "text", "shown"),
    [
        ("https://discord.com/api/webhooks/12345678/t0ken-t0ken", "no webhooks for 12345678", "no webhooks for ***"),
        ("https://hooks.slack.com/services/T0000000/B0000000/k", "services of T0000000", "services of ***"),
        ("https://ntfy.sh/webhooks", "the topic webhooks", "the topic ***"),
        ("https://ntfy.sh/webhooks/?x=y", "the topic webhooks", "the topic ***"),
        ("https://h/services?token=services", "token services", "token ***"),
        ("https://services:webhooks@h/services/x", "services webhooks", "services ***"),
        ("https://h/services/webhooks2/x", "webhooks2 services", "*** services"),
    ],
)
def test_a_word_of_a_documented_address_stays_readable_but_not_where_a_key_stands(url, text, shown):
    (endpoint,) = load_endpoints(hook(url=url)).endpoints
    assert endpoint.redact(text) == shown


def test_a_key_in_the_place_of_an_apprise_urls_host_is_masked_and_a_host_is_not():
    urls = ["pover://UserKey12@TokenToken9/phone", "json://localhost:8080/", "mailto://u:passw0rd@mail.example.com"]
    (endpoint,) = load_endpoints({"name": "m", "type": "apprise", "apprise": {"urls": urls}}).endpoints
    for secret in ("TokenToken9", "tokentoken9", "UserKey12", "passw0rd"):
        assert endpoint.redact(f"<{secret}>") == "<***>"
    assert endpoint.redact("localhost, mail.example.com") == "localhost, mail.example.com"


def test_an_endpoints_secret_is_masked_in_problems_wherever_else_it_was_pasted():
    secret = "pasted-secret-0123"
    loaded = load_endpoints(
        hook(url=f"https://example.com/{secret}", timeout=secret, events=[secret], type=secret),
        hook(name="x", headers={"A": secret}, **{secret: 1}),
    )
    assert problems(loaded)
    assert secret not in repr(loaded) + "".join(map(str, loaded.problems))
