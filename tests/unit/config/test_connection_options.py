"""The options proxy, verify, cert and templates of an endpoint."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from prime_notify.model.request import ConnectionOptions
from tests.support.configs import hook, load_endpoints, problems

CA = trustme.CA()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    identity = CA.issue_cert("client")
    CA.cert_pem.write_to_path(tmp_path / "ca.pem")
    identity.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    identity.private_key_pem.write_to_path(tmp_path / "key.pem")
    identity.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    key = serialization.load_pem_private_key(identity.private_key_pem.bytes(), None)
    (tmp_path / "locked.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    (tmp_path / "text.pem").write_text("no certificate")
    (tmp_path / "folder").mkdir()
    return tmp_path


def options(folder: Path, **given: Any) -> ConnectionOptions:
    loaded = load_endpoints(hook(**given), base_dir=folder)
    assert not loaded.problems, loaded.problems
    return loaded.endpoints[0].config.connection


def test_without_options_the_environment_counts(tmp_path: Path) -> None:
    assert options(tmp_path) == ConnectionOptions(None, True, ())


@pytest.mark.parametrize(
    "proxy",
    ["http://user:pw@proxy:3128", "proxy:3128", "socks5://[::1]:1080", "socks5h://p", "socks4://p", "socks4a://p"],
)
def test_a_proxy_is_taken_as_it_is_written(tmp_path: Path, proxy: str) -> None:
    assert options(tmp_path, proxy=proxy).proxy == proxy


def test_direct_may_be_written_in_any_case(tmp_path: Path) -> None:
    assert options(tmp_path, proxy=" Direct ").proxy == "direct"


@pytest.mark.parametrize("proxy", ["ftp://host", "https://host", "http://", "http://[", "a b", "socks5://host:99999"])
def test_an_address_that_is_no_proxy_is_reported(proxy: str) -> None:
    problem = problems(load_endpoints(hook(proxy=proxy)))["[0].proxy"]
    assert problem.fatal
    assert "socks5://host:port" in problem.remedy


def test_a_socks_proxy_without_pysocks_is_reported_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "pip install PySocks" in problems(load_endpoints(hook(proxy="socks5://host")))["[0].proxy"].remedy


def test_a_proxys_password_is_masked() -> None:
    (endpoint,) = load_endpoints(hook(proxy="http://user:proxy-password@proxy.example:3128")).endpoints
    assert endpoint.redact("it said proxy-password") == "it said ***"
    assert "proxy-password" not in repr(endpoint.config.connection)


def test_a_proxy_without_a_password_can_be_named() -> None:
    (endpoint,) = load_endpoints(hook(proxy="proxy.example:3128")).endpoints
    assert endpoint.redact("proxy: proxy.example:3128 refused") == "proxy: proxy.example:3128 refused"


def test_paths_start_at_the_configs_folder(folder: Path) -> None:
    both = str(folder / "both.pem")
    assert options(folder, verify="ca.pem", cert="both.pem") == ConnectionOptions(None, str(folder / "ca.pem"), (both,))
    assert options(folder, verify=str(folder / "folder")).verify == str(folder / "folder")
    assert options(folder, cert=["cert.pem", "key.pem"]).cert == (str(folder / "cert.pem"), str(folder / "key.pem"))


@pytest.mark.parametrize(
    ("given", "path", "remedy"),
    [
        ({"verify": "missing.pem"}, "verify", "there is no such file; the path starts at the config's folder"),
        ({"verify": "text.pem"}, "verify", 'the file of "verify" cannot be read'),
        ({"cert": "missing.pem"}, "cert", "there is no such file"),
        ({"cert": "text.pem"}, "cert", "the client certificate cannot be used"),
        ({"cert": "cert.pem"}, "cert", "the client certificate cannot be used"),
        ({"cert": ["cert.pem", "locked.pem"]}, "cert", "the key must not be encrypted"),
        ({"cert": ["a", "b", "c"]}, "cert", "at most 2"),
        ({"cert": []}, "cert", "at least 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported_at_load(folder: Path, given: Any, path: str, remedy: str) -> None:
    problem = problems(load_endpoints(hook(**given), base_dir=folder))[f"[0].{path}"]
    assert problem.fatal
    assert remedy in problem.remedy


@pytest.mark.parametrize("written", [False, "false", "${OFF}"])
def test_switching_verification_off_works_with_a_warning(written: Any) -> None:
    loaded = load_endpoints(hook(verify=written), environ={"OFF": "False"})
    assert loaded.endpoints[0].config.connection.verify is False
    (problem,) = loaded.problems
    assert (problem.path, problem.fatal) == ("notification.endpoints[0].verify", False)
    assert "write the path of the server's CA" in problem.remedy


def test_a_mistake_in_a_template_costs_only_that_template() -> None:
    templates = {"title": "{{ bakcup.id }}", "body": {"backup_failure": "{{ error.mesage }}", "*": "{{ title }}"}}
    loaded = load_endpoints(hook(templates=templates))
    found = problems(loaded)
    assert set(found) == {"[0].templates.title", "[0].templates.body.backup_failure"}
    assert 'did you mean "backup"?' in found["[0].templates.title"].remedy
    assert found["[0].templates.title"].remedy.endswith("until then the default text is sent")
    (endpoint,) = loaded.endpoints
    assert endpoint.config.templates is not None
    assert endpoint.config.templates.title is None
    assert endpoint.config.templates.body == {"*": "{{ title }}"}


@pytest.mark.parametrize(
    ("templates", "path", "remedy"),
    [
        ("x", "templates", "write an object"),
        ({"titel": "x"}, "templates.titel", 'did you mean "title"?'),
        ({"title": 5}, "templates.title", "write an object"),
        ({"title": {"backup_sucess": "x"}}, "templates.title.backup_sucess", 'did you mean "backup_success"?'),
        ({"title": {"*_finish": "x"}}, "templates.title.*_finish", 'write "*", "digest", an event or a pattern'),
        ({"desp": {"*": ["x"]}}, "templates.desp.*", "write a string"),
        ({"body": {"digets": "x"}}, "templates.body.digets", 'did you mean "digest"?'),
        ({"body": {"digest": "{{ digest.cuont }}"}}, "templates.body.digest", 'did you mean "count"?'),
        (
            {"body": {"digest": "{% for one in digest.items %}{{ one.eror }}{% endfor %}"}},
            "templates.body.digest",
            'unknown field "one.eror"; did you mean "error"?',
        ),
        ({"title": "{{ remark.kind == 'recoverd' }}"}, "templates.title", 'did you mean "recovered"?'),
    ],
)
def test_templates_in_a_form_that_is_none_are_reported_and_the_endpoint_works(
    templates: Any, path: str, remedy: str
) -> None:
    loaded = load_endpoints(hook(templates=templates))
    assert len(loaded.endpoints) == 1
    found = {where.replace('["', ".").replace('"]', ""): problem for where, problem in problems(loaded).items()}
    assert remedy in found[f"[0].{path}"].remedy
    assert not any(problem.fatal for problem in loaded.problems)


def test_a_template_may_hold_a_secret_of_the_environment_that_is_masked() -> None:
    loaded = load_endpoints(hook(templates={"title": "${NAME} {{ event }}"}), environ={"NAME": "hush-hush"})
    assert loaded.endpoints[0].redact("hush-hush") == "***"
