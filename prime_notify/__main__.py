"""``python -m prime_notify``, and what the packed plugin runs when it is started as a program."""

from __future__ import annotations

import sys

__all__ = ["run"]


def run() -> int:
    """The command line's exit code; says what is missing where this Python is not MCDReforged's."""
    try:
        from prime_notify.cli.main import main
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"Python's package {error.name} is missing: use the Python that MCDReforged runs with, "
            f"or install what it needs: {sys.executable} -m pip install mcdreforged\n"
        )
        return 2
    return main()


if __name__ == "__main__":
    sys.exit(run())
