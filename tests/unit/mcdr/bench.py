"""All commands on a bench: a console, a desk behind it, and someone who types."""

from __future__ import annotations

from typing import Any, List

from prime_notify.mcdr.commands.all import register_commands
from tests.unit.mcdr.console import Console, Reader
from tests.unit.mcdr.desk import ScriptedDesk

__all__ = ["Bench"]


class Bench:
    """A console with the commands of a desk."""

    def __init__(self, *endpoints: Any, enabled: bool = True) -> None:
        self.console = Console()
        self.desk = ScriptedDesk(self.console, *endpoints, enabled=enabled)
        self.help_lines: List[Any] = []
        self.console.register_help_message = lambda *line: self.help_lines.append(line)  # type: ignore[attr-defined]
        register_commands(self.console, self.desk)  # type: ignore[arg-type]
        self.reader = Reader()

    def type(self, command: str) -> List[str]:
        return self.console.type(command, self.reader)

    def answer(self, endpoint: str, **result: Any) -> List[str]:
        before = len(self.reader.replies)
        self.desk.answer(endpoint, **result)
        self.console.run_tasks()
        return self.reader.lines[before:]
