"""`--follow`: the accounts in apps are waited for, and how that ended is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.commands.act.support import BOB
from tests.desk.support import fault
from tui.commands.codes import Code

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tests.conftest import FakeClock
    from tui.demo.org import Org


def test_an_account_that_takes_its_time_is_waited_for(keydesk: Shell, clock: FakeClock) -> None:
    ran = keydesk("assign-app", BOB, "--app", "SAP Concur", "--yes", "--follow")
    assert (ran.code, ran.err) == (Code.OK, "")
    done, *news = ran.out.splitlines()
    assert done == "Assign an app: done for Bob Martin (SAP Concur). Ledger entry 1."
    assert news[0].startswith("SAP Concur: assigned, waiting for the app to make the account (0 s)")
    assert news[-1].startswith("SAP Concur: provisioned, the account in the app is there (")
    assert len(news) == len(set(news))
    assert sum(clock.slept) > 30
    assert len(keydesk.line.writes) == 1


def test_an_account_that_cannot_be_made_is_done_in_part(keydesk: Shell) -> None:
    ran = keydesk("add-to-group", BOB, "--group", "Lucidchart Editors", "--yes", "--follow", "--json")
    assert ran.code == Code.PARTLY
    assert ran.json["outcome"] == "done"
    (seen,) = ran.json["followed"]
    assert (seen["name"], seen["stage"]) == ("Lucidchart", "failed")
    assert "No licenses left" in seen["text"]
    assert "Lucidchart: assigned, waiting for the app" in ran.err


def test_without_follow_nothing_is_waited_for(keydesk: Shell) -> None:
    ran = keydesk("assign-app", BOB, "--app", "SAP Concur", "--yes", "--json")
    assert ran.code == Code.OK
    assert "followed" not in ran.json


def test_a_group_that_gives_no_app_ends_at_once(keydesk: Shell) -> None:
    ran = keydesk("add-to-group", BOB, "--group", "Notion", "--yes", "--follow")
    assert ran.code == Code.OK
    assert ran.out.endswith("The group gives no app: there is nothing to wait for.\n")


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_apps_that_cannot_be_read_are_told(keydesk: Shell, org: Org, form: list[str]) -> None:
    group = org.groups.named("Notion").id
    fault(org, "403-role", f"/groups/{group}/apps", times=9)
    ran = keydesk("add-to-group", BOB, "--group", "Notion", "--yes", "--follow", *form)
    assert ran.code == Code.PARTLY
    assert "keydesk: keydesk's admin role does not allow this" in ran.err


def test_taking_a_group_away_is_followed_until_its_app_is_gone(keydesk: Shell) -> None:
    keydesk("add-to-group", BOB, "--group", "Concur Travellers", "--yes", "--follow")
    ran = keydesk(
        "remove-from-group", BOB, "--group", "Concur Travellers", "--yes", "--reason", "moved", "--follow", "--json"
    )
    assert ran.code == Code.OK
    assert [seen["stage"] for seen in ran.json["followed"]] == ["gone"]


def test_what_was_refused_is_not_followed(keydesk: Shell, org: Org) -> None:
    fault(org, "403-role", "/api/v1/apps/")
    org.faults.on[-1].method = "POST"
    ran = keydesk("assign-app", BOB, "--app", "Figma", "--yes", "--follow", "--json")
    assert ran.code == Code.FAILED
    assert "followed" not in ran.json
