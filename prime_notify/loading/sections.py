"""Loads all sections but the endpoints. An option that does not fit is left out, so that its default counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, List, Sequence, Set, Tuple

from prime_notify.config.models import Config, NotificationConfig
from prime_notify.config.problem import Location, Problem, json_path
from prime_notify.loading.endpoints import EMPTY_EVENTS
from prime_notify.loading.mix_ups import misplaced
from prime_notify.loading.secrecy import Secrecy, secrecy_at
from prime_notify.loading.validation import Violation, annotation_at, located, validated, without_nulls
from prime_notify.text.wording import Wording, joined, verbatim

__all__ = ["LoadedSections", "load_sections"]

_BLOCK = "notification"
_BLOCK_KEYS = tuple(NotificationConfig.model_fields)


@dataclass(frozen=True)
class LoadedSections:
    """The config without endpoints. ``raw_endpoints``: their value in the document, at ``endpoints_at``.

    ``written_groups``: the names of all groups in the document, including those that were left out for a problem.
    """

    config: Config
    problems: Tuple[Problem, ...]
    raw_endpoints: object
    endpoints_at: Location
    written_groups: FrozenSet[str] = frozenset()


def load_sections(document: Dict[str, Any]) -> LoadedSections:
    """Loads the sections. Never raises.

    A document with the options of the notification block, but without that block, counts as the block.
    """
    problems: List[Problem] = []
    sections, block_at = _with_block(document, problems)
    block, raw_endpoints, written_groups = sections.get(_BLOCK), None, frozenset[str]()
    if isinstance(block, dict):
        raw_endpoints = block.get("endpoints")
        groups = block.get("groups")
        written_groups = frozenset(groups if isinstance(groups, dict) else ())
        sections = {**sections, _BLOCK: {key: value for key, value in block.items() if key != "endpoints"}}
        if block.get("events") == []:
            problems.append(Problem(json_path((*block_at, "events")), verbatim("[]"), EMPTY_EVENTS))
    config = _validated(sections, block_at, problems)
    return LoadedSections(config, tuple(problems), raw_endpoints, (*block_at, "endpoints"), written_groups)


def _with_block(document: Dict[str, Any], problems: List[Problem]) -> Tuple[Dict[str, Any], Location]:
    """The document with its notification block in its place, and the real place of that block."""
    loose = {key: value for key, value in document.items() if key in _BLOCK_KEYS}
    if _BLOCK in document or not loose:
        return document, (_BLOCK,)
    remedy = Wording(
        'move {options} into "{block}": {{...}}',
        '请把 {options} 移到 "{block}": {{...}} 中',
        options=joined(map(verbatim, loose), ", ", "、"),
        block=_BLOCK,
    )
    problems.append(Problem("$", Wording('no "{block}"', '没有 "{block}"', block=_BLOCK), remedy))
    return {**{key: value for key, value in document.items() if key not in loose}, _BLOCK: loose}, ()


def _validated(sections: Dict[str, Any], block_at: Location, problems: List[Problem]) -> Config:
    refused: Set[Location] = set()

    def report(violations: Sequence[Violation]) -> bool:
        refused.update(violation.location for violation in violations)
        problems.extend(_problem(one, sections, block_at) for one in violations if not one.is_comment)
        return True

    config = validated(Config, without_nulls(sections, Config), report) or Config()
    return config.model_copy(update={_BLOCK: _sending(config.notification, refused)})


def _sending(block: NotificationConfig, refused: Set[Location]) -> NotificationConfig:
    """The block, in which an unreadable option never withholds notifications by its default."""
    update: Dict[str, object] = {"enabled": True} if (_BLOCK, "enabled") in refused else {}
    if block.events == [] and any(location[:2] == (_BLOCK, "events") for location in refused):
        update["events"] = None
    return block.model_copy(update=update)


def _problem(violation: Violation, sections: Dict[str, Any], block_at: Location) -> Problem:
    location, remedy = violation.location, violation.remedy
    if violation.is_unknown_key and len(location) <= 2:
        section = str(location[0]) if len(location) == 2 else "$"
        remedy = misplaced(str(location[-1]), annotation_at(Config, location[:-1]), section) or remedy
    if location == (_BLOCK, "enabled"):
        remedy = Wording("{remedy}; until then it counts as true", "{remedy}；在此之前按 true 处理", remedy=remedy)
    if location[:2] == (_BLOCK, "groups") and len(location) > 2:
        remedy = Wording(
            "{remedy}; until then each endpoint of the group gets everything",
            "{remedy}；在此之前组内每个推送目标都会收到全部通知",
            remedy=remedy,
        )
    location, found = located(sections, location, public=secrecy_at(Config, location) is Secrecy.PUBLIC)
    if violation.is_unknown_key:
        found = Wording("an unknown option", "未知选项")
    path = (*block_at, *location[1:]) if location[0] == _BLOCK else location
    return Problem(json_path(path), found, remedy)
