"""What the documentation shows is true: every config in it loads, and every link leads somewhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest
from jsonschema import Draft202012Validator

from prime_notify.channels.common.registry import channel_types
from prime_notify.config.filter import Except, Filter
from prime_notify.loading.load import load_config
from prime_notify.mcdr.commands.all import COMMANDS
from prime_notify.model.event import EventName
from prime_notify.model.payload import Payload
from prime_notify.templates import Budget, check_template, render_text
from prime_notify.templates.filters import FILTERS
from scripts.venvs import ROOT
from tests.support.configs import without_placeholders

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
ENVIRONMENT = {"HOOK_TOKEN": "t", "BARK_KEY": "k", "SENDKEY": "sctp1tkey"}


def json_blocks() -> Iterator[Tuple[str, Any]]:
    for page in PAGES:
        for block in re.findall(r"^```json\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            yield page.relative_to(ROOT).as_posix(), json.loads(block)


CONFIGS = [pair for pair in json_blocks() if "notification" in pair[1]]
PAYLOADS = [pair for pair in json_blocks() if "event" in pair[1]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("token.txt", "Bearer t"), ("slack-token.txt", "xoxb-1-2-3"), ("feishu-secret.txt", "s")):
        (tmp_path / name).write_text(f"{text}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def shipped_schema() -> Draft202012Validator:
    schema = json.loads((ROOT / "schema" / "config.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_every_block_is_a_config_or_a_payload() -> None:
    assert len(CONFIGS) + len(PAYLOADS) == len(list(json_blocks()))


@pytest.mark.parametrize("config", [config for _, config in CONFIGS], ids=[page for page, _ in CONFIGS])
def test_every_config_loads_without_a_problem(config: Any, folder: Path) -> None:
    loaded = without_placeholders(load_config(config, environ=ENVIRONMENT, base_dir=folder))
    assert loaded.problems == ()
    assert len(loaded.endpoints) == len(config["notification"]["endpoints"])
    assert loaded.config.notification.enabled


@pytest.mark.parametrize("config", [config for _, config in CONFIGS], ids=[page for page, _ in CONFIGS])
def test_every_config_satisfies_the_schema_that_editors_use(config: Any, shipped_schema: Draft202012Validator) -> None:
    shipped_schema.validate(config)


ROUTING = ["docs/en/routing-and-templates.md", "docs/zh/routing-and-templates.md"]


def _rules(page: str) -> Dict[str, Any]:
    """The rules of filters that a page shows, each with its example."""
    rows = re.findall(r'^\| `(\w+)` \| `(".+?)` \|', (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {rule: json.loads(f"{{{example}}}") for rule, example in rows}


@pytest.mark.parametrize("page", ROUTING)
def test_every_rule_of_a_filter_has_an_example_that_loads(page: str, folder: Path) -> None:
    rules = _rules(page)
    assert sorted(rules) == sorted(
        field.alias or name for name, field in {**Except.model_fields, **Filter.model_fields}.items()
    )
    for rule, example in rules.items():
        positive = {"url": "https://example.com/hook", "name": rule, **example}
        value = example.get("events") or example["filter"][rule]
        negative = {**positive, "name": f"no {rule}", "events": None, "filter": {"except": {rule: value}}}
        endpoints = [positive] if rule == "except" else [positive, negative]
        loaded = load_config({"notification": {"enabled": True, "endpoints": endpoints}}, environ={}, base_dir=folder)
        assert loaded.problems == ()


@pytest.mark.parametrize("payload", [payload for _, payload in PAYLOADS], ids=[page for page, _ in PAYLOADS])
def test_every_payload_is_one(payload: Any) -> None:
    assert Payload.model_validate(payload).to_dict() == payload


@pytest.mark.parametrize("page", ["docs/en/payload.md", "docs/zh/payload.md"])
def test_the_payloads_page_has_every_field(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [name for name in Payload.model_fields if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", ["README.md", "README_cn.md"])
def test_the_readme_has_every_event_and_channel(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [event.value for event in EventName if f"| `{event.value}` |" not in text] == []
    assert [channel for channel in channel_types() if f'"type": "{channel}"' not in text] == []


@pytest.mark.parametrize("page", ROUTING)
def test_the_receivers_code_on_the_pages_is_the_code_that_is_tested(page: str) -> None:
    code = (ROOT / "docs" / "receivers" / "standard_webhooks.py").read_text(encoding="utf-8")
    assert f"```python\n{code}```" in (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "README_cn.md"])
def test_the_readme_has_every_command(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [command.name for command in COMMANDS if f"`!!pn {command.name}" not in text] == []


def test_both_languages_have_the_same_pages_with_the_same_sections() -> None:
    def shape(page: Path) -> List[str]:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        return re.findall(r"^#+(?= )", text, re.MULTILINE)

    english, chinese = ({page.name: shape(page) for page in ROOT.glob(f"docs/{x}/*.md")} for x in ("en", "zh"))
    assert english == chinese
    assert shape(ROOT / "README.md") == shape(ROOT / "README_cn.md")


@pytest.mark.parametrize("page", ["README.md", "README_cn.md"])
def test_the_contents_of_the_readme_name_every_section_in_order(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    contents = re.search(r"^\*\*(?:Contents|目录)\*\*[:：](.*?)\n\n", text, re.DOTALL | re.MULTILINE)
    assert contents is not None
    named = re.findall(r"\[([^\]]+)\]\(#[^)]+\)", contents[1].replace("\n", " "))
    assert named == re.findall(r"^## (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize(("page", "folder"), [("README.md", "docs/en"), ("README_cn.md", "docs/zh")])
def test_the_readme_links_every_page(page: str, folder: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [one.name for one in sorted((ROOT / folder).glob("*.md")) if f"({folder}/{one.name})" not in text] == []


def test_both_languages_give_the_same_numbers_of_the_benchmarks() -> None:
    """Each row has the same command and the same numbers, in any order: the sentences differ."""
    rows = {}
    for lang in ("en", "zh"):
        text = (ROOT / f"docs/{lang}/benchmarks.md").read_text(encoding="utf-8").replace("100 000", "10 万")
        lines = [line for line in text.splitlines() if line.startswith("| `")]
        rows[lang] = [(line.split("|")[1], sorted(set(re.findall(r"\d+\.\d+|\d+%", line)))) for line in lines]
    assert rows["en"] == rows["zh"]
    assert len(rows["en"]) == 10


@pytest.mark.parametrize("page", [page for page in PAGES if "![" in page.read_text(encoding="utf-8")])
def test_a_caption_says_that_a_picture_is_a_drawing(page: Path) -> None:
    """Directly below, or below the last of several pictures."""
    blocks = page.read_text(encoding="utf-8").split("\n\n")
    for block, below in zip(blocks, blocks[1:]):
        if block.startswith("![") and not below.startswith("!["):
            assert re.match(r"\*(A drawing|Drawings|Drawn|示意图|根据真实的 MCDReforged 的输出绘制)", below), block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        path, _, section = link.partition("#")
        target = page if not path else (page.parent / path)
        assert target.exists(), link
        if section:
            assert section in sections(target), link


def sections(page: Path) -> List[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


# the filters of templates

EXAMPLES = {
    lang: re.findall(r"^(.*) → (.*)$", block, re.MULTILINE)
    for lang in ("en", "zh")
    for block in re.findall(
        r"^```jinja\n(.*?)^```",
        (ROOT / f"docs/{lang}/routing-and-templates.md").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
}


@pytest.mark.parametrize(("source", "result"), EXAMPLES["en"])
def test_a_filter_makes_what_its_example_says(source: str, result: str) -> None:
    check_template(source)
    assert render_text(source, {"backup": {"tags": {"scheduled": True}}}, Budget()).rstrip() == result


def test_every_filter_has_an_example_in_both_languages() -> None:
    sources = " ".join(source for source, _ in EXAMPLES["en"])
    assert [name for name in FILTERS if f"|{name}" not in sources] == []
    assert EXAMPLES["zh"] == EXAMPLES["en"]
