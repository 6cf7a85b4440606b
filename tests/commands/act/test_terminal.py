"""Actions at a real terminal, with the embedded demo org: the ceremony, and a secret that stays on the screen."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.commands.act.killing import ROOT
from tui.commands.codes import Code

if TYPE_CHECKING:
    from pathlib import Path


def at_a_pty(answers: dict[str, str], *words: str) -> tuple[int, str]:
    """Run keydesk at a pseudo-terminal; each answer is typed when its question stands there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tui", "--demo", "--people", "60", *words]
    told = ""
    with subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        try:
            with suppress(OSError):  # how Linux says that the other side is closed
                while chunk := os.read(ours, 4096):
                    told += chunk.decode()
                    for question in [one for one in answers if told.endswith(one)]:
                        os.write(ours, f"{answers.pop(question)}\n".encode())
            code = process.wait(timeout=30)
        finally:
            process.kill()
            os.close(ours)
    assert not answers, told
    return code, told.replace("\r\n", "\n")


def test_a_temporary_password_is_shown_once_and_kept_nowhere(home: Path) -> None:
    words = ("temp-password", "bob.martin", "--reason", "called")
    code, told = at_a_pty({"Go on? [y/N] ": "y"}, *words)
    assert code == Code.OK
    after = told.partition("shown only this once. ")[2]
    secret = after.splitlines()[1]
    assert re.fullmatch(r"\S{6,}", secret)
    assert told.count(secret) == 1
    files = [path for path in home.rglob("*") if path.is_file()]
    assert any(path.name.startswith("ledger") for path in files)
    assert [path.name for path in files if secret.encode() in path.read_bytes()] == []


def test_the_factors_of_a_person_are_offered_and_all_are_reset_by_typing_the_login() -> None:
    code, told = at_a_pty(
        {"Which one? [1-3] ": "3", "Go on? [y/N] ": "n"}, "remove-factor", "ann.lee@acme.example", "--reason", "lost"
    )
    assert code == Code.FAILED
    assert "SMS to +14155558332 of Ann Lee will be removed." in told
    code, told = at_a_pty(
        {"the last 4 of the employee number: ": "ANN"}, "reset-mfa", "ann.lee@acme.example", "--reason", "lost"
    )
    assert code == Code.OK
    assert "Reset all factors: done for Ann Lee" in told
