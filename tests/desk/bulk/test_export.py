"""What came of a job in a file: harmless in a spreadsheet, whole for a program, private, and never over another."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.desk.bulk.jobs import locked, unlocking
from tests.desk.support import fault, harmful
from tui.desk.bulk.export import COLUMNS, as_csv, as_json, place, save, suggested
from tui.desk.files.export import BadPath

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Desk
    from tui.demo.org import Org
    from tui.desk.bulk.run import JobRun
    from tui.desk.session import Session

HOSTILE = ("=cmd|'/c calc'!A1", "+1+1", "\x1b[31mred\n\u202eevil", '@SUM(1,"x")')


async def performed(session: Session, org: Org, reason: str = "called in") -> JobRun:
    ids = locked(org)
    for name, text in zip(("bob.martin", "sven.olsen", "uma.rao", "nina.rossi"), HOSTILE, strict=True):
        org.people.named(name).first = text
    several = await unlocking(session, ids)
    fault(org, "403-role", f"/users/{ids[1]}/lifecycle/")
    await several.run(reason, "INC-7")
    return several


async def test_a_row_for_each_person_and_no_cell_is_a_formula(desk: Desk, org: Org) -> None:
    session = desk.session()
    several = await performed(session, org, "=1+1")
    text = as_csv(session, several.job)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 4
    assert list(rows[0]) == list(COLUMNS)
    assert [row["result"] for row in rows] == ["done", "refused", "done", "done"]
    assert [row["person_id"] for row in rows] == [line.id for line in several.job.lines]
    assert [row["ledger_entry"] for row in rows] == [str(line.entry) for line in several.job.lines]
    assert rows[0]["status_before"] == "Locked out"
    assert rows[0]["status_after"] == "Active"
    assert rows[1]["request_id"]
    assert {row["reason"] for row in rows} == {"'=1+1"}
    assert {row["ticket"] for row in rows} == {"INC-7"}
    assert {row["agent"] for row in rows} == {"tess"}
    for row in rows:
        assert row["name"][0] in "'␛"
        for cell in row.values():
            assert cell[:1] not in set("=+-@\t\r\n") or not cell
            assert not harmful(cell)


async def test_json_holds_the_same_and_is_ascii(desk: Desk, org: Org) -> None:
    session = desk.session()
    several = await performed(session, org)
    text = as_json(session, several.job)
    assert text.isascii()
    whole = json.loads(text)
    assert whole["action"] == "unlock"
    assert [one["result"] for one in whole["people"]] == ["done", "refused", "done", "done"]
    assert whole["people"][0]["name"].startswith("=cmd")
    assert [one["ledger_entry"] for one in whole["people"]] == [line.entry for line in several.job.lines]
    assert {one["reason"] for one in whole["people"]} == {"called in"}


@pytest.mark.parametrize("name", ["done.csv", "done.JSON"])
async def test_a_new_file_that_only_its_owner_reads(desk: Desk, org: Org, tmp_path: Path, name: str) -> None:
    session = desk.session()
    several = await performed(session, org)
    before = os.umask(0)
    try:
        where = save(session, several.job, f"  {tmp_path / name} ")
    finally:
        os.umask(before)
    assert where == tmp_path / name
    assert stat.S_IMODE(where.stat().st_mode) == 0o600
    text = where.read_text("utf-8")
    assert (text.startswith("{")) is name.endswith("JSON")
    assert "refused" in text


async def test_nothing_is_ever_overwritten(desk: Desk, org: Org, tmp_path: Path) -> None:
    session = desk.session()
    several = await performed(session, org)
    there, link, target = tmp_path / "there.csv", tmp_path / "link.csv", tmp_path / "target.csv"
    there.write_text("mine")
    link.symlink_to(target)
    (tmp_path / "folder.csv").mkdir()
    for taken in (there, link, tmp_path / "folder.csv"):
        with pytest.raises(BadPath, match="already"):
            save(session, several.job, str(taken))
    assert there.read_text() == "mine"
    assert not target.exists()


async def test_the_home_folder_by_its_sign_and_a_suggestion_of_our_own_words(desk: Desk, org: Org, home: Path) -> None:
    session = desk.session()
    several = await performed(session, org)
    typed = suggested(session, several.job)
    assert typed == "~/keydesk-unlock-20261123-060000.csv"
    where = save(session, several.job, typed)
    assert where.parent == home.parent
    assert where.exists()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "x.txt",
        "~/unlocked",
        "/no/such/folder/x.csv",
        "~nobody-of-that-name/x.csv",
        "a\x00.csv",
        "\x1b[31m.csv",
        f"{'x' * 2000}.csv",
    ],
)
def test_what_is_no_path_is_said_to_be_none(typed: str) -> None:
    with pytest.raises(BadPath) as raised:
        place(typed)
    assert raised.value.title
    assert raised.value.field == "path"


async def test_a_disk_that_fails_leaves_no_half_file(
    desk: Desk, org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = desk.session()
    several = await performed(session, org)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadPath) as raised:
        save(session, several.job, str(tmp_path / "x.csv"))
    assert "No space left" in str(raised.value)
    assert not (tmp_path / "x.csv").exists()
