"""The ledger's file by itself: how it is made, upgraded and opened again, and when it takes no record."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from typing import TYPE_CHECKING, Any

import pytest

from tui.desk.ledger.chain import START, Head
from tui.desk.ledger.errors import LedgerCorrupt, LedgerForked, LedgerFull, LedgerReadOnly, LedgerTooNew
from tui.desk.ledger.sqlite import APPLICATION, SCHEMA, SCHEMA_1, VERSION
from tui.desk.ledger.store import LedgerFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AT = "2026-01-01T00:00:00.000Z"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "one" / "two" / "ledger.sqlite3"


@pytest.fixture
def file(path: Path) -> Iterator[LedgerFile]:
    made = LedgerFile(path, patience=0.0)
    yield made
    made.close()


def append(file: LedgerFile, allow: Callable[[sqlite3.Connection], None] = lambda _: None) -> int:
    return file.append(AT, "intent", None, "{}", allow=allow)


def filled(path: Path, count: int = 3) -> Path:
    with contextlib.closing(LedgerFile(path, patience=0.0)) as file:
        for _ in range(count):
            append(file)
    return path


def change(path: Path, *statements: str) -> None:
    """Change the file as another program would."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def ask(path: Path, question: str) -> Any:  # noqa: ANN401 - whatever is asked for
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(question).fetchall()


def numbers(file: LedgerFile, **rows: int) -> list[int]:
    with file.reading() as db:
        return [] if db is None else [row[0] for row in file.rows(db, **rows)]


def findings(path: Path) -> list[str]:
    with contextlib.closing(LedgerFile(path, patience=0.0)) as file, file.reading(strict=False) as db:
        assert db is not None
        return list(file.findings(db))


def test_a_new_ledger_says_whose_it_is_and_keeps_a_write_ahead_log(path: Path, file: LedgerFile) -> None:
    assert append(file) == 1
    assert append(file) == 2
    assert ask(path, "PRAGMA application_id") == [(APPLICATION,)]
    assert ask(path, "PRAGMA user_version") == [(VERSION,)]
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert {name for (name,) in ask(path, "SELECT name FROM sqlite_master")} >= SCHEMA.keys()
    assert findings(path) == []


def test_every_folder_that_is_made_is_this_users_alone(path: Path, file: LedgerFile) -> None:
    old = os.umask(0)
    try:
        append(file)
    finally:
        os.umask(old)
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [0o700] * 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_each_record_is_brought_to_the_disk(path: Path, file: LedgerFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite itself writes; what can be seen is what it is told, and that the new name in the folder is not lost."""
    told: list[list[str]] = []
    synced: list[Path] = []
    connect, fsync = sqlite3.connect, os.fsync

    def listened_to(*args: Any, **more: Any) -> sqlite3.Connection:  # noqa: ANN401 - as sqlite3 takes them
        db: sqlite3.Connection = connect(*args, **more)
        told.append([])
        db.set_trace_callback(told[-1].append)
        return db

    def watched(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            assert path.exists()
            synced.append(path.parent)
        fsync(handle)

    monkeypatch.setattr(sqlite3, "connect", listened_to)
    monkeypatch.setattr(os, "fsync", watched)
    append(file)
    assert synced == [path.parent]
    (made,) = [lines for lines in told if any(line.startswith("CREATE TABLE record") for line in lines)]
    assert made.index("PRAGMA synchronous = FULL") < made.index("PRAGMA application_id = 1262768971")
    (wrote,) = [lines for lines in told if "COMMIT" in lines]
    begin = wrote.index("BEGIN IMMEDIATE")
    assert {"PRAGMA synchronous = FULL", "PRAGMA fullfsync = ON"} <= set(wrote[:begin])


def test_what_a_crash_left_of_a_draft_is_no_hindrance(path: Path, file: LedgerFile) -> None:
    path.parent.mkdir(parents=True)
    draft = path.with_name(f"ledger.sqlite3.new-{os.getpid()}-{id(file):x}")
    draft.write_text("half of a ledger")
    append(file)
    assert findings(path) == []
    assert not draft.exists()


def test_of_two_that_make_the_ledger_at_the_same_moment_the_first_ones_is_used(
    path: Path, file: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def too_late(source: Path, target: Path) -> None:
        if target == path:
            monkeypatch.undo()
            filled(path, 2)
        link(source, target)

    monkeypatch.setattr(os, "link", too_late)
    assert append(file) == 3
    assert sorted(one.name for one in path.parent.iterdir() if "new-" in one.name) == []


def test_a_draft_that_cannot_be_finished_is_removed(
    path: Path, file: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(source: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied", str(target))

    filled(path, 1)
    path.unlink()
    path.with_name("ledger.sqlite3.head").write_text(f"{START}\n")
    monkeypatch.setattr(os, "link", refused)
    with pytest.raises(LedgerReadOnly):
        append(file)
    assert [one.name for one in path.parent.iterdir()] == ["ledger.sqlite3.head"]


def test_a_ledger_of_before_gets_what_is_new_with_its_next_record(path: Path, file: LedgerFile) -> None:
    filled(path)
    change(path, *(f"DROP INDEX {name}" for name in SCHEMA.keys() - SCHEMA_1.keys()), "PRAGMA user_version = 1")
    assert findings(path) == []
    assert numbers(file) == [1, 2, 3]
    assert ask(path, "PRAGMA user_version") == [(1,)]  # reading changes nothing
    assert append(file) == 4
    assert ask(path, "PRAGMA user_version") == [(VERSION,)]
    assert findings(path) == []


def test_what_may_not_be_appended_leaves_neither_a_record_nor_a_draft(path: Path, file: LedgerFile) -> None:
    append(file)
    seen: list[list[tuple[int]]] = []

    def forbid(db: sqlite3.Connection) -> None:
        seen.append(db.execute("SELECT seq FROM record").fetchall())
        raise LedgerForked

    before = sorted(one.name for one in path.parent.iterdir())
    with pytest.raises(LedgerForked):
        append(file, forbid)
    assert seen == [[(1,)]]
    assert sorted(one.name for one in path.parent.iterdir()) == before
    assert file.anchor.read() == Head(1, ask(path, "SELECT hash FROM record")[0][0])
    assert append(file) == 2


def test_the_records_come_in_order_and_in_pages(path: Path, file: LedgerFile) -> None:
    filled(path, 5)
    assert numbers(file) == [1, 2, 3, 4, 5]
    assert numbers(file, limit=2) == [1, 2]
    assert numbers(file, after=2) == [3, 4, 5]
    assert numbers(file, after=2, limit=2) == [3, 4]
    assert numbers(file, after=5) == []


def test_a_file_put_in_the_place_of_the_one_that_was_read_is_read(path: Path, file: LedgerFile, tmp_path: Path) -> None:
    filled(path, 3)
    assert numbers(file) == [1, 2, 3]
    other = filled(tmp_path / "other.sqlite3", 1)
    other.replace(path)
    assert numbers(file) == [1]
    path.unlink()
    assert numbers(file) == []


def test_a_closed_ledger_opens_again(path: Path, file: LedgerFile) -> None:
    append(file)
    assert numbers(file) == [1]
    file.close()
    assert sorted(one.name for one in path.parent.iterdir()) == ["ledger.sqlite3", "ledger.sqlite3.head"]
    assert append(file) == 2
    assert numbers(file) == [1, 2]
    file.close()
    file.close()


def test_a_ledger_that_has_just_begun_takes_its_first_record_with_or_without_its_anchor(path: Path) -> None:
    for anchored in (True, False):
        with contextlib.closing(LedgerFile(path, patience=0.0)) as file:
            with pytest.raises(LedgerForked):
                append(file, refuse)
            if not anchored:
                path.with_name("ledger.sqlite3.head").unlink()
            file.check_writable()
            assert append(file) == 1
        for one in path.parent.iterdir():
            one.unlink()


def refuse(db: sqlite3.Connection) -> None:
    raise LedgerForked


@pytest.mark.parametrize(
    ("statements", "trouble", "words"),
    [
        (["PRAGMA user_version = 3"], LedgerTooNew, "version 3, known here: 2"),
        (["PRAGMA user_version = 0"], LedgerCorrupt, "ledger.sqlite3"),
        (["DROP TABLE record"], LedgerCorrupt, "ledger.sqlite3"),
        (["CREATE TABLE extra (a)"], LedgerCorrupt, "its tables or triggers were changed"),
        (["DROP TRIGGER record_kept", "DELETE FROM record WHERE seq = 3"], LedgerCorrupt, "tables or triggers"),
    ],
)
def test_what_is_not_as_keydesk_left_it_is_told_before_and_refused(
    path: Path, file: LedgerFile, statements: list[str], trouble: type[Exception], words: str
) -> None:
    filled(path)
    change(path, *statements)
    with pytest.raises(trouble) as told:
        file.check_writable()
    with pytest.raises(trouble) as refused:
        append(file)
    assert words in told.value.detail  # type: ignore[attr-defined]
    assert words in refused.value.detail  # type: ignore[attr-defined]


UNREAD = "Its records were not read, since it defines what keydesk does not."


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["PRAGMA user_version = 7"], "The file says version 7; this keydesk writes version 2."),
        (["PRAGMA application_id = 7"], "The file does not say that it is keydesk's."),
        (["DROP TRIGGER record_kept"], "Its record_kept is missing, which keydesk made to protect the records."),
        (["CREATE VIEW aside AS SELECT 1"], f"It holds aside, which keydesk did not make. {UNREAD}"),
        (
            ["DROP INDEX record_once", "CREATE INDEX record_once ON record (ref)"],
            f"Its record_once is not as keydesk made it. {UNREAD}",
        ),
    ],
)
def test_what_is_wrong_around_the_records_is_told(path: Path, statements: list[str], told: str) -> None:
    filled(path)
    change(path, *statements)
    assert " ".join(findings(path)) == told


def test_damage_that_sqlite_sees_is_told(path: Path) -> None:
    with contextlib.closing(LedgerFile(path, patience=0.0)) as file:
        append(file)
        file.append(AT, "outcome", 1, "{}", allow=lambda _: None)
    size = ask(path, "PRAGMA page_size")[0][0]
    end = size * ask(path, "SELECT rootpage FROM sqlite_master WHERE name = 'record_once'")[0][0]
    content = path.read_bytes()
    index = content[end - size : end]
    assert index.count(b"outcome") == 1
    path.write_bytes(content[: end - size] + index.replace(b"outcome", b"outcomf") + content[end:])
    told = findings(path)
    assert "SQLite finds damage: row 2 missing from index record_once." in told
    assert all(one.startswith("SQLite finds damage: ") for one in told)


@pytest.mark.parametrize(("make", "words"), [("mkdir", "Something else stands"), ("touch", "file is empty")])
def test_what_stands_in_the_ledgers_place_is_told(path: Path, file: LedgerFile, make: str, words: str) -> None:
    path.parent.mkdir(parents=True)
    getattr(path, make)()
    with pytest.raises(LedgerCorrupt, match=words) as told:
        numbers(file)
    assert told.value.detail == str(path)
    with pytest.raises(LedgerCorrupt, match=words):
        append(file)


@pytest.mark.parametrize("blocks", [0, 1000])
@pytest.mark.parametrize(("free", "enough"), [(15, False), (16, True), (17, True)])
@pytest.mark.parametrize("exists", [True, False])
def test_a_disk_must_have_room_for_an_entry(
    path: Path, file: LedgerFile, blocks: int, free: int, enough: bool, exists: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if exists:
        filled(path, 1)
    asked: list[Path] = []

    class Disk:
        f_blocks, f_frsize, f_bavail = blocks, 4096, free

    def statvfs(folder: Path) -> type[Disk]:
        asked.append(folder)
        return Disk

    monkeypatch.setattr(os, "statvfs", statvfs)
    if enough or not blocks:  # some network drives say 0 of 0
        file.check_writable()
    else:
        with pytest.raises(LedgerFull) as told:
            file.check_writable()
        assert told.value.detail == str(asked[0])
    assert asked == [path.parent if exists else path.parent.parent.parent]


@pytest.mark.parametrize("closed", ["ledger.sqlite3", "two"])
def test_a_place_that_may_not_be_written_is_told_by_its_name(
    path: Path, file: LedgerFile, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path, 1)
    place = path if closed == path.name else path.parent
    monkeypatch.setattr(os, "access", lambda asked, _: asked != place)
    with pytest.raises(LedgerReadOnly) as told:
        file.check_writable()
    assert told.value.detail == str(place)


def test_a_folder_must_be_open_to_names_and_to_writing(
    path: Path, file: LedgerFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(path, 1)
    rights: dict[str, int] = {}

    def access(place: Path, right: int) -> bool:
        rights[place.name] = right
        return True

    monkeypatch.setattr(os, "access", access)
    file.check_writable()
    assert rights == {"ledger.sqlite3": os.W_OK, "two": os.W_OK | os.X_OK}


def test_a_ledger_that_is_gone_is_told_by_what_its_anchor_remembers(path: Path, file: LedgerFile) -> None:
    filled(path, 3)
    path.unlink()
    for use in (file.check_writable, lambda: append(file)):
        with pytest.raises(LedgerForked, match="The ledger is gone") as told:
            use()
        assert told.value.detail.endswith("remembers 3 records")


def test_a_ledger_moved_away_and_back_is_written_to_again(path: Path, file: LedgerFile) -> None:
    append(file)
    file.close()
    aside = path.with_name("aside")
    path.rename(aside)
    with pytest.raises(LedgerForked):
        append(file)
    aside.rename(path)
    assert append(file) == 2
    assert findings(path) == []
