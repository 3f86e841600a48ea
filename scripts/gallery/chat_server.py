"""The stand-in server of the pictures: it prints the whole JSON of what players are shown, with its colours."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))

import standin_server


class ChatServer(standin_server.StandIn):
    """Prints "[tellraw-json to WHO] JSON"."""

    def _tellraw(self, rest: str) -> None:
        who, _, text = rest.partition(" ")
        self.log(f"[tellraw-json to {who}] {text}")


if __name__ == "__main__":
    sys.exit(ChatServer().run(sys.stdin))
