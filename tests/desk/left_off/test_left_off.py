"""What is remembered from one start to the next: bounded, private, and never in the way."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.each import each
from tui.desk.left_off.left_off import CHOICES, CONNECTORS, LARGEST, LONGEST, PEOPLE, LeftOff, RecentPerson

if TYPE_CHECKING:
    from pathlib import Path

ORG = "https://acme.okta.com"
ANN = RecentPerson("00u1", "ann.lee@acme.example", "Ann Lee", "", 1000.0)
# Lone surrogates can come from Okta's JSON; `st.text` alone would leave them out.
HOSTILE = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=400)
PERSON = st.builds(RecentPerson, HOSTILE, HOSTILE, HOSTILE, HOSTILE, st.floats(0, 1e10))
VIEWS = st.dictionaries(HOSTILE, st.dictionaries(HOSTILE, HOSTILE, max_size=20), max_size=20)


def path_in(folder: Path) -> Path:
    return folder / "state" / "left-off.json"


def test_what_was_left_comes_back(tmp_path: Path) -> None:
    path = path_in(tmp_path)
    first = LeftOff(path)
    first.note_person("Prod", ORG, ANN)
    first.note_view("Prod", ORG, "lockouts", {"lockouts": {"show": "ALL"}})
    first.put_advice_away()
    first.save()
    again = LeftOff(path)
    kept = again.desktop("Prod", ORG)
    assert (again.connector, again.read, kept.screen) == ("Prod", True, "lockouts")
    assert (kept.people, kept.views) == ((ANN,), {"lockouts": {"show": "ALL"}})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nobody_of_another_org_is_shown() -> None:
    kept = LeftOff()
    kept.note_person("Prod", ORG, ANN)
    assert kept.desktop("Prod", "https://other.okta.com").people == ()
    kept.note_person("Prod", "https://other.okta.com", ANN)
    assert kept.desktop("Prod", ORG).people == ()


def test_another_look_does_not_forget_what_was_done() -> None:
    kept = LeftOff()
    kept.note_person("Prod", ORG, RecentPerson("00u1", "ann", "Ann", "Unlock", 1.0))
    kept.note_person("Prod", ORG, RecentPerson("00u2", "bob", "Bob", "", 2.0))
    kept.note_person("Prod", ORG, RecentPerson("00u1", "ann", "Ann", "", 3.0))
    assert [(one.user_id, one.what, one.at) for one in kept.desktop("Prod", ORG).people] == [
        ("00u1", "Unlock", 3.0),
        ("00u2", "", 2.0),
    ]


def test_two_keydesks_keep_each_others_people(tmp_path: Path) -> None:
    one, other = LeftOff(path_in(tmp_path)), LeftOff(path_in(tmp_path))
    one.note_person("Prod", ORG, ANN)
    one.save()
    other.note_person("Prod", ORG, RecentPerson("00u2", "bob", "Bob", "", 2000.0))
    other.note_person("Test", ORG, ANN)
    other.save()
    kept = LeftOff(path_in(tmp_path))
    assert [person.user_id for person in kept.desktop("Prod", ORG).people] == ["00u2", "00u1"]
    assert kept.desktop("Test", ORG).people == (ANN,)


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    path = path_in(tmp_path)
    kept = LeftOff(path)
    kept.save()
    assert not path.exists()
    kept.note_person("Prod", ORG, ANN)
    kept.save()
    before = path.stat().st_mtime_ns, path.stat().st_ino
    kept.note_person("Prod", ORG, ANN)
    kept.save()
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


@each(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version": 2}',
        b'{"version": "1"}',
        b"[" * 100_000,
        b" ",
        b'{"version": 1, "desktops": {"Prod": {"people": [{"user_id": 1}]}}}',
        b'{"version": 1, "connector": "' + b"x" * 300 + b'"}',
        b'{"version": 1, "desktops": {"P": {"people": [{"user_id":"","login":"","name":"","what":"","at":1e300}]}}}',
    ],
)
def test_a_damaged_file_is_set_aside_without_a_word(tmp_path: Path, content: bytes) -> None:
    path = path_in(tmp_path)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    kept = LeftOff(path)
    assert (kept.connector, kept.read) == ("", False)
    assert path.with_name("left-off.json.bad").read_bytes() == content
    kept.note_person("Prod", ORG, ANN)
    kept.save()
    assert LeftOff(path).desktop("Prod", ORG).people == (ANN,)


def test_a_folder_that_cannot_be_written_does_not_hurt(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("no folder")
    kept = LeftOff(path_in(tmp_path))
    kept.note_person("Prod", ORG, ANN)
    kept.save()
    assert kept.desktop("Prod", ORG).people == (ANN,)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("left-off")


@settings(max_examples=25)
@given(people=st.lists(PERSON, max_size=20), connectors=st.lists(HOSTILE, max_size=20), views=VIEWS, screen=HOSTILE)
def test_whatever_is_noted_can_be_read_again_and_stays_small(
    folder: Path, people: list[RecentPerson], connectors: list[str], views: dict[str, dict[str, str]], screen: str
) -> None:
    path = path_in(folder)
    path.unlink(missing_ok=True)
    kept = LeftOff(path)
    for connector in [*connectors, "Prod"]:
        for person in people:
            kept.note_person(connector, ORG, person)
        kept.note_view(connector, ORG, screen, views)
    kept.save()
    again = LeftOff(path)
    mine = again.desktop("Prod", ORG)
    assert mine == kept.desktop("Prod", ORG)
    assert again.connector == "Prod"
    assert len(mine.people) <= PEOPLE
    assert len(mine.views) <= CHOICES
    assert len(again._kept.desktops) <= CONNECTORS
    assert path.stat().st_size <= LARGEST
    assert not path.with_name("left-off.json.bad").exists()


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_no_bytes_in_its_place_stop_keydesk(folder: Path, content: bytes) -> None:
    path = path_in(folder)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    LeftOff(path).save()


def test_a_full_file_of_the_longest_texts_can_be_read_again(tmp_path: Path) -> None:
    path = path_in(tmp_path)
    kept = LeftOff(path)
    views = {f"{n}" + "\0" * LONGEST: {f"{m}" + "\0" * LONGEST: "\0" * LONGEST for m in range(20)} for n in range(20)}
    for connector in (f"{n}" + "\0" * LONGEST for n in range(CONNECTORS)):
        for number in range(PEOPLE):
            text = "\0" * LONGEST
            kept.note_person(connector, ORG, RecentPerson(f"{number}{text}", text, text, text, 1.0))
        kept.note_view(connector, ORG, "lookup", views)
    kept.save()
    assert path.stat().st_size > LARGEST // 4
    assert LeftOff(path)._kept == kept._kept


def test_a_file_that_is_too_long_is_set_aside(tmp_path: Path) -> None:
    path = path_in(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b" " * (LARGEST + 1))
    assert LeftOff(path).connector == ""
    assert path.with_name("left-off.json.bad").exists()
