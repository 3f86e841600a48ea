"""Alerts in the sense of Prometheus: the words of their severity, and the memory of those that fire."""

from __future__ import annotations

import json
from typing import Dict, Iterable, List, Mapping, Optional

from prime_notify.model.event import Severity

__all__ = ["SEVERITIES", "Labels", "firing_before", "firing_receipt"]

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "warning", Severity.INFO: "info"}
"""The names that rules for Prometheus use, so that routes written for those fit."""

Labels = Dict[str, str]

_FIRING = "firing"
_MOST = 10


def firing_before(previous: Optional[Mapping[str, str]]) -> Optional[List[Labels]]:
    """The labels of the alerts that fire at the endpoint, by the receipt of its last message; None: not known."""
    if previous is None:
        return None
    try:
        found = json.loads(previous.get(_FIRING, "[]"))
    except ValueError:
        return []
    listed = found if isinstance(found, list) else []
    return [{str(name): str(value) for name, value in one.items()} for one in listed if isinstance(one, dict)]


def firing_receipt(firing: Iterable[Labels]) -> Mapping[str, str]:
    """The receipt of a message after which these alerts fire, each once."""
    distinct = {frozenset(labels.items()): labels for labels in firing}
    return {_FIRING: json.dumps(list(distinct.values())[-_MOST:])}
