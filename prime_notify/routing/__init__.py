"""Which endpoints a notification goes to, and why."""

from prime_notify.routing.decision import Decision, Reason, decide, route
from prime_notify.routing.rules import Background, TaskKind, outcome_of

__all__ = ["Background", "Decision", "Reason", "TaskKind", "decide", "outcome_of", "route"]
