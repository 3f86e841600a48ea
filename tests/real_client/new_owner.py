"""A new owner's first five minutes, with a real server and a real client: the packed plugin, ``!!pn setup``, a message.

``python -m tests.real_client.new_owner`` prints what is typed and what is answered, and the seconds until the message
is at a stand-in of the service: those of the machine, and those of typing at five characters a second, addresses
included. With ``--write``, the transcripts go into ``docs/en/setup.md`` and ``docs/zh/setup.md``.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

from tests.support.mcdr import PROJECT, pack
from tests.support.real_client import Game, Player
from tests.support.receiver import Receiver, json_answer

__all__ = ["LANGUAGES", "SERVICES", "Run", "pages_with", "run", "shown_in"]

TYPED_PER_SECOND = 5
LANGUAGES = {"en": "en_us", "zh": "zh_cn"}
_LAST_LINE = r"\[cancel\]|\[取消\]|!!pn setup <|endpoint rename"
_PORT = 8080
"""The port that the transcripts show, in place of the one that was free."""


@dataclass(frozen=True)
class Service:
    """A service as the owner meets it. ``answer``: of its stand-in.

    ``lines``: what is typed after the first ``!!pn setup``; those of the console begin with ``>``. ``{url}``: the
    address of the stand-in.
    """

    answer: Dict[str, Any]
    lines: Sequence[str]


SERVICES: Dict[str, Service] = {
    "discord": Service(
        {"id": "1300000000000000001"},
        ["!!pn setup discord", ">!!pn setup for Steve {url}/api/webhooks/1300000000000000000/kYhR8eMw2vTqLz"],
    ),
    "bark": Service(
        {"code": 200, "message": "success"}, ["!!pn setup bark", ">!!pn setup for Steve {url}/xY7k3rQm2PvT9sLwZ4hJ8n"]
    ),
    "onebot": Service(
        {"status": "ok", "retcode": 0, "data": {"message_id": 42}},
        [
            "!!pn setup onebot",
            "!!pn setup value {url}",
            "!!pn setup value 123456789",
            ">!!pn setup for Steve n4pC4t-t0k3n",
        ],
    ),
}


@dataclass
class Run:
    """What was typed and answered. ``machine``: seconds from the start of MCDReforged until the message arrived."""

    service: str
    language: str
    lines: List[str] = field(default_factory=list)
    typed: int = 0
    machine: float = 0.0
    requests: List[Any] = field(default_factory=list)

    @property
    def typing(self) -> float:
        """Seconds."""
        return self.typed / TYPED_PER_SECOND

    @property
    def summary(self) -> str:
        total = self.machine + self.typing
        return (
            f"{self.service}, {self.language}: {total:.0f} s = {self.machine:.1f} s of the machine "
            f"+ {self.typing:.1f} s of typing ({self.typed} characters)"
        )


def run(service: str, language: str, packed: Path, folder: Path) -> Run:
    """Install the packed plugin, start, and set the service up."""
    result = Run(service, language)
    with Receiver() as standin:
        standin.behave(json_answer(SERVICES[service].answer))
        started = time.monotonic()
        with Game(folder, [packed], language=LANGUAGES[language]) as game:
            steve = game.join("Steve")
            for line in ["!!pn setup", *SERVICES[service].lines]:
                _type(result, game, steve, line.replace("{url}", standin.url("")))
            standin.wait_for(1)
            result.machine = time.monotonic() - started
            result.requests = standin.requests
    result.lines = [_plain(line, standin.port) for line in result.lines]
    return result


def _type(result: Run, game: Game, steve: Player, line: str) -> None:
    """Type a line in the game, or with ``>`` in the console, and note what the owner reads there and in the game."""
    text, mark = line.lstrip(">"), steve.mark
    result.typed += len(text) + 1
    if line.startswith(">"):
        result.lines += [f"(console) {text}", *(f"(console) {one}" for one in _answers(game.mcdr.output_of(text)))]
    else:
        result.lines.append(f"<Steve> {text}")
        steve.chat(text)
    steve.wait_for_chat(_LAST_LINE, since=mark)
    shown = [text for text in steve.messages(mark) if not text.startswith("<Steve>")]
    result.lines += [one for text in shown for one in text.split("\n")]


def _answers(console: Sequence[str]) -> List[str]:
    """The lines of the console without their heads."""
    found = (re.match(r"\[MCDR\] \[[^]]*\] \[TaskExecutor/INFO\]: (.*)", line) for line in console)
    return [match[1] for match in found if match]


def _plain(line: str, port: int) -> str:
    return line.replace(f"127.0.0.1:{port}", f"127.0.0.1:{_PORT}").rstrip()


def shown_in(page: str, service: str) -> str:
    """The transcript of a service in the text of a page."""
    found = re.search(rf"<!-- run: {service} -->\n\n```text\n(.*?)```", page, re.DOTALL)
    return found[1] if found else ""


def pages_with(runs: Sequence[Run]) -> Sequence[Tuple[Path, str]]:
    """The pages with these transcripts."""
    pages = []
    for language in LANGUAGES:
        path = PROJECT / "docs" / language / "setup.md"
        text = path.read_text(encoding="utf-8")
        rows = []
        for one in (one for one in runs if one.language == language):
            text = _with_lines(text, one.service, one.lines)
            seconds = (one.typing, one.machine, one.typing + one.machine)
            rows.append(f"| {one.service} | {' | '.join(f'{value:.0f} s' for value in seconds)} |")
        head, rest = text.split("| --- | --- | --- | --- |\n", 1)
        table = "| --- | --- | --- | --- |\n" + "\n".join(rows)
        text = f"{head}{table}\n\n<!-- end -->{rest.split('<!-- end -->', 1)[1]}"
        pages.append((path, text))
    return pages


def _with_lines(page: str, service: str, lines: Sequence[str]) -> str:
    head, rest = page.split(f"<!-- run: {service} -->\n\n```text\n", 1)
    return f"{head}<!-- run: {service} -->\n\n```text\n" + "\n".join(lines) + "\n```" + rest.split("```", 1)[1]


def main() -> None:
    """Run all services in both languages, and print everything."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(PROJECT, Path(folder), "PrimeNotify.mcdr")
        for service in SERVICES:
            for language in LANGUAGES:
                result = run(service, language, packed, Path(folder, f"{service}-{language}"))
                runs.append(result)
                sent = json.dumps(result.requests[-1].json(), ensure_ascii=False)[:200]
                sys.stdout.write("\n".join([*result.lines, f"=> {sent}", result.summary, "", ""]))
                sys.stdout.flush()
    sys.stdout.write("\n".join(one.summary for one in runs) + "\n")
    for path, text in pages_with(runs) if "--write" in sys.argv else ():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
