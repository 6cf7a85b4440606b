"""What disks and other programs do to a ledger: no room, no permission, a lock, a crash, many writers at once."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.desk.ledger.one_intent import INTENT
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import (
    LedgerBusy,
    LedgerCorrupt,
    LedgerError,
    LedgerForked,
    LedgerFull,
    LedgerReadOnly,
    LedgerTooNew,
)
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
PROLOGUE = """
import contextlib, json, os, resource, signal, sys
from pathlib import Path
from tests.desk.ledger.one_intent import INTENT
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerBusy, LedgerError
from tui.desk.ledger.ledger import Ledger
path = Path(sys.argv[1])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


def start(script: str, path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROLOGUE + script, str(path)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def run(script: str, path: Path) -> Any:  # noqa: ANN401 - whatever the script prints as JSON
    with start(script, path) as process:
        answer = process.communicate()[0]
    assert process.returncode == 0
    return json.loads(answer)


def fill(path: Path) -> None:
    with contextlib.closing(Ledger(path)) as ledger:
        ledger.intend(INTENT)


def test_many_processes_append_at_once_and_none_is_lost(path: Path) -> None:
    script = """
with contextlib.closing(Ledger(path, patience=60.0)) as ledger:
    mine = [ledger.intend(INTENT).entry for _ in range(50)]
    for seq in mine:
        ledger.outcome(seq, Outcome.DONE, detail=str(os.getpid()))
print(json.dumps(mine))
"""
    processes = [start(script, path) for _ in range(2)]
    found = [json.loads(process.communicate()[0]) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    with contextlib.closing(Ledger(path)) as ledger:
        verdict = ledger.verify()
        assert (verdict.problems, verdict.count) == ((), 200)
        assert sorted(entry.seq for entry in ledger.entries()) == sorted(found[0] + found[1])
        assert ledger.open_entries() == []


def test_an_intent_outlives_a_kill_and_is_shown_as_open(path: Path) -> None:
    with start("Ledger(path).intend(INTENT); os.kill(os.getpid(), signal.SIGKILL)", path) as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    with contextlib.closing(Ledger(path)) as ledger:
        assert [(entry.seq, entry.intent, entry.outcome) for entry in ledger.open_entries()] == [(1, INTENT, None)]
        assert ledger.verify().ok
        ledger.outcome(1, Outcome.UNKNOWN)
        assert ledger.intend(INTENT).entry == 3


@pytest.mark.parametrize("moment", ["replace", "unlink"])
def test_a_kill_before_the_anchor_is_in_place_leaves_a_whole_ledger(path: Path, moment: str) -> None:
    script = f"Path.{moment} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\nLedger(path).intend(INTENT)"
    with start(script, path) as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    with contextlib.closing(Ledger(path)) as ledger:
        assert ledger.writable() is None
        assert ledger.verify().ok
        ledger.intend(INTENT)
        assert ledger.verify().ok


def test_a_kill_while_the_ledger_is_made_leaves_none(path: Path) -> None:
    with start(
        "os.link = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\nLedger(path).intend(INTENT)", path
    ) as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not path.exists()
    fill(path)
    with contextlib.closing(Ledger(path)) as ledger:
        assert ledger.verify().count == 1


def test_a_full_disk_refuses_the_intent_and_records_no_part_of_it(path: Path) -> None:
    answer = run(
        """
import msgspec
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
ledger, done = Ledger(path), 0
try:
    while True:
        ledger.intend(msgspec.structs.replace(INTENT, reason="x" * 9000))
        done += 1
except LedgerError as error:
    trouble = type(error).__name__
count, ok = ledger.verify().count, ledger.verify().ok
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
again = ledger.intend(INTENT).entry
ledger.close()
print(json.dumps([trouble, done == count, ok, again == done + 1]))
""",
        path,
    )
    assert answer == ["LedgerFull", True, True, True]
    with contextlib.closing(Ledger(path)) as ledger:
        assert ledger.verify().ok


def test_no_room_for_the_anchor_refuses_the_intent(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(path)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with contextlib.closing(Ledger(path)) as ledger:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(LedgerFull):
                ledger.intend(INTENT)
        assert ledger.verify().count == 1
        assert ledger.intend(INTENT).entry == 2
        assert ledger.verify().ok


def test_a_nearly_full_disk_is_told_beforehand(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(path.parent)

    class Full:
        f_blocks, f_frsize, f_bavail = real.f_blocks, real.f_frsize, 0

    monkeypatch.setattr(os, "statvfs", lambda folder: Full)
    with contextlib.closing(Ledger(path)) as ledger:
        assert isinstance(ledger.writable(), LedgerFull)


NOBODY = """
import encodings.idna, hashlib, sqlite3, csv  # loaded before this user can no longer see them
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
ledger = Ledger(path)
reason = ledger.writable()
try:
    ledger.intend(INTENT)
except LedgerError as error:
    refused = type(error).__name__
try:
    read = [len(ledger.entries()), ledger.verify().ok, len(list(ledger.export()))]
except LedgerError as error:
    read = type(error).__name__
ledger.close()
print(json.dumps([type(reason).__name__, refused, read]))
"""


@pytest.mark.parametrize(
    ("file", "folder", "read"),
    [(0o444, 0o555, [1, True, 1]), (0o444, 0o777, [1, True, 1]), (0o666, 0o555, [1, True, 1]), (0, 0o755, None)],
)
def test_without_permission_it_is_read_and_not_written(file: int, folder: int, read: list[object] | None) -> None:
    with tempfile.TemporaryDirectory() as made:  # not tmp_path: another user cannot look into that
        outer = Path(made)
        outer.chmod(0o755)
        path = outer / "state" / "ledger.sqlite3"
        fill(path)
        path.with_name("ledger.sqlite3.head").chmod(file or 0o600)
        path.chmod(file)
        path.parent.chmod(folder)
        before = path.read_bytes() if file or os.geteuid() == 0 else b""
        try:
            assert run(NOBODY, path) == ["LedgerReadOnly", "LedgerReadOnly", read or "LedgerReadOnly"]
            assert before in {path.read_bytes() if before else b"", b""}
        finally:
            path.parent.chmod(0o755)


def test_a_ledger_cannot_be_made_where_one_may_not_write() -> None:
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o555)
        try:
            answer = run(NOBODY, Path(made) / "state" / "ledger.sqlite3")
        finally:
            Path(made).chmod(0o700)
    assert answer == ["LedgerReadOnly", "LedgerReadOnly", [0, True, 0]]


@pytest.mark.parametrize("exists", [True, False])
@pytest.mark.parametrize("closed", ["ledger.sqlite3", "folder"])
def test_a_read_only_place_is_told_beforehand(
    path: Path, exists: bool, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if exists:
        fill(path)
    name = path.name if closed == "ledger.sqlite3" and exists else path.parent.name
    monkeypatch.setattr(os, "access", lambda place, _: Path(place).name != name)
    with contextlib.closing(Ledger(path)) as ledger:
        assert isinstance(ledger.writable(), LedgerReadOnly)
        assert len(ledger.entries()) == int(exists)


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("mine")
    with contextlib.closing(Ledger(tmp_path / "state" / "ledger.sqlite3")) as ledger:
        assert isinstance(ledger.writable(), LedgerReadOnly)
        for use in (ledger.entries, lambda: ledger.intend(INTENT), ledger.verify):
            with pytest.raises(LedgerReadOnly):
                use()
    assert (tmp_path / "state").read_text() == "mine"


def test_a_pipe_in_the_place_of_the_ledger_does_not_hang(path: Path) -> None:
    os.mkfifo(path)
    with contextlib.closing(Ledger(path)) as ledger:
        assert isinstance(ledger.writable(), LedgerCorrupt)
        with pytest.raises(LedgerCorrupt):
            ledger.intend(INTENT)


def test_a_link_that_leads_nowhere_is_not_followed(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))
    with contextlib.closing(Ledger(path)) as ledger:
        with pytest.raises(LedgerError):
            ledger.intend(INTENT)
        assert ledger.entries() == []
    assert not path.exists()


def test_another_program_that_holds_the_ledger(path: Path) -> None:
    fill(path)
    with contextlib.closing(Ledger(path, patience=0.0)) as ledger:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerBusy):
                ledger.intend(INTENT)
            assert len(ledger.entries()) == 1  # reading does not wait
        assert ledger.intend(INTENT).entry == 2


def test_a_failed_record_leaves_no_trace(path: Path) -> None:
    with contextlib.closing(Ledger(path)) as ledger:
        ledger.outcome(ledger.intend(INTENT).entry, Outcome.DONE)
        before = list(ledger.export())
        with pytest.raises(LedgerError):
            ledger.outcome(1, Outcome.DONE)
        assert list(ledger.export()) == before
    assert sorted(file.name for file in path.parent.iterdir()) == ["ledger.sqlite3", "ledger.sqlite3.head"]


def test_a_screen_does_not_wait_while_another_thread_records(path: Path) -> None:
    with contextlib.closing(Ledger(path)) as ledger:
        assert ledger.writable() is None
        with ledger._lock:
            assert ledger.writable() is None


@pytest.mark.parametrize("kind", [LedgerReadOnly, LedgerFull, LedgerCorrupt, LedgerForked, LedgerTooNew, LedgerBusy])
def test_every_trouble_says_what_happened_and_what_to_do(kind: type[LedgerError]) -> None:
    assert kind.title != LedgerError.title
    assert kind.advice.endswith(".")
    assert not kind.title.endswith(".")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE])
@pytest.mark.parametrize("use", [Ledger.entries, Ledger.verify, lambda ledger: ledger.intend(INTENT)])
def test_no_bare_system_error_gets_out(
    path: Path, number: int, use: Callable[[Ledger], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(path)

    def fails(self: Path, **_: object) -> None:
        raise OSError(number, os.strerror(number), str(self))

    with contextlib.closing(Ledger(path)) as ledger, monkeypatch.context() as patch:
        patch.setattr(Path, "stat", fails)
        with pytest.raises(LedgerError) as raised:
            use(ledger)
    assert os.strerror(number) in raised.value.detail
