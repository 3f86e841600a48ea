"""Microsoft Teams, through a workflow."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from pydantic import ValidationError

from prime_notify.model.outcome import Delivered, Permanent, Retry
from prime_notify.text.wording import in_language
from tests.support.examples import examples
from tests.support.hostile import HOSTILE, wild_messages
from tests.support.messages import ACTIONS, answer, channel, detailed, failed, sent, start, success
from tests.unit.channels.contract import load

URL = (
    "https://default1.06.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/a1b2/"
    "triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=s3cretS1gnature"
)
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def teams(**config: Any) -> Any:
    return channel("teams", **{"url": URL, **config})


def card(sender: Any, message: Any) -> Dict[str, Any]:
    [attachment] = sent(sender, message)["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    return dict(attachment["content"])


def blocks(value: Any, type: str) -> Iterator[Dict[str, Any]]:
    """Every element of this type, however deep."""
    if isinstance(value, dict):
        if value.get("type") == type:
            yield value
        for inner in value.values():
            yield from blocks(inner, type)
    elif isinstance(value, list):
        for inner in value:
            yield from blocks(inner, type)


def marked_up(found: Dict[str, Any]) -> List[str]:
    """Every text of a card in which Teams looks for Markdown."""
    texts = [block["text"] for block in blocks(found, "TextBlock")]
    for block in blocks(found, "FactSet"):
        texts += [text for fact in block["facts"] for text in (fact["title"], fact["value"])]
    return texts


def test_a_card_has_a_coloured_head_and_a_table_of_facts() -> None:
    request = sent(teams(), success())
    assert request["type"] == "message"
    found = card(teams(), success())
    assert (found["type"], found["version"]) == ("AdaptiveCard", "1.4")
    head, facts = found["body"]
    assert head["style"] == "good"
    assert head["items"][0]["text"] == "✅ Backup #42 done — MyServer"
    assert {"title": "Took", "value": "3m 12s"} in facts["facts"]
    assert "msteams" not in found
    assert "actions" not in found


@pytest.mark.parametrize(("message", "style"), [(failed(), "attention"), (start(), "accent"), (success(), "good")])
def test_the_head_has_the_colour_of_the_event(message: Any, style: str) -> None:
    assert card(teams(), message)["body"][0]["style"] == style


def test_an_error_and_a_traceback_are_shown_as_they_are() -> None:
    runs = [block["inlines"][0] for block in blocks(card(teams(traceback=True), failed()), "RichTextBlock")]
    assert runs[0]["text"] == "OSError: disk full"
    assert runs[-1]["text"].startswith("Traceback")
    assert {run.get("fontType") for run in (runs[0], runs[-1])} == {"Monospace"}


def test_buttons_open_links() -> None:
    assert card(teams(actions=ACTIONS), success())["actions"] == [
        {"type": "Action.OpenUrl", "title": "Panel", "url": "https://panel.example.com/x"},
        {"type": "Action.OpenUrl", "title": "Docs", "url": "https://docs.example.com"},
    ]


def test_people_are_mentioned_by_the_entities_of_the_card() -> None:
    found = card(teams(mention={"users": ["steve@example.com"], "all": True}, teams={"full_width": True}), failed())
    assert found["msteams"] == {
        "entities": [
            {
                "type": "mention",
                "text": "<at>steve@example.com</at>",
                "mentioned": {"id": "steve@example.com", "name": "steve@example.com"},
            }
        ],
        "width": "Full",
    }
    assert "<at>steve@example.com</at>" in marked_up(found)


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_a_player_typed_is_markup(typed: str) -> None:
    message = detailed(backup={"id": 7, "comment": typed}, message=typed)
    for text in marked_up(card(teams(), message)):
        tokens = [inner for token in MARKDOWN.parse(text) for inner in [token, *(token.children or [])]]
        kinds = {token.type for token in tokens}
        assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "softbreak"}, text
        assert "<at>" not in text


@examples(60)
@given(message=wild_messages)
def test_a_card_is_well_below_28_kb(message: Any) -> None:
    sender = teams(traceback=True, actions=ACTIONS, mention={"users": ["steve@example.com"]})
    assert len(sender.render(message).body) <= 20_000
    assert card(sender, message)["body"]


# -- answers ---------------------------------------------------------------------------------------------------------


def refusal(code: str, message: str) -> Dict[str, Any]:
    return {"error": {"code": code, "message": message}}


REFUSALS: List[Any] = [
    (
        400,
        refusal("WorkflowTriggerIsNotEnabled", "Could not execute workflow '1' trigger 'manual' with state 'Disabled'"),
        "turn it on",
        True,
    ),
    (401, refusal("DirectApiAuthorizationRequired", "The request must be authenticated"), '"Anyone"', False),
    (401, refusal("MisMatchingOAuthClaims", "One or more claims"), '"Anyone"', False),
    (401, refusal("AuthorizationFailed", "The authentication credentials are not valid."), "sig=...", False),
    (404, refusal("WorkflowNotFound", "The workflow '1' could not be found."), "create a new one", True),
    (400, refusal("TriggerInputSchemaMismatch", "The input body does not match"), "template", False),
    (401, b"", "sig=...", False),
    (404, b"<html>", "sig=...", False),
    (413, b"", "report", False),
    (400, refusal("SomethingNew", "x"), "type", False),
]


@pytest.mark.parametrize(("status", "value", "hint", "disable"), REFUSALS)
def test_a_refusal_says_what_to_do(status: int, value: Any, hint: str, disable: bool) -> None:
    outcome = teams().judge(answer(status, value))
    assert isinstance(outcome, Permanent)
    assert hint in outcome.hint
    assert outcome.disable is disable
    assert in_language(outcome.hint, "zh_cn") != outcome.hint


def test_an_accepted_card_is_not_a_confirmed_one() -> None:
    assert teams().judge(answer(202, b"")) == Delivered(202, confirmed=False)
    ran = {"x-ms-workflow-run-id": "08584"}
    assert teams().judge(answer(200, b"done", ran)) == Delivered(200, confirmed=False)


def test_a_limit_slows_the_endpoint_down() -> None:
    outcome = teams().judge(answer(429, refusal("TooManyRequests", "slow down"), {"retry-after": "12"}))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.throttled) == (12, True)
    assert "TooManyRequests" in outcome.reason
    assert isinstance(teams().judge(answer(503, refusal("ServiceUnavailable", "x"))), Retry)


# -- the config ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["x.webhook.office.com", "outlook.office.com", "outlook.office365.com"])
def test_the_address_of_a_retired_connector_is_refused_with_the_way_to_a_new_one(host: str) -> None:
    with pytest.raises(ValidationError, match="retired"):
        teams(url=f"https://{host}/webhookb2/1@2/IncomingWebhook/3/4")


def test_an_address_without_its_signature_is_warned_about() -> None:
    endpoint = {"name": "a", "type": "teams", "url": URL.partition("&sig=")[0]}
    [problem] = load(endpoint).problems
    assert problem.path == "notification.endpoints[0].url"
    assert "sig=" in problem.remedy
    assert load({**endpoint, "url": URL}).problems == ()
    assert load({**endpoint, "url": "http://127.0.0.1:8080/hook"}).problems == ()


def test_the_signature_is_a_secret() -> None:
    [endpoint] = load({"name": "a", "type": "teams", "url": URL}).endpoints
    assert "s3cretS1gnature" not in endpoint.redact(f"refused: {URL} and s3cretS1gnature")


def test_people_are_written_by_their_address_or_object_id() -> None:
    assert teams(mention={"users": ["8f57b2d4-0000-0000-0000-000000000000"]})
    with pytest.raises(ValidationError, match="object id"):
        teams(mention={"users": ["steve</at>"]})
