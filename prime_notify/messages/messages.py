"""Everything that the engine puts into words: messages for endpoints, payloads for other plugins, lines for the log."""

from __future__ import annotations

import dataclasses
import logging
from typing import Any, Dict, Mapping, Optional, Sequence

from prime_notify.config.endpoint import EndpointConfig
from prime_notify.config.models import Config
from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.composer import Composer
from prime_notify.messages.digest import digest_of
from prime_notify.messages.machine_texts import comment_readings
from prime_notify.messages.owner_texts import with_templates
from prime_notify.messages.remarks import remark_values, remarked
from prime_notify.messages.texts import localize, message_of
from prime_notify.model.fact import Fact, FactKind
from prime_notify.model.item import Item
from prime_notify.model.notification import Message, Notification

__all__ = ["Voice"]


class Voice:
    """Speaks each endpoint's language, by default the config's, else ``language``. For any number of threads."""

    def __init__(self, config: Config, catalogue: Catalogue, log: logging.Logger, language: str) -> None:
        self._config = config
        self._catalogue = catalogue
        self._composer = Composer(catalogue)
        self._log = log
        self._language = language

    def use(self, config: Config) -> None:
        """Put another config in force."""
        self._config = config

    def message(
        self,
        notification: Notification,
        endpoint: EndpointConfig,
        now: float,
        previous: Optional[Mapping[str, str]] = None,
    ) -> Message:
        """What the endpoint's channel renders, at ``now`` (unix seconds), with the receipt of the task's start."""
        language = self._language_of(endpoint)
        return self._dressed(self._composer.message(notification, language, now=now, previous=previous), endpoint)

    def combined(
        self, items: Sequence[Item], endpoint: EndpointConfig, now: float, previous: Optional[Mapping[str, str]] = None
    ) -> Message:
        """One message about several notifications; or about one, with its remark."""
        language = self._language_of(endpoint)
        item, *others = items
        if others:
            return self._dressed(digest_of(items, language, self._catalogue, now=now), endpoint)
        notification = remarked(item, language, self._catalogue)  # another payload under the same id
        message = message_of(notification, language, self._catalogue, now=now, previous=previous)
        remark = remark_values(item, language, self._catalogue)
        return self._dressed(dataclasses.replace(message, beside=remark), endpoint)

    def _language_of(self, endpoint: EndpointConfig) -> str:
        return self._catalogue.best(endpoint.language or self._config.language or self._language)

    def _dressed(self, message: Message, endpoint: EndpointConfig) -> Message:
        """With the owner's own texts."""
        message = with_templates(message, endpoint.templates, traceback=endpoint.traceback)
        if message.custom_body is None:
            return message
        # Channels that lay out facts show the owner's own text instead of them
        label = self._catalogue.text(message.language, f"notification.label.{FactKind.MESSAGE.value}")
        return dataclasses.replace(message, facts=(Fact(FactKind.MESSAGE, label, message.custom_body),))

    def describe(self, notification: Notification) -> Dict[str, Any]:
        """The payload as other plugins get it, texts in the configured language."""
        language = self._catalogue.best(self._config.language or self._language)
        return localize(notification.payload, language, self._catalogue).to_dict()

    def readings(self, comment: str) -> Sequence[str]:
        """A backup's comment as people read it, in each language."""
        return comment_readings(comment, self._catalogue)

    def say(self, level: int, key: str, **values: object) -> None:
        """A line of the log, by its key among the texts, in MCDReforged's language."""
        self._log.log(level, "%s", self._catalogue.text(self._catalogue.best(self._language), key, **values))
