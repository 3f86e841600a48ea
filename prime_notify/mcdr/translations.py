"""The texts of ``lang/``: replies in the reader's language, log lines in MCDReforged's."""

from __future__ import annotations

from typing import Any, Iterable, Optional, Sequence, Tuple

from mcdreforged.api.rtext import RTextBase, RTextMCDRTranslation
from mcdreforged.api.types import CommandSource, PluginServerInterface

from prime_notify.messages.catalogue import Catalogue
from prime_notify.messages.facts import facts
from prime_notify.messages.machine_texts import message_text
from prime_notify.messages.report import report_facts, report_headline
from prime_notify.messages.texts import zone_of
from prime_notify.model.fact import Fact
from prime_notify.model.figures import Report
from prime_notify.model.payload import Payload
from prime_notify.text.counted import Counted
from prime_notify.text.wording import in_language

__all__ = ["Translations"]


class Translations:
    """Each text is named by its key without the plugin's id.

    Log lines come from our own catalogue: while MCDReforged reloads any plugin, it forgets all translations for a
    moment, and our threads must not log bare keys then. Replies are made on the task executor, which never sees that
    moment.
    """

    def __init__(self, server: PluginServerInterface, catalogue: Catalogue) -> None:
        self._server = server
        self._catalogue = catalogue
        self._prefix = server.get_self_metadata().id + "."

    def reply(self, key: str, **values: Any) -> RTextMCDRTranslation:
        """A text that is translated when it is shown; ``values`` may be rich texts."""
        counted = {name: Counted(value) if isinstance(value, int) else value for name, value in values.items()}
        return self._server.rtr(self._prefix + key, **counted)

    def listed(self, items: Iterable[Any]) -> RTextBase:
        """The items with the language's separator between them."""
        return RTextBase.join(self.reply("command.mark.list"), list(items))

    def sequence(self, parts: Iterable[Any]) -> RTextBase:
        """Parts of one sentence, with the language's comma between them. A list of equal things has other marks."""
        return RTextBase.join(self.reply("command.mark.comma"), list(parts))

    def in_brackets(self, *items: object) -> RTextBase:
        """The items in brackets, with a space before them where the language has one."""
        return self.reply("command.mark.brackets", text=self.sequence(items))

    def after_dash(self, text: object) -> RTextBase:
        """A reason or an explanation that follows a statement."""
        return self.reply("command.mark.reason", text=text)

    def facts(self, payload: Payload, source: CommandSource) -> Sequence[Fact]:
        """The facts about an event, in the language of ``source``."""
        return facts(payload, self._catalogue.best(source.get_preference().language), self._catalogue)

    def report(self, report: Report, timezone: Optional[str], source: CommandSource) -> Tuple[str, Sequence[Fact]]:
        """The title and the facts of a report, in the language of ``source``."""
        language, catalogue = self.language_of(source), self._catalogue
        title = report_headline(report, catalogue.text(language, "notification.title.report"), language, catalogue)
        found = report_facts(report, language, catalogue, zone_of(timezone), bars=True)
        label = "notification.label."
        return title, [
            Fact(kind, catalogue.text(language, label + kind.value), value) for kind, value in found if value
        ]

    def words(self, text: str, source: CommandSource) -> str:
        """The text in the language of ``source``, if it is a wording."""
        return in_language(text, self._catalogue.best(source.get_preference().language))

    def message(self, text: str, source: CommandSource) -> str:
        """A payload's message in the language of ``source``."""
        return message_text(text, self.language_of(source), self._catalogue)

    def log_message(self, text: str) -> str:
        """A payload's message in the language of the log."""
        return message_text(text, self.log_language, self._catalogue)

    def language_of(self, source: CommandSource) -> str:
        """The language of ``source``, or the closest that there is."""
        return self._catalogue.best(source.get_preference().language)

    def best(self, language: str) -> str:
        """The closest language that there is."""
        return self._catalogue.best(language)

    @property
    def log_language(self) -> str:
        """The language of the log: MCDReforged's, or the closest that there is."""
        return self._catalogue.best(self._server.get_mcdr_language())

    def plain(self, key: str, **values: Any) -> str:
        """A text in MCDReforged's language. ``values`` may be wordings."""
        language = self.log_language
        chosen = {name: in_language(one, language) if isinstance(one, str) else one for name, one in values.items()}
        return self._catalogue.text(language, key, **chosen)

    def info(self, key: str, **values: Any) -> None:
        """Log a text."""
        self._server.logger.info("%s", self.plain(key, **values))

    def warning(self, key: str, **values: Any) -> None:
        """Log a text as a warning."""
        self._server.logger.warning("%s", self.plain(key, **values))

    def error(self, key: str, **values: Any) -> None:
        """Log a text as an error."""
        self._server.logger.error("%s", self.plain(key, **values))
