#!/usr/bin/env python3
"""The commands of newcomers and CI. They need Python >= 3.9 and pip only, and make their environments under .dev/.

python3 scripts/dev.py demo     show a backup, a failing backup and a restore, with their notifications
python3 scripts/dev.py test     run everything that CI runs
python3 scripts/dev.py pack     pack the installable plugin into dist/
python3 scripts/dev.py docs     write the config's schema and the generated pages again, from the models
python3 scripts/dev.py bench    measure the numbers of the README, each beside a baseline
"""

import sys

if sys.version_info < (3, 9):  # noqa: UP036 - the first place where an older Python can be reported
    sys.exit("Python 3.9 or newer is needed; this is " + sys.version.split()[0])

import argparse
import json
import signal
import subprocess
from pathlib import Path
from typing import Dict, List, NoReturn, Optional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.checks import Checks, Options
from scripts.demo.story import DemoOptions, demo
from scripts.demo.words import LANGUAGES, language_of
from scripts.pack import pack
from scripts.terminal import Terminal
from scripts.venvs import ROOT, Venv, VenvError, read_requirements

_WRITE_PAGES = "from pathlib import Path; from scripts.reference import write; write(Path())"


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs one command. Returns its exit code; an interrupted command cleans up and returns 130."""
    options = _parser().parse_args(arguments)
    terminal = Terminal.standard()
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):  # a system may lack some of them
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    try:
        return int(options.command(options, terminal))
    except VenvError as error:
        terminal.say(str(error), "red")
        return 1
    except KeyboardInterrupt:
        terminal.say("\ninterrupted", "yellow")
        return 130


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("demo", help="show the plugin at work, end to end, in a scratch folder")
    command.add_argument("--keep", action="store_true", help="leave the server running, with a console for commands")
    command.add_argument("--prime-backup", type=_file, metavar="FILE", help="use this packed Prime Backup instead")
    command.add_argument(
        "--endpoint", type=_endpoint, action="append", default=[], metavar="JSON", help="add a real endpoint as well"
    )
    command.add_argument("--language", choices=LANGUAGES, default=language_of(), help="by default that of the locale")
    command.add_argument("--verbose", action="store_true", help="show the output of MCDReforged, too")
    command.set_defaults(command=_demo)

    command = commands.add_parser("test", help="run everything that CI runs")
    command.add_argument("--quick", action="store_true", help="one Python, no end-to-end tests")
    command.add_argument("--prime-backup", type=_file, metavar="FILE", help="test against this packed Prime Backup")
    command.set_defaults(command=_test)

    command = commands.add_parser("pack", help="pack the installable plugin into dist/")
    command.set_defaults(command=_pack)
    command = commands.add_parser("docs", help="write the schema and the generated pages again")
    command.set_defaults(command=_docs)
    command = commands.add_parser("bench", help="measure the numbers of the README, each beside a baseline")
    command.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on to benchmarks/run.py")
    command.set_defaults(command=_bench)
    return parser


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path.resolve()


def _endpoint(text: str) -> Dict[str, object]:
    try:
        endpoint = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not JSON: {error}") from None
    if not isinstance(endpoint, dict) or not isinstance(endpoint.get("name"), str):
        raise argparse.ArgumentTypeError('an endpoint is an object such as {"name": "phone", "type": "bark", ...}')
    return endpoint


def _demo(options: argparse.Namespace, terminal: Terminal) -> int:
    return demo(
        terminal,
        DemoOptions(options.keep, options.prime_backup, tuple(options.endpoint), options.language, options.verbose),
    )


def _test(options: argparse.Namespace, terminal: Terminal) -> int:
    return Checks(terminal, Options(options.quick, options.prime_backup)).run()


def _tool_venv() -> Venv:
    venv = Venv(ROOT / ".dev" / "venv-demo")
    venv.ensure(read_requirements(ROOT / "requirements.txt"))
    return venv


def _pack(_options: argparse.Namespace, terminal: Terminal) -> int:
    terminal.say(str(pack(_tool_venv(), ROOT / "dist")))
    return 0


def _docs(_options: argparse.Namespace, terminal: Terminal) -> int:
    _tool_venv().run("-X", "utf8", "-c", _WRITE_PAGES)
    terminal.say(f"{ROOT / 'schema'}\n{ROOT / 'docs'}")
    return 0


def _bench(options: argparse.Namespace, terminal: Terminal) -> int:
    venv = Venv(ROOT / ".dev" / "venv-bench")
    venv.ensure([*read_requirements(ROOT / "requirements.txt"), "apprise"])
    return subprocess.run(
        [str(venv.python), "-m", "benchmarks.run", *options.arguments], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
