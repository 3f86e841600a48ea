"""Which endpoints a notification goes to, and why."""

from prime_notify.routing.decision import Decision, Reason, decide, route
from prime_notify.routing.explanation import Explanation, explain
from prime_notify.routing.rules import RoutingContext, outcome_of

__all__ = ["Decision", "Explanation", "Reason", "RoutingContext", "decide", "explain", "outcome_of", "route"]
