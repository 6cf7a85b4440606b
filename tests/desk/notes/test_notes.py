"""What can be copied, and that it does no harm where it is pasted."""

from __future__ import annotations

import json
import shlex
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.desk.support import harmful
from tui.desk.ledger.entry import Entry, Intent, Outcome
from tui.desk.lockouts.causes import Sure
from tui.desk.notes.notes import entry_notes, shell, user_notes, verdict_notes
from tui.desk.notes.template import parse
from tui.desk.why.verdict import Blocker, EvidenceLine, NextStep, Verdict
from tui.okta.calls import Call
from tui.okta.decode import decode
from tui.okta.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.desk.notes.notes import Note

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
INTENT = Intent(
    action="unlock", title="Unlock", connector="Acme", org="https://acme.okta.com", person_id="00u1",
    person_login="ann.lee@acme.example", person_name="Ann Lee", status="LOCKED_OUT",
    calls=(Call("POST", "/api/v1/users/00u1/lifecycle/unlock"),), reason="called in", ticket="INC-1042", agent="tess",
    origin="",
)  # fmt: skip
ENTRY = Entry(7, AT, INTENT, Outcome.DONE, AT, "Okta answered 200", "req-1")


def texts(notes: Iterable[Note]) -> dict[str, str]:
    return {note.title: note.text for note in notes}


def made_user(**profile: str) -> User:
    return decode(json.dumps({"id": "00u1", "status": "ACTIVE", "profile": profile}).encode(), User)


def test_the_ticket_text_says_what_happened_to_whom_and_who_did_it() -> None:
    text = texts(entry_notes(ENTRY, state_now="Active"))["The ticket text"]
    assert text.splitlines()[:4] == [
        "Unlock: done for Ann Lee (ann.lee@acme.example)",
        "State: Locked out → Active",
        "Reason: called in",
        "Ticket: INC-1042",
    ]
    assert "By tess on 2026-03-01" in text
    assert "keydesk ledger entry 7" in text
    assert "req-1" in text


def test_without_a_look_afterwards_no_state_is_told() -> None:
    assert "State:" not in texts(entry_notes(ENTRY))["The ticket text"]


def test_an_unknown_outcome_is_told_as_unknown_with_what_is_known_of_it() -> None:
    entry = replace(ENTRY, outcome=Outcome.UNKNOWN, detail="The answer was lost")
    text = texts(entry_notes(entry))["The ticket text"]
    assert text.startswith("Unlock: unknown for Ann Lee")
    assert "What Okta said: The answer was lost" in text


def test_the_desks_own_template_takes_the_place_of_keydesks() -> None:
    notes = texts(entry_notes(ENTRY, parse("{ticket} {login} {outcome}")))
    assert notes["The ticket text"] == "INC-1042 ann.lee@acme.example done"


def test_a_verdict_is_told_with_how_sure_it_is_and_the_next_step_and_what_was_not_read() -> None:
    verdict = Verdict(
        "stale", Blocker.LOCKED, "Locked out: an old password", AT, "A phone keeps trying", Sure.LIKELY,
        NextStep("Unlock them", "unlock", "New password first."),
        tuple(EvidenceLine(f"Wrong password {number}", AT, "Mail") for number in range(9)),
        missing=("The devices cannot be read",),
    )  # fmt: skip
    notes = texts(verdict_notes(verdict, made_user(login="ann@acme.example", firstName="Ann"), AT))
    lines = notes["The verdict"].splitlines()
    assert lines[0] == "Ann (ann@acme.example): Locked out: an old password."
    assert "How sure: likely." in lines
    assert "Next step: Unlock them" in lines
    assert "Not read: The devices cannot be read" in lines
    assert "Wrong password 5" in notes["The verdict"]
    assert "Wrong password 6" not in notes["The verdict"]
    assert "Wrong password 8" in notes["The verdict with all evidence"]


def test_what_is_meant_for_a_shell_is_one_word_for_a_real_shell() -> None:
    for login in ("ann@acme.example", "a;touch x", "$(id)", "`id`", "it's", "a\nid", "a b", "*", "~"):
        command = shell("printf", "%s\\n", login)
        shown = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True).stdout
        assert shown == f"{login.replace(chr(10), ' ')}\n", command
    assert shlex.split(shell("keydesk", "why", "-rf")) == ["keydesk", "why", "--", "-rf"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_hostile_names_reach_no_note_unchanged(name: str, login: str) -> None:
    entry = replace(ENTRY, intent=replace(INTENT, person_name=name, person_login=login, reason=name, ticket=login))
    hostile = made_user(login=login, firstName=name, email=name)
    for note in (*entry_notes(entry), *user_notes(hostile, "")):
        assert not [line for line in note.text.split("\n") if harmful(line)], note
    commands = [note.text for note in user_notes(hostile) if note.title.startswith("The command")]
    assert all(len(shlex.split(command)) in {3, 4} for command in commands)
