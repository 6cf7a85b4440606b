"""`keydesk lockouts`: cause and countdown where the log is readable, what has ended, and following."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.desk.support import harmful, user_id, world
from tui.commands.codes import Code

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.commands.conftest import Ran, Shell
    from tests.conftest import FakeClock
    from tui.demo.org import Org

ANN = "ann.lee@acme.example"


def row(ran: Ran, part: str) -> str:
    found = [line for line in ran.out.splitlines() if part in line]
    assert len(found) == 1, (part, ran.out)
    return found[0]


def test_cause_and_countdown_stand_beside_the_person(keydesk: Shell) -> None:
    ran = keydesk("lockouts")
    assert (ran.code, ran.err) == (Code.OK, "")
    ann = row(ran, ANN)
    assert ann.startswith("2026-11-23 04:20  Locked out  Ann Lee")
    assert "Mail (an iPhone), likely" in ann
    assert "will lock again" in ann
    assert "an admin must unlock" in row(ran, "henry.stone@")
    assert "megan.russell" not in ran.out


def test_all_lists_what_has_ended_too(keydesk: Shell) -> None:
    ran = keydesk("lockouts", "--all")
    assert "Unlocked" in row(ran, "megan.russell@")
    assert "by Nina Rossi, 12 h ago" in row(ran, "megan.russell@")
    assert ANN in ran.out


def test_json_tells_the_case(keydesk: Shell, org: Org) -> None:
    values = {value["login"]: value for value in keydesk("lockouts", "--all", "--json").json}
    ann = values[ANN]
    assert ann["id"] == user_id(org, "ann.lee")
    assert ann["status"] == "LOCKED_OUT"
    assert (ann["blocked"], ann["shut"], ann["open"]) == (False, "locked", True)
    assert ann["since"] == "2026-11-23T04:20:00+00:00"
    assert (ann["cause"], ann["sure"], ann["locksAgain"]) == ("mail", "likely", True)
    assert ann["causeWords"].startswith("A mail client")
    assert ann["ended"] is None
    megan = values["megan.russell@acme.example"]
    assert (megan["open"], megan["ended"], megan["endedBy"]) == (False, "admin", "Nina Rossi")
    assert values["henry.stone@acme.example"]["heals"] is False
    adam = values["adam.brooks@acme.example"]
    assert adam["heals"] is True
    assert adam["healsAt"] > adam["since"]


def test_without_the_log_the_columns_are_those_of_the_status_and_the_reason_is_said(keydesk: Shell, org: Org) -> None:
    keydesk.patch.setenv("KEYDESK_API_TOKEN", org.principal("helpdesk").token)
    ran = keydesk("lockouts")
    assert ran.out.splitlines()[0].split() == ["SINCE", "STATE", "NAME", "LOGIN", "DEPARTMENT", "PASSWORD", "OF"]
    assert ran.err.startswith("keydesk: keydesk's admin role does not allow this\n")
    assert "So this is missing: causes, ends and device blocks are not known." in ran.err
    assert ran.err.count("does not allow this") == 1


def test_a_second_call_reads_only_what_is_new(keydesk: Shell, clock: FakeClock) -> None:
    first = keydesk("lockouts")

    def read() -> list[str]:
        return [
            str(r.url)
            for r in keydesk.line.sent
            if r.url.params.get("sortOrder") != "DESCENDING" and "/logs" in r.url.path
        ]

    assert len(read()) == 2  # a day, and the empty page behind it
    keydesk.line.sent.clear()
    assert keydesk("lockouts").out == first.out
    (only,) = read()
    assert "after=" in only


@pytest.fixture
def until(keydesk: Shell) -> Callable[[int, Callable[[], None]], None]:
    """Stops `--follow` as Ctrl+C does, after so many looks at the log; something happens before the last."""

    def arrange(looks: int, happen: Callable[[], None]) -> None:
        seen = 0

        async def watch(request: httpx.Request) -> httpx.Response | None:
            nonlocal seen
            if "after=" in str(request.url):
                seen += 1
                if seen == looks - 1:
                    happen()
                if seen > looks + 4:
                    raise KeyboardInterrupt
            return None

        keydesk.line.watch = watch

    return arrange


def following(keydesk: Shell, *arguments: str) -> tuple[Ran, list[str]]:
    ran = keydesk("lockouts", "--follow", *arguments)
    return ran, ran.out.splitlines()


def test_follow_tells_what_is_and_then_what_comes_once_each(
    keydesk: Shell, org: Org, until: Callable[[int, Callable[[], None]], None]
) -> None:
    until(4, lambda: world(org, lock="bob.martin"))
    ran, lines = following(keydesk)
    assert ran.code == Code.INTERRUPTED
    assert sum(ANN in line for line in lines) == 1
    assert "bob.martin@acme.example" in lines[-1]
    assert "Locked out" in lines[-1]
    assert lines[:-1] == sorted(lines[:-1])  # what was there, oldest first
    assert not any("Unlocked" in line for line in lines)
    assert harmful("".join(lines)) == []


def test_follow_tells_an_end(keydesk: Shell, org: Org, until: Callable[[int, Callable[[], None]], None]) -> None:
    until(3, lambda: world(org, unlock="ann.lee"))
    _, lines = following(keydesk)
    ann = [line for line in lines if ANN in line]
    assert len(ann) == 2
    assert "Locked out" in ann[0]
    assert "Unlocked" in ann[1]


def test_follow_as_json_is_a_document_a_line(
    keydesk: Shell, org: Org, until: Callable[[int, Callable[[], None]], None]
) -> None:
    until(4, lambda: world(org, lock="bob.martin"))
    _, lines = following(keydesk, "--json", "--all")
    values: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert {value["event"] for value in values} == {"began", "ended"}  # --all begins with what has ended
    assert (values[-1]["event"], values[-1]["login"]) == ("began", "bob.martin@acme.example")
    assert len({(value["case"], value["event"]) for value in values}) == len(values)


def test_nothing_is_changed_at_okta(keydesk: Shell, until: Callable[[int, Callable[[], None]], None]) -> None:
    until(2, lambda: None)
    following(keydesk)
    keydesk("lockouts", "--all")
    assert keydesk.line.writes == []
