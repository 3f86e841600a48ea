"""Which endpoints a notification goes to, and why."""

from prime_notify.routing.decision import Decision, Reason, decide, route
from prime_notify.routing.explanation import Explanation, explained
from prime_notify.routing.rules import Background, outcome_of

__all__ = ["Background", "Decision", "Explanation", "Reason", "decide", "explained", "outcome_of", "route"]
