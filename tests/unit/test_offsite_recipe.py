"""The recipe of an off-site copy, run with stand-ins for rclone and restic, and with the real ones where they are."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List

import pytest
from jsonschema import Draft202012Validator

from prime_notify.engine.engine import Engine
from prime_notify.loading.load import load_config
from prime_notify.loading.schema import config_schema
from tests.support.build import event
from tests.support.configs import without_placeholders
from tests.support.fake_copiers import install
from tests.support.receiver import Receiver
from tests.support.texts import CATALOGUE

PROJECT = Path(__file__).parents[2]
RECIPES = PROJECT / "docs" / "recipes" / "offsite"
SCRIPT = RECIPES / "offsite_copy.py"
BLOBS = {
    "blobs/ab/abcd": b"chunk",
    "blobs/cd/cdef": b"level" * 100,
    "packs/00/1.pack": b"pack",
    "packs/00/2.pack": b"2",
}
KINDS = ["rclone", "restic"]


@dataclass
class Site:
    """A storage of Prime Backup, another place, and a PATH with the programs."""

    folder: Path
    environ: Dict[str, str]

    @property
    def storage(self) -> Path:
        return self.folder / "pb_files"

    @property
    def work(self) -> Path:
        return self.folder / "offsite_copy"

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.storage / "prime_backup.db")

    def copy(self, kind: str, *options: str, **environ: str) -> subprocess.CompletedProcess[str]:
        where = [str(self.folder / "elsewhere")] if kind == "rclone" else []
        command = [sys.executable, str(SCRIPT), "--storage", str(self.storage), *options, kind, *where]
        return self.run(command, **environ)

    def run(self, command: List[str], **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environ, **environ},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def copied(self, kind: str) -> Dict[str, bytes]:
        """The files of the copy; of restic's, those of its newest snapshot."""
        root = self.folder / "elsewhere"
        if kind == "restic":
            root = self.folder / "restored"
            shutil.rmtree(root, ignore_errors=True)
            if (self.folder / "repository" / "snapshots" / "00000000").is_dir():
                shutil.copytree(max((self.folder / "repository" / "snapshots").iterdir()), root)
            else:
                done = self.run([self.environ["RESTIC"], "restore", "latest", "--target", str(root)])
                assert done.returncode == 0, done.stderr
        found = {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        return {name.rpartition("pb_files/")[2].rpartition("offsite_copy/")[2]: data for name, data in found.items()}

    def snapshots(self) -> int:
        """How many snapshots the repository of restic has."""
        return len(list((self.folder / "repository" / "snapshots").iterdir()))

    def fail(self, reason: str) -> None:
        (self.folder / "fail").write_text(reason, encoding="utf-8")


def backups_in(data: bytes, folder: Path) -> List[int]:
    """The backups that a copied database lists. It is whole."""
    file = folder / "copied.db"
    file.write_bytes(data)
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return [number for (number,) in database.execute("SELECT id FROM backup ORDER BY id")]


def make_site(folder: Path, programs: Path) -> Site:
    for name, data in {**BLOBS, "temp/half.tmp": b"?", "logs/a.log": b"?"}.items():
        (folder / "pb_files" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "pb_files" / name).write_bytes(data)
    environ = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "FAKE_COPIERS": str(folder),
        "RESTIC_REPOSITORY": str(folder / "repository"),
        "RESTIC_PASSWORD": "secret",
        "RESTIC": str(shutil.which("restic")),
        "PYTHONUTF8": "1",
        "HOME": str(folder),
    }
    site = Site(folder, environ)
    with closing(site.database()) as database, database:
        database.execute("CREATE TABLE backup (id INTEGER PRIMARY KEY)")
        database.execute("INSERT INTO backup VALUES (1)")
    return site


@pytest.fixture
def fake(tmp_path: Path) -> Site:
    install(tmp_path / "bin")
    (tmp_path / "repository" / "snapshots").mkdir(parents=True)
    (tmp_path / "repository" / "config").touch()
    return make_site(tmp_path, tmp_path / "bin")


@pytest.fixture(params=["stand-in", "real"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    if request.param == "stand-in":
        made: Site = request.getfixturevalue("fake")
        return made
    if not all(map(shutil.which, KINDS)):
        pytest.skip("rclone and restic are not installed")
    real = make_site(tmp_path, tmp_path)
    done = real.run([real.environ["RESTIC"], "init"])
    assert done.returncode == 0, done.stderr
    return real


@pytest.mark.parametrize("kind", KINDS)
def test_the_copy_has_every_data_file_and_a_whole_database(site: Site, kind: str, tmp_path: Path) -> None:
    done = site.copy(kind)
    assert (done.returncode, done.stderr) == (0, "")
    copied = site.copied(kind)
    assert backups_in(copied.pop("prime_backup.db"), tmp_path) == [1]
    assert copied == BLOBS


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_copy_follows_the_storage(site: Site, kind: str, tmp_path: Path) -> None:
    assert site.copy(kind).returncode == 0
    (site.storage / "blobs" / "ef").mkdir()
    (site.storage / "blobs" / "ef" / "ef01").write_bytes(b"new")
    (site.storage / "packs" / "00" / "2.pack").unlink()
    with closing(site.database()) as database, database:
        database.execute("INSERT INTO backup VALUES (2)")
    assert site.copy(kind).returncode == 0
    copied = site.copied(kind)
    assert backups_in(copied.pop("prime_backup.db"), tmp_path) == [1, 2]
    assert copied == {
        **{name: data for name, data in BLOBS.items() if name != "packs/00/2.pack"},
        "blobs/ef/ef01": b"new",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_copied_while_prime_backup_writes(site: Site, kind: str) -> None:
    assert site.copy(kind).returncode == 0
    before = site.copied(kind)
    with closing(site.database()) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO backup VALUES (2)")
        done = site.copy(kind)
        database.rollback()
    assert (done.returncode, done.stderr) == (75, "Prime Backup is writing\n")
    assert site.copied(kind) == before


def changing(site: Site, program: str) -> str:
    """A folder with a program of this name that lets Prime Backup change its storage, and then does its work."""
    folder = site.folder / "meddling"
    folder.mkdir()
    real = shutil.which(program, path=site.environ["PATH"])
    script = folder / "meddle.py"
    script.write_text(
        "import sqlite3, subprocess, sys\n"
        f"code = subprocess.run([{real!r}, *sys.argv[1:]]).returncode\n"
        "if sys.argv[1] in ('copy', 'backup'):\n"
        f"    with sqlite3.connect({str(site.storage / 'prime_backup.db')!r}) as database:\n"
        "        database.execute('INSERT INTO backup VALUES (7)')\n"
        "raise SystemExit(code)\n",
        encoding="utf-8",
    )
    if sys.platform == "win32":
        (folder / f"{program}.cmd").write_text(f'@"{sys.executable}" "{script}" %*\n', encoding="utf-8")
    else:
        (folder / program).write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', encoding="utf-8")
        (folder / program).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_during_which_prime_backup_changed_something_does_not_count(
    site: Site, kind: str, tmp_path: Path
) -> None:
    assert site.copy(kind).returncode == 0
    changed = changing(site, kind)
    done = site.copy(kind, PATH=f"{changed}{os.pathsep}{site.environ['PATH']}")
    assert (done.returncode, done.stderr) == (75, "Prime Backup has changed its storage meanwhile\n")
    assert backups_in(site.copied(kind)["prime_backup.db"], tmp_path) == [1]
    if kind == "restic":
        assert site.snapshots() == 1


def test_a_storage_that_lost_most_of_its_files_does_not_empty_the_copy(site: Site) -> None:
    assert site.copy("rclone").returncode == 0
    shutil.rmtree(site.storage / "blobs")
    (site.storage / "packs" / "00" / "2.pack").unlink()
    done = site.copy("rclone")
    assert done.returncode == 65
    assert done.stderr.startswith("3 of 4 files of the copy are no longer in the storage, so none of them was deleted")
    assert set(BLOBS) <= set(site.copied("rclone"))


@pytest.mark.parametrize("kind", KINDS)
def test_two_copies_do_not_run_at_once(fake: Site, kind: str) -> None:
    fake.work.mkdir()
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import offsite_copy, pathlib\n"
        "with offsite_copy.lock(pathlib.Path(sys.argv[2])): print('locked', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(RECIPES), str(fake.work / "lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        assert fake.copy(kind).stderr == "another copy is still running\n"
        other.kill()
    assert fake.copy(kind).returncode == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_test_notification_reaches_the_other_place_and_copies_nothing(site: Site, kind: str) -> None:
    assert site.copy(kind, PRIME_NOTIFY_TEST="true").returncode == 0
    assert not (site.work / "prime_backup.db").exists()
    if kind == "restic":
        assert site.copy(kind, PRIME_NOTIFY_TEST="true", RESTIC_REPOSITORY=str(site.folder / "nowhere")).returncode == 1


def test_what_only_a_person_can_mend_is_permanent(fake: Site) -> None:
    (fake.storage / "prime_backup.db").write_bytes(b"no database" * 1000)
    assert fake.copy("rclone").returncode in (65, 75)
    (fake.storage / "prime_backup.db").unlink()
    done = fake.copy("rclone", PRIME_NOTIFY_LANGUAGE="zh_cn")
    assert (done.returncode, done.stderr) == (78, f"{fake.storage} 中没有 prime_backup.db：请检查 --storage\n")
    make_site(fake.folder / "more", fake.folder)
    command = [sys.executable, str(SCRIPT), "--storage", str(fake.folder / "more" / "pb_files"), "restic"]
    done = fake.run(command, PATH=str(fake.folder))
    assert (done.returncode, done.stderr) == (78, "restic was not found: install it, or correct PATH\n")


# with Prime Notify


def documents() -> List[Any]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(RECIPES.glob("*.json"))]


@pytest.mark.parametrize("document", documents(), ids=lambda document: document["_about"][:40])
def test_the_configs_load(document: Dict[str, Any], tmp_path: Path) -> None:
    environ = {"RESTIC_REPOSITORY": "/srv/restic", "RESTIC_PASSWORD": "secret"}
    problems = without_placeholders(load_config(document, environ=environ, base_dir=tmp_path)).problems
    assert [one for one in problems if "argv" not in str(one)] == []  # the program may not be on this machine
    document.pop("_about")
    assert list(Draft202012Validator(config_schema()).iter_errors(document)) == []


class Heard(logging.Handler):
    """The lines of a log, and waits for them."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: List[str] = []
        self._more = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self._more:
            self._lines.append(record.getMessage())
            self._more.notify_all()

    def wait_for(self, words: str) -> None:
        """Until a line has these words. Forgets the lines up to it."""
        with self._more:
            assert self._more.wait_for(lambda: any(words in line for line in self._lines), timeout=60), self._lines
            self._lines.clear()


def outcomes(engine: Engine) -> List[str]:
    """What came of the copy after each notification, the newest first; empty where there is none."""
    assert engine.history is not None
    states = [{one.endpoint: one.state.value for one in record.deliveries} for record in engine.history.page(20)]
    return [state.get("offsite", "") for state in states]


def config_of(fake: Site, phone: str) -> Any:
    """The recipe, with this machine's paths, one attempt for each copy, and another phone."""
    document = json.loads((RECIPES / "offsite-rclone.json").read_text(encoding="utf-8"))
    offsite = document["notification"]["endpoints"][1]
    offsite["retry"] = []
    where = str(fake.folder / "elsewhere")
    offsite["command"]["argv"] = [sys.executable, str(SCRIPT), "--notify", str(PROJECT), "rclone", where]
    other = {"name": "phone", "url": phone, "filter": {"operators": "script:offsite_copy"}}
    document["notification"]["endpoints"] = [other, offsite]
    return document


def test_a_failing_copy_rings_another_endpoint_once_and_its_recovery_starts_no_copy(
    fake: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real command line, which the recipe calls; ``!!pn dead`` lists the copies that were given up."""
    data = fake.folder / "config" / "prime_notify"
    data.mkdir(parents=True)
    for name, value in fake.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(fake.folder)
    log, heard = logging.getLogger("test.offsite"), Heard()
    log.setLevel(logging.INFO)
    monkeypatch.setattr(log, "handlers", [heard])
    with Receiver() as receiver:
        document = config_of(fake, receiver.url())
        (data / "config.json").write_text(json.dumps(document), encoding="utf-8")
        loaded = load_config(document, environ={}, base_dir=data)
        assert loaded.problems == ()
        engine = Engine(loaded, data_dir=data, catalogue=CATALOGUE, log=log, server_running=lambda: True)
        fake.fail("no such remote\n")
        engine.start()
        try:
            for number in (1, 2):
                engine.accept(event("backup_success", backup={"id": number}, task_id=f"t{number}"))
                heard.wait_for("given up")
            [failure] = receiver.wait_for(1)
            (fake.folder / "fail").unlink()
            engine.accept(event("backup_success", backup={"id": 3}, task_id="t3"))
            heard.wait_for('offsite: "Backup done #3" delivered')
            recovery = receiver.wait_for(2)[1]
            assert sorted(outcomes(engine)) == ["", "", "dead", "dead", "delivered"]
        finally:
            engine.stop(grace=5.0)
    assert failure.json()["title"] == "❌ A backup has no off-site copy"
    assert failure.json()["error"]["message"] == "rclone copy: exit code 3: no such remote"
    assert failure.json()["backup"] == {"id": 1}
    assert recovery.json()["title"] == "✅ The off-site copy works again"
    assert recovery.json()["operator"]["full"] == "script:offsite_copy"
