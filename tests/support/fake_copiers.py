"""Stand-ins for rclone and restic on PATH, with the commands that the recipe of the off-site copy uses.

``python -m tests.support.fake_copiers rclone copy SOURCE TARGET --exclude /temp/**`` works on folders of this machine.
A file ``fail`` beside the target makes each command fail, with its content as the reason.
"""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import sys
from pathlib import Path
from typing import List

__all__ = ["install"]


def install(folder: Path) -> None:
    """Put programs named ``rclone`` and ``restic`` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("rclone", "restic"):
        if sys.platform == "win32":
            text = f'@"{sys.executable}" "{__file__}" {name} %*\n'
            (folder / f"{name}.cmd").write_text(text, encoding="utf-8")
        else:
            program = folder / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" {name} "$@"\n', encoding="utf-8")
            program.chmod(0o755)


def _files(folder: Path, excluded: List[str]) -> List[str]:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    patterns = [one.lstrip("/").replace("/**", "/*") for one in excluded]
    return [name for name in names if not any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)


def _rclone(command: str, words: List[str], excluded: List[str], listed: List[str]) -> None:
    places = [Path(word) for word in words]
    if command == "mkdir":
        places[0].mkdir(parents=True, exist_ok=True)
    elif command == "copy":
        for name in _files(places[0], excluded):
            _put(places[0] / name, places[1] / name)
    elif command == "copyto":
        _put(*places)
    elif command == "lsf":
        sys.stdout.write("".join(f"{name}\n" for name in _files(places[0], excluded)))
    elif command == "delete":
        for name in listed:
            (places[0] / name).unlink()


def _restic(command: str, words: List[str], excluded: List[str]) -> None:
    repository = Path(os.environ["RESTIC_REPOSITORY"])
    (repository / "config").read_text(encoding="utf-8")
    if command == "backup":
        number = f"{len(list((repository / 'snapshots').glob('*'))):08}"
        for source in map(Path, words):
            files = [path for path in source.rglob("*") if path.is_file()] if source.is_dir() else [source]
            for path in files:
                if not any(fnmatch.fnmatch(path.as_posix(), f"{one}*") for one in excluded):
                    _put(path, repository / "snapshots" / number / path.relative_to(path.anchor))
        sys.stdout.write(json.dumps({"message_type": "summary", "snapshot_id": number}) + "\n")
    elif command == "forget":
        shutil.rmtree(repository / "snapshots" / words[0])


def main(arguments: List[str]) -> int:
    name, command, *rest = arguments
    reason = Path(os.environ["FAKE_COPIERS"]) / "fail"
    if reason.exists():
        sys.stderr.write(reason.read_text(encoding="utf-8"))
        return 3
    excluded, listed, words = [], [], []
    options = iter(rest)
    for option in options:
        if option in ("--exclude", "--files-from-raw", "--tag"):
            value = next(options)
            excluded += [value] if option == "--exclude" else []
            listed += Path(value).read_text(encoding="utf-8").splitlines() if option == "--files-from-raw" else []
        elif option.startswith("--exclude="):
            excluded.append(option.partition("=")[2])
        elif not option.startswith("--"):
            words.append(option)
    if name == "rclone":
        _rclone(command, words, excluded, listed)
    else:
        _restic(command, words, excluded)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
