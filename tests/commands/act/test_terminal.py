"""Actions at a real terminal, with the embedded demo org: the ceremony, and a secret that stays on the screen."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
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
        watchdog = threading.Timer(60, process.kill)  # a question that no answer is for would wait for ever
        watchdog.start()
        try:
            with suppress(OSError):  # how Linux says that the other side is closed
                while chunk := os.read(ours, 4096):
                    told += chunk.decode()
                    for question in [one for one in answers if told.endswith(one)]:
                        os.write(ours, f"{answers.pop(question)}\n".encode())
            code = process.wait(timeout=30)
        finally:
            watchdog.cancel()
            process.kill()
            os.close(ours)
    assert not answers, told
    return code, told.replace("\r\n", "\n")


def seen_in_person(who: str, purpose: str) -> None:
    """Vouch for a caller, as the desk's rules want it before what has weight."""
    seen = "badge 4711, seen by me"
    code, told = at_a_pty({}, "verify", who, "--for", purpose, "--by", "in-person", "--seen", seen)
    assert code == Code.OK, told
    assert "The caller is proven." in told


def test_a_temporary_password_is_shown_once_and_kept_nowhere(home: Path) -> None:
    seen_in_person("zack.moore", "temp-password")
    words = ("temp-password", "zack.moore", "--reason", "called, forgot it on holiday")
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
    why = ("--reason", "lost it on the train")
    code, told = at_a_pty({"Which one? [1-3] ": "3"}, "remove-factor", "ann.lee@acme.example", *why)
    assert code == Code.NOT_POSSIBLE
    assert "3. SMS to +14155558332" in told
    assert "the caller is not proven first" in told
    assert "`keydesk verify ann.lee@acme.example --for remove-factor`" in " ".join(told.split())
    seen_in_person("ann.lee@acme.example", "reset-mfa")
    code, told = at_a_pty({"the last 4 of the employee number: ": "ANN"}, "reset-mfa", "ann.lee@acme.example", *why)
    assert code == Code.OK
    assert "Reset all factors: done for Ann Lee" in told
