"""What becomes of an event at an endpoint: its own rules, and where it stands among the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional, Sequence, Tuple

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.model.event import Severity
from prime_notify.routing.decision import Decision
from prime_notify.routing.groups import Share, group_of

__all__ = ["Explanation", "explained"]


@dataclass(frozen=True)
class Explanation:
    """``group`` and ``mode``: of the group that the endpoint is in. ``share``: what that group would choose; None where
    it does not choose, or no member wants the event.

    ``fallbacks``: who takes over from it. ``stands_in_for``: from whom it takes over. ``left_alone``: of all these and
    itself, who is left alone for now, and for how many seconds yet; None: until the next reload.
    """

    endpoint: str
    decision: Decision
    severity: Severity = Severity.INFO
    group: Optional[str] = None
    mode: str = ""
    share: Optional[Share] = None
    fallbacks: Tuple[str, ...] = ()
    stands_in_for: Tuple[str, ...] = ()
    left_alone: Mapping[str, Optional[float]] = field(default_factory=dict)

    @property
    def goes_there(self) -> bool:
        return self.decision.passes and (self.share is None or self.share.chosen == self.endpoint)


def explained(
    endpoint: str,
    decision: Decision,
    severity: Severity,
    *,
    on: Sequence[EndpointConfig],
    groups: Mapping[str, str],
    shares: Sequence[Share],
    left_alone: Mapping[str, Optional[float]],
) -> Explanation:
    """Puts it together. ``on``: the endpoints that are switched on; nobody takes over from, or is chosen of, others."""
    names = {one.name for one in on}
    own = next((one.fallback or () for one in on if one.name == endpoint), ())
    group = group_of(endpoint, on)
    return Explanation(
        endpoint,
        decision,
        severity,
        group,
        groups.get(group, "") if group else "",
        next((share for share in shares if share.group == group), None),
        tuple(name for name in own if name in names),
        tuple(one.name for one in on if endpoint in names and endpoint in (one.fallback or ())),
        left_alone,
    )
