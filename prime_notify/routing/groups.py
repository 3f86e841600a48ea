"""The choice of one member of a group for a notification that several members may get. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

from prime_notify.config.endpoint import EndpointConfig

__all__ = ["GroupChoice", "GroupState", "choose_members", "chooses_one", "group_of", "members_after"]

_CHOOSING_MODES = ("first_ok", "round_robin")


def chooses_one(mode: Optional[str]) -> bool:
    """Whether a group of this mode sends each notification to one member only; None: there is no such group."""
    return mode in _CHOOSING_MODES


@dataclass(frozen=True)
class GroupState:
    """The groups of the config, and what they base their choices on.

    ``endpoints``: all endpoints, in the order of the config. ``modes``: the mode of each group. ``turns``: the member
    that had the last turn in each group. ``is_available``: whether an endpoint is attempted now. ``start_recipients``:
    the endpoints that have the start of the task that the notification ends; asked only when a group has to choose.
    """

    endpoints: Sequence[EndpointConfig]
    modes: Mapping[str, str]
    turns: Mapping[str, str] = field(default_factory=dict)
    is_available: Callable[[str], bool] = lambda name: True
    start_recipients: Callable[[], Sequence[str]] = lambda: ()


@dataclass(frozen=True)
class GroupChoice:
    """The choice of one group.

    ``members``: those that let the notification pass. ``skipped``: unavailable members before ``chosen``.
    ``has_start``: the chosen member has the start of the task. ``previous``: the member that had the turn before.
    ``none_available``: no member is available, not even ``chosen``.
    """

    group: str
    mode: str
    chosen: str
    members: Tuple[str, ...]
    skipped: Tuple[str, ...] = ()
    has_start: bool = False
    previous: Optional[str] = None
    none_available: bool = False

    @property
    def turn(self) -> Dict[str, str]:
        """The turn to remember: group and member; empty when the choice is no turn."""
        return {self.group: self.chosen} if self.mode == "round_robin" and not self.has_start else {}


def choose_members(names: Sequence[str], state: GroupState) -> Tuple[Sequence[str], Sequence[GroupChoice]]:
    """Those of ``names`` that get a notification, and the choice of each group among them.

    The end of a task goes to the member that has its start, if that is available. Otherwise, ``first_ok`` chooses the
    first available member, and ``round_robin`` the next available one after the last turn. When no member is
    available, the choice is the same as if all were.

    :param names: the endpoints whose rules let the notification pass.
    """
    by_group: Dict[str, List[str]] = {}
    for endpoint in state.endpoints:
        group = endpoint.group
        if group is not None and chooses_one(state.modes.get(group)):
            by_group.setdefault(group, []).append(endpoint.name)
    choices = [
        _choice(group, members, [name for name in members if name in names], state)
        for group, members in by_group.items()
        if any(name in names for name in members)
    ]
    left_out = {name for choice in choices for name in choice.members if name != choice.chosen}
    return [name for name in names if name not in left_out], choices


def _choice(group: str, members: Sequence[str], candidates: Sequence[str], state: GroupState) -> GroupChoice:
    mode, previous, order = state.modes[group], None, candidates
    if mode == "round_robin":
        previous = state.turns.get(group)
        following = members.index(previous) + 1 if previous in members else 0
        order = [name for name in (*members[following:], *members[:following]) if name in candidates]
    if len(candidates) > 1:
        recipient = next((name for name in state.start_recipients() if name in candidates), None)
        if recipient is not None and state.is_available(recipient):
            return GroupChoice(group, mode, recipient, tuple(candidates), has_start=True, previous=previous)
    chosen = next((name for name in order if state.is_available(name)), None)
    skipped = tuple(order[: order.index(chosen)]) if chosen else ()
    return GroupChoice(
        group, mode, chosen or order[0], tuple(candidates), skipped, previous=previous, none_available=chosen is None
    )


def group_of(name: str, endpoints: Sequence[EndpointConfig]) -> Optional[str]:
    """The group of an endpoint."""
    return next((one.group for one in endpoints if one.name == name), None)


def members_after(name: str, endpoints: Sequence[EndpointConfig], modes: Mapping[str, str]) -> Sequence[str]:
    """The other members of an endpoint's group, if that group chooses one: those after it, then those before it."""
    group = group_of(name, endpoints)
    if group is None or not chooses_one(modes.get(group)):
        return ()
    members = [one.name for one in endpoints if one.group == group]
    position = members.index(name)
    return (*members[position + 1 :], *members[:position])
