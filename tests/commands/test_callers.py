"""Callers on the command line: what is wanted, how they are proven, what is said where that is missing, the alert."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from tui.commands.codes import Code
from tui.demo.base import otp
from tui.desk.rules.rules import DEFAULT_RULES
from tui.desk.rules.written import rules_from

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tui.demo.org import Org

ZACK = "zack.moore@acme.example"
WHY = ("--reason", "forgot it on holiday")
SHOWN = (*WHY, "--yes", "--print-secret")
SEEN = ("--seen", "badge 4711, seen by me")


def code_of(org: Org) -> str:
    """What Zack's Okta Verify shows now."""
    secrets = [org.enrolments.hidden(factor).secret for factor in org.enrolments.of(org.people.named("zack.moore"))]
    return otp.code(next(filter(None, secrets)), int(org.clock()) // 30)


def test_a_caller_is_proven_and_served_in_one_sitting(ruled: Shell, org: Org) -> None:
    refused = ruled("temp-password", ZACK, *SHOWN)
    assert refused.code == Code.NOT_POSSIBLE
    assert f"`keydesk verify {ZACK} --for temp-password`" in refused.err
    foreseen = ruled("temp-password", ZACK, *WHY, "--dry-run")
    assert (foreseen.code, ruled.line.writes) == (Code.OK, [])
    assert f"`keydesk verify {ZACK} --for temp-password`" in foreseen.out
    wanted = ruled("verify", ZACK, "--for", "temp-password", "--json").json
    assert (wanted["tier"], wanted["wanted"], wanted["proven"]) == (3, "number", False)
    assert {way["kind"] for way in wanted["ways"] if way["enough"]} >= {"number", "code", "manager"}
    assert any("FastPass" in way["cannot"] for way in wanted["ways"])
    assert "Okta has no number of theirs." in ruled("verify", ZACK, "--for", "reset-link").out
    known = ruled("verify", "ann.lee@acme.example", "--for", "reset-link").out
    assert "Call that, and no number that the caller tells you." in known
    asked = ruled("verify", ZACK, "--for", "temp-password", "--by", "push")
    assert asked.code == Code.OK, asked.err
    assert "If you did not call us, tap No.”" in asked.err
    assert "The caller is proven." in asked.out
    less = ruled("verify", ZACK, "--for", "reset-link", "--by", "push", "--no-number")
    assert less.code == Code.PARTLY  # approved, and not enough
    assert "Tap Yes." in less.err
    assert ruled("temp-password", ZACK, *SHOWN).code == Code.OK
    again = ruled("temp-password", ZACK, *SHOWN)
    assert "as strongly as can be" in again.err
    assert "Something like it was done for this person lately" in again.err
    several = ruled("add-to-group", ZACK, "omar.haddad@acme.example", "--group", "notion", *WHY, "--yes")
    assert several.code == Code.PARTLY
    assert "as strongly as can be" in several.out + several.err  # one of them is an administrator
    assert "--for add-to-group" in several.out + several.err


def test_wrong_codes_are_counted_and_a_denial_ends_it(ruled: Shell, org: Org) -> None:
    def read_out(code: str) -> str:
        ruled.patch.setattr(sys, "stdin", io.StringIO(f"{code}\n"))
        return ruled("verify", ZACK, "--for", "reset-link", "--by", "code").err

    assert "2 left." in read_out("000000")
    assert "1 left." in read_out("000 000")
    assert "There is no code" in read_out("")
    ruled.patch.setattr(sys, "stdin", io.StringIO(f"{code_of(org)}\n"))
    assert ruled("verify", ZACK, "--for", "reset-link", "--by", "code").code == Code.OK
    org.challenges.teach(org.people.named("zack.moore"), "deny")
    denied = ruled("verify", ZACK, "--for", "reset-link", "--by", "push")
    assert denied.code == Code.NOT_POSSIBLE
    assert "treat this call as an attack" in denied.err
    refused = ruled("reset-link", ZACK, *SHOWN)
    assert "a push was denied" in refused.err
    once_more = ruled("verify", ZACK, "--for", "reset-link", "--by", "push")
    assert "not asked again now" in once_more.err
    writes = ruled.line.writes
    assert len([one for one in writes if one.endswith("/verify") or "/verify?" in one]) == 4
    assert len(writes) == 4


def test_who_only_reads_vouches_and_says_what_was_seen(ruled: Shell) -> None:
    told = ruled("--read-only", "verify", ZACK, "--for", "temp-password")
    assert "No phone is asked here, since this connector only reads" in told.out
    assert "Push with a number" not in told.out
    none = ruled("--read-only", "verify", ZACK, "--for", "temp-password", "--by", "push")
    assert "asks no phone" in none.err
    thin = ruled("--read-only", "verify", ZACK, "--for", "temp-password", "--by", "manager", "--seen", "ok")
    assert thin.code != Code.OK
    assert "Say what was seen" in thin.err
    seen = ruled("--read-only", "verify", ZACK, "--for", "temp-password", "--by", "manager", *SEEN)
    assert (seen.code, "The caller is proven." in seen.out) == (Code.OK, True)
    assert ruled.line.writes == []


def test_the_alert_makes_everything_harder_and_the_rules_can_be_read(ruled: Shell) -> None:
    assert ruled("alert").out == "The alert is not raised.\n"
    assert ruled("alert", "--raise", "wave", "--lasts", "1h").code != Code.OK
    assert "is raised by tess until" in ruled("alert", "--raise", "a wave of callers", "--lasts", "1h").out
    refused = ruled("reset-password", ZACK, *WHY, "--yes")
    assert "The alert is raised" in refused.err
    assert "the caller is not proven first" in refused.err
    assert ruled("alert", "--end").out == "The alert is not raised.\n"
    assert ruled("reset-password", ZACK, *WHY, "--yes").code == Code.OK
    said = ruled("rules")
    assert "Tier 3: The caller is proven: a push with a number" in said.out
    assert "12 of tier 3 and 4 within an hour" in said.out
    assert ruled("rules", "--json").json[0]["about"] == "Tier 1"
    assert rules_from(ruled("rules", "--toml").out) == DEFAULT_RULES
    ruled.patch.setattr(sys, "stdin", io.StringIO("reason_words = 4\n"))
    assert "They stand in connectors.toml: change them there" in ruled("rules", "--set", "-").err
