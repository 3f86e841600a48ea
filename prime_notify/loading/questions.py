"""The questions that lead to a new endpoint, made from the smallest example of its channel and its options' texts.

Each value of the example is asked for, but for those that everybody may leave as they are: choices, numbers and the
like. So a new channel has its questions by itself.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Type
from urllib.parse import parse_qs, urlsplit

from pydantic.fields import FieldInfo

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.known_services import service_at
from prime_notify.config.option import chinese_description
from prime_notify.config.problem import Location, Problem, json_path
from prime_notify.loading.endpoints import EndpointLoader
from prime_notify.loading.secrecy import Secrecy, secrecy_at
from prime_notify.model.annotations import field_at, member
from prime_notify.text.wording import Wording

__all__ = ["Answers", "Question", "accepted_answer", "endpoint_of", "is_plain_address", "is_reference",
           "questions_of", "reads_like_a_secret", "recognized", "unwrapped"]  # fmt: skip

PLACEHOLDER = re.compile(r"<[^<>]+>")
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_UNASKED = ("name", "type")
_SHORTEST_KEY = 9  # characters; short words are looked at often, and channels are imported to look at longer ones
_LONGEST_WORD = 15  # characters; what is longer, and a mixture of letters and digits, is more likely a key than a word

Answers = Dict[Location, Any]
"""The answers so far, by the places of their questions. ``None``: the option is left out."""


@dataclass(frozen=True)
class Question:
    """A value to ask for. ``at``: its place in the endpoint. ``example``: how it looks. ``about``: its meaning.

    ``is_secret``: it may not be typed where others read along. ``is_optional``: the endpoint can do without.
    """

    at: Location
    example: str
    about: Wording
    is_secret: bool
    is_optional: bool

    @property
    def is_address(self) -> bool:
        """Whether the value is a URL."""
        return bool(_URL.fullmatch(self.example))


def questions_of(channel: Type[Channel[Any]], loader: EndpointLoader) -> Tuple[Question, ...]:
    """The questions for an endpoint of this kind, in the order of its example."""
    example = {key: value for key, value in channel.example.items() if key not in _UNASKED}
    model = channel.endpoint_model
    asked = [
        (at, value)
        for at, value in _leaves(example, ())
        if not isinstance(value, bool) and (_has_placeholder(value) or secrecy_at(model, at) is not Secrecy.PUBLIC)
    ]
    asked += [((name, key), _first_example(model, name, key)) for name, key in channel.also_asked]
    return tuple(
        Question(at, str(value), _about(model, at), _is_secret(model, at, value), _is_optional(channel, at, loader))
        for at, value in asked
    )


def endpoint_of(channel: Type[Channel[Any]], name: str, answers: Mapping[Location, Any]) -> Dict[str, Any]:
    """The endpoint as it is written: the example with the answers. An unanswered value stays as in the example."""
    endpoint = deepcopy(dict(channel.example))
    endpoint["name"] = name
    for at, value in answers.items():
        _put(endpoint, at, value)
    return endpoint


def accepted_answer(
    channel: Type[Channel[Any]], question: Question, text: Any, answers: Answers, loader: EndpointLoader
) -> Tuple[Answers, Optional[Problem]]:
    """The answers with one more, which a text gives; or the problem with it.

    A key alone is put into the address of the example, and a key or an address is found in what was pasted.
    """
    problem: Optional[Problem] = None
    for candidate in _readings(channel, question, text):
        problem_here = _problem_with({**answers, **candidate}, channel, question, loader)
        if problem_here is None:
            return {**answers, **candidate}, None
        problem = problem or problem_here
    return answers, problem


def recognized(text: str, types: Mapping[str, Type[Channel[Any]]]) -> str:
    """The type of the endpoint that an address or a key is of; empty where it is neither."""
    text = unwrapped(text)
    service = service_at(text)
    if service in types:
        return service
    for name, channel in types.items():
        if channel.key_pattern and re.fullmatch(channel.key_pattern, text):
            return name
    if re.match(r"https?://[^/\s]", text, re.IGNORECASE):
        return "webhook"
    return "apprise" if _URL.fullmatch(text) else ""


def unwrapped(text: str) -> str:
    """A pasted text without blanks, quotation marks and angle brackets around it.

    An address of a service gets the ``https://`` that many programs leave out.
    """
    text = text.strip()
    if len(text) > 1 and (text[0] + text[-1]) in ('""', "''", "``", "“”"):
        text = text[1:-1].strip()
    text = text[1:-1] if text.startswith("<") and text.endswith(">") and "://" in text else text
    return f"https://{text}" if "://" not in text and service_at(f"https://{text}") else text


def is_reference(text: str) -> bool:
    """Whether a text names an environment variable, so that it is no secret itself."""
    return bool(_REFERENCE.fullmatch(text.strip()))


def is_plain_address(text: str) -> bool:
    """Whether a text is the address of a server alone, without path, query or password, in which keys stand."""
    try:
        parts = urlsplit(unwrapped(text))
    except ValueError:
        return False
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and plain


def reads_like_a_secret(text: str, types: Mapping[str, Type[Channel[Any]]]) -> bool:
    """Whether a text may be an address with a key in it, or a key."""
    text = unwrapped(text)
    if len(text) < _SHORTEST_KEY or is_reference(text) or is_plain_address(text):
        return False
    if "://" in text or any(one.key_pattern and re.search(one.key_pattern, text) for one in types.values()):
        return True
    words = re.findall(rf"[\w-]{{{_LONGEST_WORD + 1},}}", text)
    return any(re.search(r"[A-Za-z]", word) and re.search(r"[0-9]", word) for word in words)


def _leaves(value: Any, at: Location) -> Iterator[Tuple[Location, Any]]:
    items: Sequence[Tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        yield at, value
    for key, inner in items:
        yield from _leaves(inner, (*at, key))


def _has_placeholder(value: Any) -> bool:
    return isinstance(value, str) and bool(PLACEHOLDER.search(value))


def _about(model: Any, at: Location) -> Wording:
    """The description of the option at a place, or of the closest one around it."""
    found: Optional[FieldInfo] = None
    for part in at:
        found = (field_at(model, part) if isinstance(part, str) else None) or found
        model = member(model, part)
    english = (found.description if found else "") or ""
    chinese = (chinese_description(found) if found else "") or english
    return Wording(english.replace("{", "{{").replace("}", "}}"), chinese.replace("{", "{{").replace("}", "}}"))


def _first_example(model: Any, name: str, key: str) -> Any:
    info = field_at(member(model, name), key)
    return info.examples[0] if info is not None and info.examples else ""


def _is_secret(model: Any, at: Location, value: Any) -> bool:
    return secrecy_at(model, at) is Secrecy.SECRET and not is_plain_address(str(value))


def _is_optional(channel: Type[Channel[Any]], at: Location, loader: EndpointLoader) -> bool:
    """Whether the example without this value is an endpoint still."""
    return loader.load(endpoint_of(channel, "example", {at: None}), (), "").endpoint is not None


def _put(endpoint: Dict[str, Any], at: Location, value: Any) -> None:
    """Write a value, or with None remove it, with the objects that are empty then."""
    path: List[Any] = [endpoint]
    last: Any = at[-1]
    if value is None and isinstance(at[0], str) and at[0] not in endpoint:
        return
    for part in at[:-1]:
        inner = path[-1].setdefault(part, {}) if isinstance(path[-1], dict) else path[-1][part]
        path.append(inner)
    if value is not None:
        path[-1][last] = value
        return
    if isinstance(path[-1], list) or last in path[-1]:
        del path[-1][last]
    for holder, part in zip(reversed(path[:-1]), reversed(at[:-1])):
        if holder[part]:
            break
        del holder[part]


def _readings(channel: Type[Channel[Any]], question: Question, text: Any) -> Iterator[Answers]:
    """What a pasted text may mean, the likeliest first."""
    if not isinstance(text, str):
        yield {question.at: text}
        return
    text = unwrapped(text)
    key = re.search(channel.key_pattern, text) if channel.key_pattern else None
    if "://" in text and not question.is_address:
        if key:
            yield {question.at: key[0]}
        for value in parse_qs(text.partition("?")[2]).get(str(question.at[-1]), ()):
            yield {question.at: value}
        yield {question.at: None, ("url",): text}
        return
    yield {question.at: text}
    if question.is_address and len(PLACEHOLDER.findall(question.example)) == 1:
        yield {question.at: PLACEHOLDER.sub(lambda _: text, question.example)}


def _problem_with(
    answers: Answers, channel: Type[Channel[Any]], question: Question, loader: EndpointLoader
) -> Optional[Problem]:
    """A problem that the answer to a question makes: a fatal one, or one at its place."""
    problems = loader.load(endpoint_of(channel, "example", answers), (), "").problems
    place = json_path(question.at)
    return next((one for one in problems if one.fatal or one.path == place), None)
