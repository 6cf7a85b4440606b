"""What stands in the way of an action, cause by cause, with the words beside the grey key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from tests.desk.by_hand.test_instructions import ACME, somebody
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.actions.grammar import Cause
from tui.desk.actions.obstacles import Standing, obstacle
from tui.desk.people.person import Part
from tui.okta.models import Block
from tui.okta.policy import Mode, Policy
from tui.trouble import Trouble

if TYPE_CHECKING:
    from tui.desk.actions.grammar import Obstacle

UNLOCK, EXPIRE = ACTIONS["unlock"], ACTIONS["expire-password"]
FREE = Standing(Policy(ACME.origin, Mode.READ_WRITE))
BLOCKED: Part[tuple[Block, ...]] = Part(value=(Block(type="DEVICE_BASED", applies_to="UNKNOWN_DEVICES"),))
NO_BLOCKS: Part[tuple[Block, ...]] = Part(value=())


def cause(found: Obstacle | None) -> tuple[Cause, str] | None:
    return (found.cause, found.reason) if found else None


@pytest.mark.parametrize("status", ["ACTIVE", "PASSWORD_EXPIRED"])
def test_a_blocked_person_is_unlocked_whatever_of_these_the_status_is(status: str) -> None:
    assert obstacle(UNLOCK, replace(somebody(status), blocks=BLOCKED), FREE) is None
    assert cause(obstacle(UNLOCK, replace(somebody(status), blocks=NO_BLOCKS), FREE)) == (Cause.STATE, "not locked")


@pytest.mark.parametrize("status", ["ACTIVE", "PASSWORD_EXPIRED"])
def test_blocks_that_are_not_known_are_named(status: str) -> None:
    pending, unread = (
        replace(somebody(status), blocks=Part()),
        replace(somebody(status), blocks=Part(trouble=Trouble("no"))),
    )
    assert cause(obstacle(UNLOCK, pending, FREE)) == (Cause.STATE, "not locked out (still reading)")
    assert cause(obstacle(UNLOCK, unread, FREE)) == (Cause.STATE, "not locked out (blocks cannot be read)")


def test_a_block_of_a_suspended_person_makes_no_unlock_possible() -> None:
    suspended = replace(somebody("SUSPENDED"), blocks=BLOCKED)
    found = obstacle(UNLOCK, suspended, FREE)
    assert cause(found) == (Cause.STATE, "suspended")
    assert found is not None
    assert "locked out" in found.advice


def test_an_action_without_blocks_names_the_status_alone() -> None:
    found = obstacle(EXPIRE, replace(somebody("SUSPENDED"), blocks=Part()), FREE)
    assert cause(found) == (Cause.STATE, "suspended")
    assert found is not None
    assert "active" in found.advice
    assert cause(obstacle(EXPIRE, replace(somebody("LOCKED_OUT"), blocks=NO_BLOCKS), FREE)) == (
        Cause.STATE,
        "locked out",
    )


@pytest.mark.parametrize("status", [None, "", "NEWER_THAN_KEYDESK"])
def test_a_status_that_nobody_knows_leaves_the_decision_to_okta(status: str | None) -> None:
    assert obstacle(EXPIRE, somebody(status), FREE) is None


@pytest.mark.parametrize("provider", ["ACTIVE_DIRECTORY", "LDAP"])
def test_people_of_a_directory_are_sent_there_where_the_connector_says_so(provider: str) -> None:
    person = somebody("LOCKED_OUT", provider=provider)
    elsewhere = replace(FREE, directory_elsewhere=True)
    found = obstacle(UNLOCK, person, elsewhere)
    assert found is not None
    assert found.cause is Cause.DIRECTORY
    assert found.reason.startswith("handled in ")
    assert found.advice == "The password of this person belongs to the directory."
    assert found.why
    assert obstacle(UNLOCK, person, FREE) is None
    assert obstacle(ACTIONS["clear-sessions"], somebody("ACTIVE", provider=provider), elsewhere) is None


def test_people_of_okta_are_never_sent_to_a_directory() -> None:
    assert obstacle(UNLOCK, somebody("LOCKED_OUT"), replace(FREE, directory_elsewhere=True)) is None


def test_an_outside_provider_comes_before_read_only() -> None:
    found = obstacle(
        ACTIONS["reset-password"], somebody("ACTIVE", provider="FEDERATION"), Standing(Policy(ACME.origin))
    )
    assert found is not None
    assert found.cause is Cause.PROVIDER
    assert found.for_nobody


def test_read_only_says_so_and_whether_a_flag_did_it() -> None:
    locked, read_only = somebody("LOCKED_OUT"), Standing(Policy(ACME.origin))
    found = obstacle(UNLOCK, locked, read_only)
    assert cause(found) == (Cause.MODE, "read-only")
    by_flag = obstacle(UNLOCK, locked, replace(read_only, started_read_only=True))
    assert found is not None
    assert by_flag is not None
    assert "started read-only" in by_flag.why
    assert "started read-only" not in found.why


def test_a_ledger_that_cannot_be_written_stands_in_the_way() -> None:
    found = obstacle(
        UNLOCK, somebody("LOCKED_OUT"), replace(FREE, unrecordable=Trouble("The disk is full", advice="Make room."))
    )
    assert cause(found) == (Cause.LEDGER, "The disk is full")
    assert found is not None
    assert found.advice == "Make room."
