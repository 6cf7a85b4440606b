"""`keydesk why`, `expiry` and `notify` as they are typed, against the demo org and a real mail server."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.desk.notices.mail_server import mail_server
from tui.commands.codes import Code
from tui.desk.ledger.errors import LedgerFull
from tui.desk.ledger.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.commands.conftest import Shell
    from tests.desk.notices.mail_server import MailServer

ANN = "ann.lee@acme.example"


@pytest.fixture
def server(tmp_path: Path, home: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as made:
        home.mkdir(parents=True, exist_ok=True)
        (home / "notices.toml").write_text(
            '[notices]\nlockouts = "mail"\nexpiries = "mail"\nscan_hour = 0\n'
            f'[way.mail]\nkind = "mail"\nhost = "127.0.0.1"\nport = {made.port}\ntls = "none"\n'
            'sender = "it@acme.example"\n',
            "utf-8",
        )
        yield made


def test_why_says_the_verdict_the_step_and_the_evidence(keydesk: Shell) -> None:
    ran = keydesk("why", ANN, "--app", "figma")
    assert ran.code == Code.OK
    assert "Locked out by software that has an old password." in ran.out
    assert "Next step  Have them put the new password into Mail on an iPhone" in ran.out
    assert f"keydesk unlock {ANN}" in ran.out
    assert "They do not have Figma either." in ran.out


def test_why_in_json(keydesk: Shell) -> None:
    found = keydesk("why", ANN, "--json").json
    assert (found["rule"], found["blocker"], found["sure"]) == ("locked-stale", "locked", "likely")
    assert found["step"]["action"] == "unlock"
    assert found["person"]["login"] == ANN
    assert found["attempts"][-1]["via"] == "mail"


def test_why_of_nobody(keydesk: Shell) -> None:
    assert keydesk("why", "xyzzy").code == Code.NOT_FOUND


def test_expiry_lists_and_counts(keydesk: Shell) -> None:
    ran = keydesk("expiry", "--days", "30")
    assert ran.code == Code.OK
    assert ran.out.startswith("EXPIRES")
    assert "Active Directory decides, by a rule that Okta does not see" in ran.out
    assert "Dates are estimates" in ran.out


def test_expiry_writes_a_new_file_only(keydesk: Shell, tmp_path: Path) -> None:
    out = tmp_path / "soon.csv"
    assert keydesk("expiry", "--csv", "--out", str(out)).code == Code.OK
    assert out.read_text("utf-8").startswith("login,name,email")
    again = keydesk("expiry", "--csv", "--out", str(out))
    assert (again.code, "already" in again.err) == (Code.USAGE, True)
    assert keydesk("expiry", "--json").json["days"] == 14


def test_notify_without_rules_says_how_to_begin(keydesk: Shell, home: Path) -> None:
    ran = keydesk("notify", "--once")
    assert ran.code == Code.FAILED
    assert "notify --init" in ran.err
    assert keydesk("notify", "--init").code == Code.OK
    assert (home / "notices.toml").exists()
    assert keydesk("notify", "--init").code == Code.USAGE


def test_notify_once_tells_each_once_and_history_shows_it(keydesk: Shell, server: MailServer) -> None:
    assert "✓ mail" in keydesk("notify", "--check").out
    dry = keydesk("notify", "--once", "--dry-run")
    assert ("would be sent" in dry.err, server.raw) == (True, [])
    ran = keydesk("notify", "--once")
    assert ran.code == Code.OK
    sent = len(server.raw)
    assert sent > 5
    again = keydesk("notify", "--once")
    assert (again.code, again.err.strip(), len(server.raw)) == (Code.OK, "Nothing is due.", sent)
    rows = keydesk("notify", "--history").out.splitlines()[1:]
    assert len(rows) == sent
    assert all("250 queued" in row for row in rows)
    assert keydesk("ledger", "verify").code == Code.OK


def test_notify_with_the_server_down_fails_and_makes_up_for_it(keydesk: Shell, server: MailServer) -> None:
    server.become("mail-5xx")
    assert keydesk("notify", "--once").code == Code.FAILED
    assert server.raw == []
    server.become("ok")
    keydesk("notify", "--once")
    assert len(server.raw) > 5


def test_a_lost_answer_is_listed_as_unknown_and_settled_by_hand(keydesk: Shell, server: MailServer) -> None:
    server.become("answer-lost")
    assert keydesk("notify", "--once").code == Code.UNKNOWN
    arrived = len(server.raw)
    server.become("ok")
    number = keydesk("notify", "--unknown").out.splitlines()[1].split()[0]
    assert keydesk("notify", "--settle", number).code == Code.USAGE
    assert keydesk("notify", "--settle", number, "--arrived").code == Code.OK
    keydesk("notify", "--once")
    assert len(server.raw) == arrived


def test_a_notice_whose_outcome_cannot_be_recorded_has_a_code_of_its_own(
    keydesk: Shell, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise LedgerFull

    monkeypatch.setattr(Ledger, "outcome", fails)
    ran = keydesk("notify", "--once")
    assert ran.code == Code.UNRECORDED
    assert "The outcome could not be recorded in the ledger" in ran.err
    assert len(server.raw) == 1


def test_preview_and_test_notice(keydesk: Shell, server: MailServer) -> None:
    ran = keydesk("notify", "--preview", ANN)
    assert f"To: {ANN}" in ran.out
    assert "Subject: Your account was locked" in ran.out
    assert "Subject: Your password expires in" in ran.out
    assert "An example, made up: they are not locked. It would not be sent." not in ran.out
    bob = keydesk("notify", "--preview", "bob.martin@acme.example").out
    assert "An example, made up: they are not locked. It would not be sent." in bob
    assert server.raw == []
    assert keydesk("notify", "--test", "me@acme.example").code == Code.OK
    assert [mail["To"] for mail in server.mails] == ["me@acme.example"]


@pytest.mark.parametrize("dry", [False, True])
def test_the_watch_ends_cleanly_on_sigterm(server: MailServer, home: Path, dry: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tui", "--demo", "--people", "60", "notify", "--watch", *(["--dry-run"] if dry else [])],
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()
        assert process.wait(20) == Code.OK
    assert (" by mail: would be sent" if dry else " by mail: sent: 250 queued") in first
    assert bool(server.raw) is not dry
    assert "Traceback" not in rest
