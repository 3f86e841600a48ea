"""Whether a success that Apprise reports is one: most of its plugins look at nothing but the HTTP status.

Some services refuse with HTTP 200 and a word in the body, as Synology Chat and PushDeer do (caronc/apprise#944). So a
success counts only where the plugin reads the answer, or where the status is all that the service has to say.
"""

from __future__ import annotations

from typing import FrozenSet

__all__ = ["READS_THE_ANSWER", "STATUS_IS_ANSWER", "is_confirmed"]

READS_THE_ANSWER: FrozenSet[str] = frozenset(
    (
        "dapnet",
        "jira",
        "notifyre",
        "octopush",
        "opsgenie",
        "psafer",
        "psafers",
        "pushplus",
        "pushy",
        "serwersms",
        "sfr",
        "slack",
        "smsc",
        "smseagle",
        "smseagles",
        "voipms",
        "wxpusher",
    )
)
"""Schemes whose plugins take an error in a body with HTTP 200 for a failure, each time.

Found by running every plugin of Apprise 2.3 against a server that answers so: ``test_apprise_confirmation.py``.
"""

STATUS_IS_ANSWER: FrozenSet[str] = frozenset(
    (
        "apprise",
        "apprises",
        "discord",
        "form",
        "forms",
        "gchat",
        "gotify",
        "gotifys",
        "hassio",
        "hassios",
        "json",
        "jsons",
        "mailgun",
        "mailto",
        "mailtos",
        "mmost",
        "mmosts",
        "ntfy",
        "ntfys",
        "pbul",
        "pover",
        "ses",
        "sns",
        "tgram",
        "twilio",
        "xml",
        "xmls",
        "zulip",
    )
)
"""Schemes of mail, of one's own server, and of services that document an error status for each refusal."""


def is_confirmed(scheme: str) -> bool:
    """Whether a success at this scheme means that the service took the message; False for unknown ones."""
    return scheme.lower() in READS_THE_ANSWER or scheme.lower() in STATUS_IS_ANSWER
