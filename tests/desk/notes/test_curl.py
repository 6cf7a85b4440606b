"""A call as a command for curl: what a shell makes of it, whatever stands in the call; and in words."""

from __future__ import annotations

import subprocess

from tests.desk.support import harmful
from tests.each import each
from tui.desk.connectors.connector import OrgAddress
from tui.desk.notes.curl import call_lines, call_notes, curl, outcome
from tui.okta.call_log import CallLog, CallRecord

ORG = OrgAddress("https://acme.okta.com")
HOSTILE = (
    "x';touch gone;'",
    "$(touch gone)",
    "`touch gone`",
    '";touch gone;"',
    "-o/tmp/x",
    "x\ntouch gone",
    "\x1b[31m\u202egone",
    "[1-9]{a,b}",
    "a b&&touch gone",
    "!!",
    "\\",
)


def noted(target: str, method: str = "GET", length: int = 0) -> CallRecord:
    return CallLog(str, origin=ORG.origin).begin(method, ORG.origin, target, at=0.0, length=length)


def as_a_shell_reads_it(command: str) -> list[str]:
    """The words that curl would get, by a real shell in which curl only prints them."""
    script = f"OKTA_API_TOKEN='the token'\ncurl() {{ printf '%s\\n' \"$@\"; }}\n{command}\n"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True, cwd="/")
    assert not done.stderr
    return done.stdout.splitlines()


@each("part", HOSTILE, ids=repr)
def test_a_shell_reads_one_call_whatever_stands_in_it(part: str) -> None:
    record = CallRecord(1, 0.0, part, f"/api/v1/users/{part}?q={part}", length=3)
    for command in (curl(record, ORG), curl(noted(record.target, part), ORG, scheme="Bearer")):
        assert harmful(command) == []
        words = as_a_shell_reads_it(command)
        assert words[:2] == ["--globoff", "--request"]
        assert words[-2] == "--url"
        assert words[-1].startswith("https://acme.okta.com/api/v1/users/")
        assert words[-4] == "--header"
        assert words[-3] in {"Authorization: SSWS the token", "Authorization: Bearer the token"}
        assert len(words) in {9, 13}


def test_a_read_a_head_and_a_write() -> None:
    assert as_a_shell_reads_it(curl(noted("/api/v1/users?q=ann&limit=2"), ORG)) == [
        "--globoff",
        "--header",
        "Accept: application/json",
        "--header",
        "Authorization: SSWS the token",
        "--url",
        "https://acme.okta.com/api/v1/users?q=ann&limit=2",
    ]
    assert "--head" in as_a_shell_reads_it(curl(noted("/", "HEAD"), ORG))
    write = as_a_shell_reads_it(curl(noted("/api/v1/users/00u1", "POST", 12), ORG))
    assert write[1:3] == ["--request", "POST"]
    assert "@body.json" in write


def test_the_parts_and_the_words_of_a_call() -> None:
    record = noted("/api/v1/users?search=profile.login+eq+%22ann%1B%22", length=5)
    assert outcome(record) == "under way"
    record.status, record.request_id, record.milliseconds, record.tries = 429, "req1", 1200, 2
    record.waits.append(("rate limit of users: used up", 12.0))
    titles = [note.title for note in call_notes(record, ORG)]
    assert titles == ["The call for curl", "The path", "Okta's request id", "The whole call"]
    lines = dict(call_lines(record))
    assert lines["Query"].startswith('search=profile.login eq "ann')
    assert harmful(lines["Query"]) == []
    assert lines["Waited"] == "12 s: rate limit of users: used up"
    assert (lines["Took"], lines["Sent"], lines["Body"]) == ("1,200 ms", "2 times", "5 bytes, not kept")
    record.refused = "keydesk did not send this"
    assert outcome(record) == "refused here"
