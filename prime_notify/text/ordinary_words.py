"""Words that addresses, answers and our own texts are full of: no secret by themselves.

The documented beginnings of keys are among them: a remedy names them.
"""

from __future__ import annotations

import re

__all__ = ["is_ordinary"]

_LISTED = """
    aborted accepted access address admin alert alerts alive allowed also another answer apikey apple apprise
    archive authentication authorization automate automation automations back backup backups bark base basic bearer
    body bots busy called cannot cert channel channels chat check client code command comment config connect
    connection console content corrupt create created data date default deleted delivered denied device direct
    discord disk done down duration empty endpoint endpoints enough error event events expired fail failed failure
    false feishu field fields file files flow flows forbidden form found from full gone gotify grafana group groups
    guest header headers healthchecks helper hook hooks host html http https image inbound incoming info input
    integration integrations internal invalid invoke items java json kuma lark last level limit link list local
    localhost lock locked log login mail main manual markdown matrix mattermost message messages method minecraft
    missing must name names network none notification notifications notify ntfy null object okay onebot open opened
    operator option owner page param params password path paths people permission phone plain plugin port post power
    powerautomate powerplatform prime private prod production project projects prometheus proxy public push pushed
    query queue rate receiver receivers record refused region reload reply request response restart restore restored
    result robot rocket rocketchat room rooms root run save saved script scripts secret send sender sent server
    servers service services setting simple size slack slow sound space start started state status stop storage
    success survival synapse sync system target targets task team teams telegram test text that this time timeout
    title token topic trigger triggers true type unable unauthorized undefined unknown unlock update upload uptime
    user username users utf-8 value version wait warning webhook webhooks wecom with workflow workflows world write
    wrong your xoxb xapp whsec sctp
"""
_WORDS = frozenset(_LISTED.split())
_SHORT = re.compile(r"v\d+(\.\d+)*|api|bot|id|key|of|the|url")


def is_ordinary(text: str) -> bool:
    """Whether a text is one of these words, or such words joined as in ``prime_backup`` and ``send-message``."""
    parts = [part for part in re.split(r"[-_. ]+", text.lower()) if part]
    return all(part in _WORDS or _SHORT.fullmatch(part) for part in parts) or text.lower() in _WORDS
