"""Copies the storage of Prime Backup to another place, by rclone or restic, while Prime Backup runs.

For an endpoint of the type "command": see offsite-rclone.json, offsite-restic.json and offsite-windows.json beside
this file. It needs Python 3.9 and rclone or restic, on Linux, Windows or macOS:

    python3 offsite_copy.py --storage pb_files rclone offsite:minecraft/pb_files
    python3 offsite_copy.py --storage pb_files restic

Prime Backup writes each data file once, and lists them all in the SQLite file prime_backup.db. A plain copy can catch
this file in the middle of a change. So this program

1. takes a snapshot of prime_backup.db with SQLite itself, and copies the data files,
2. discards the copy if Prime Backup has changed anything meanwhile: exit code 75, and Prime Notify tries again,
3. copies the snapshot after the data files, and only then deletes what is no longer needed (rclone).

At every moment, the copy is a storage that Prime Backup can use. Exit codes: 0 copied, 75 Prime Backup or another
copy is busy, 1 the copy failed, 65 and 78 only a person can help.
"""

import argparse
import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

DATABASE = "prime_backup.db"
EXCLUDED = ("/prime_backup.db*", "/temp/**", "/logs/**", "/db_backup/temp.db*")
FAILED, DATA_ERROR, BUSY, CONFIG_ERROR = 1, 65, 75, 78
OPERATOR = "script:offsite_copy"


def say(english, chinese):
    """The text in the language of the endpoint that runs this."""
    return chinese if os.environ.get("PRIME_NOTIFY_LANGUAGE") == "zh_cn" else english


class CopyError(Exception):
    """The reason for the person who reads the notification, and the exit code."""

    def __init__(self, reason, code=FAILED):
        super().__init__(reason)
        self.code = code


def main(arguments=None):
    sys.stderr.reconfigure(encoding="utf-8")  # also on Windows
    options = parse(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    try:
        with lock(options.work / "lock"):
            if os.environ.get("PRIME_NOTIFY_TEST") == "true":  # !!pn test: reach the other place, copy nothing
                options.check(options)
            else:
                copy(options)
    except CopyError as error:
        if error.code != BUSY:
            announce(options, error)
        print(error, file=sys.stderr)  # the last line is the reason that Prime Notify shows
        return error.code
    announce(options, None)
    return 0


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--storage", type=Path, default=Path("pb_files"), help="Prime Backup's storage_root")
    parser.add_argument("--work", type=Path, help="folder for the snapshot; default: offsite_copy beside the storage")
    parser.add_argument("--notify", type=Path, metavar="FILE", help="the packed Prime Notify, to announce failures")
    kinds = parser.add_subparsers(required=True, metavar="rclone|restic")
    rclone = kinds.add_parser("rclone", help="a mirror of the storage")
    rclone.add_argument("remote", help="such as offsite:minecraft/pb_files")
    rclone.add_argument("--max-delete", type=int, default=50, metavar="PERCENT", help="refuse to delete more of it")
    rclone.set_defaults(copy=rclone_copy, check=rclone_check, program="rclone")
    restic = kinds.add_parser("restic", help="a snapshot in the repository of RESTIC_REPOSITORY, encrypted")
    restic.set_defaults(copy=restic_copy, check=restic_check, program="restic")
    options = parser.parse_args(arguments)
    options.storage = options.storage.resolve()
    options.work = (options.work or options.storage.parent / "offsite_copy").resolve()
    return options


# -- what is consistent ----------------------------------------------------------------------------------------------


def copy(options):
    if not (options.storage / DATABASE).is_file():
        raise CopyError(
            say(
                f"there is no {DATABASE} in {options.storage}: check --storage",
                f"{options.storage} 中没有 {DATABASE}：请检查 --storage",
            ),
            CONFIG_ERROR,
        )
    snapshot = options.work / DATABASE
    with contextlib.closing(opened(options.storage / DATABASE)) as database:
        before = version(database, options)
        take_snapshot(database, snapshot)

        def check_unchanged():
            if version(database, options) != before:
                raise CopyError(
                    say("Prime Backup has changed its storage meanwhile", "复制期间 Prime Backup 改动了存储"), BUSY
                )

        options.copy(options, snapshot, check_unchanged)


def opened(path):
    try:
        return sqlite3.connect(path.as_uri() + "?mode=ro", uri=True, timeout=5, isolation_level=None)
    except sqlite3.Error as error:
        raise CopyError(say(f"{path} cannot be opened: {error}", f"无法打开 {path}：{error}"), BUSY) from None


def version(database, options):
    """A number that each change by another program changes. A journal shows a change that is under way."""
    if (options.storage / f"{DATABASE}-journal").exists():
        raise CopyError(say("Prime Backup is writing", "Prime Backup 正在写入"), BUSY)
    try:
        return database.execute("PRAGMA data_version").fetchone()[0]
    except sqlite3.Error as error:
        raise unreadable(error) from None


def unreadable(error):
    text = say("the database of Prime Backup cannot be read now", "暂时无法读取 Prime Backup 的数据库")
    return CopyError(f"{text}: {error}", BUSY)


def take_snapshot(database, target):
    """One step, which takes a second for each gigabyte at most: Prime Backup waits for it if it has to."""
    target.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(target)) as copied:
            database.backup(copied)
            (result,) = copied.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        raise unreadable(error) from None
    except sqlite3.DatabaseError as error:
        result = str(error)
    if result != "ok":
        text = say("the database of Prime Backup is damaged", "Prime Backup 的数据库已损坏")
        raise CopyError(f"{text}: {result}", DATA_ERROR)


# -- rclone ----------------------------------------------------------------------------------------------------------


def rclone_check(options):
    run(options, "mkdir", options.remote)


def rclone_copy(options, snapshot, check_unchanged):
    filters = [part for pattern in EXCLUDED for part in ("--exclude", pattern)]
    run(options, "copy", str(options.storage), options.remote, *filters)
    local = set(run(options, "lsf", "--recursive", "--files-only", str(options.storage), *filters).splitlines())
    check_unchanged()
    run(options, "copyto", str(snapshot), f"{options.remote.rstrip('/')}/{DATABASE}")
    remote = set(run(options, "lsf", "--recursive", "--files-only", options.remote, *filters).splitlines())
    surplus = sorted(remote - local)
    if len(surplus) * 100 > len(remote) * options.max_delete:
        raise CopyError(
            say(
                f"{len(surplus)} of {len(remote)} files of the copy are no longer in the storage, so none of them was "
                "deleted: look at the storage; if that is right, run this once with --max-delete 100",
                f"副本的 {len(remote)} 个文件中有 {len(surplus)} 个已不在存储里，因此一个也没有删除："
                "请查看存储；若确实如此，请用 --max-delete 100 运行一次",
            ),
            DATA_ERROR,
        )
    if surplus:
        names = options.work / "surplus.txt"
        names.write_text("".join(f"{name}\n" for name in surplus), encoding="utf-8")
        run(options, "delete", options.remote, "--files-from-raw", str(names))


# -- restic ----------------------------------------------------------------------------------------------------------


def restic_check(options):
    run(options, "cat", "config")


def restic_copy(options, snapshot, check_unchanged):
    run(options, "unlock")  # locks of processes that were killed; those of others stay
    filters = [f"--exclude={options.storage.as_posix()}{pattern.replace('/**', '')}" for pattern in EXCLUDED]
    paths = [str(options.storage), str(snapshot)]
    output = run(options, "backup", "--json", "--tag", "prime_backup", *filters, *paths)
    made = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    ids = [line["snapshot_id"] for line in made if line.get("message_type") == "summary"]
    try:
        check_unchanged()
    except CopyError:
        run(options, "forget", *ids)
        raise


# -- programs --------------------------------------------------------------------------------------------------------


def run(options, *arguments):
    """The output of rclone or restic. Prime Notify ends it, too, when the endpoint's timeout is over."""
    program = shutil.which(options.program)
    if program is None:
        raise CopyError(
            say(
                f"{options.program} was not found: install it, or correct PATH",
                f"找不到 {options.program}：请安装它，或修正 PATH",
            ),
            CONFIG_ERROR,
        )
    done = subprocess.run([program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no output"]
        raise CopyError(f"{options.program} {arguments[0]}: exit code {done.returncode}: {lines[-1]}")
    return done.stdout.decode("utf-8", "replace")


@contextlib.contextmanager
def lock(path):
    """One copy at a time. The lock ends with the process, also when it is killed."""
    with path.open("a+b") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CopyError(say("another copy is still running", "另一次复制还在进行"), BUSY) from None
        yield


# -- the failure on another endpoint ---------------------------------------------------------------------------------


def announce(options, error):
    """The first failure of a row becomes an event of its own, and so does the success that ends the row."""
    if options.notify is None or os.environ.get("PRIME_NOTIFY_TEST") == "true":
        return
    mark = options.work / "failed"
    if (error is not None) == mark.exists():
        return
    number = os.environ.get("PRIME_NOTIFY_BACKUP_ID")
    if error is None:
        event, fields = "backup_success", {"title": say("✅ The off-site copy works again", "✅ 异地副本已恢复正常")}
    else:
        event = "backup_failure"
        fields = {
            "title": say("❌ A backup has no off-site copy", "❌ 备份没有异地副本"),
            "error": {"type": "CopyError", "message": str(error)},
            "message": say(
                "The backup itself is fine. The copy is tried again; !!pn dead lists what was given up",
                "备份本身没有问题。复制会重试；已放弃的见 !!pn dead",
            ),
        }
    if number:
        fields["backup"] = {"id": int(number)}
    command = [sys.executable, str(options.notify), "send", event, "--plugin", "offsite_copy", "--payload", "-"]
    payload = json.dumps({"operator": OPERATOR, **fields}).encode()
    sent = subprocess.run(command, input=payload, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if sent.returncode:
        print(sent.stdout.decode("utf-8", "replace"), file=sys.stderr)
    elif error is None:
        mark.unlink()
    else:
        mark.touch()


if __name__ == "__main__":
    sys.exit(main())
