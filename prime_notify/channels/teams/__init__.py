"""Microsoft Teams: a channel or chat, through a workflow of Power Automate that starts with a webhook.

https://support.microsoft.com/office/create-incoming-webhooks-with-workflows-for-microsoft-teams-8ae491c7-0394-4861-ba59-055e33f75498.
The connectors of Office 365 that such webhooks had before are retired
(https://devblogs.microsoft.com/microsoft365dev/retirement-of-office-365-connectors-within-microsoft-teams/).
"""

from __future__ import annotations

from prime_notify.channels.common.base import Channel
from prime_notify.channels.common.http_post import json_post
from prime_notify.channels.teams.answers import LONGEST_WAIT, judged
from prime_notify.channels.teams.layout import body_of
from prime_notify.channels.teams.options import TeamsEndpoint
from prime_notify.config.units import Rate
from prime_notify.model.notification import Message
from prime_notify.model.outcome import Outcome
from prime_notify.model.request import Request
from prime_notify.model.response import Response

__all__ = ["Teams"]


class Teams(Channel[TeamsEndpoint]):
    """Starts a workflow with an Adaptive Card. The answer says that it runs, not that it has posted the card."""

    type = "teams"
    endpoint_model = TeamsEndpoint
    example = {
        "name": "team",
        "type": "teams",
        "url": "https://<id>.environment.api.powerplatform.com/workflows/<id>/triggers/manual/paths/invoke?sig=<sig>",
    }
    about = {
        "en_us": (
            "Posts cards to a channel or chat of [Microsoft Teams](https://www.microsoft.com/microsoft-teams). In "
            'Teams choose *Workflows* at the channel\'s "...", the template *Send webhook alerts to a channel* '
            "(or *chat*), and copy the address that it shows at the end; it is a secret. Microsoft accepts a card "
            "before it is posted, so a delivery reads *accepted, not confirmed*. A card cannot mention a whole channel."
        ),
        "zh_cn": (
            "向 [Microsoft Teams](https://www.microsoft.com/microsoft-teams) 的频道或聊天发送卡片。"
            "在 Teams 中打开频道的“...”→“工作流”，选择模板“将 Webhook 警报发送到频道”（或“聊天”），复制最后显示的地址；"
            "此地址是机密。微软先接受卡片再发布，因此结果显示为“已接受，未确认”。卡片不能 @ 整个频道。"
        ),
    }
    rate_limits = (Rate(4, 1.0),)  # learn.microsoft.com: more than four requests a second are throttled
    longest_wait = LONGEST_WAIT

    def render(self, message: Message) -> Request:
        return json_post(self.endpoint.url, body_of(message, self.endpoint), self.endpoint.headers, {})

    def judge(self, response: Response) -> Outcome:
        return judged(response)

    @classmethod
    def judge_foreign(cls, response: Response, url: str) -> Outcome:
        return judged(response)
