"""The verdict against the demo org: what is read, what cannot be read, and the cast's own stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.conftest import Desk, Wire
from tests.desk.support import user_id
from tests.each import each
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org
from tui.demo.story.hurdles import refused_by_directory
from tui.desk.why.why import why
from tui.okta.errors import NotFound
from tui.okta.policy import Mode

if TYPE_CHECKING:
    from tests.conftest import FakeClock
    from tui.demo.org import Org

CAST = {
    "ann.lee": "locked-stale",
    "carla.diaz": "blocked-attack",
    "dev.patel": "expired",
    "erik.larsen": "locked-directory",
    "fatima.khan": "suspended",
    "george.wu": "deactivated",
    "hana.sato": "recovery",
    "kim.park": "provisioned",
    "liam.obrien": "staged",
    "adam.brooks": "reported",
    "sheet.formula": "locked-attack",
    "yusuf.demir": "stuck",
    "ann.lee2": "push-denied",
    "tara.singh": "push-denied",
    "rosa.mendez": "phishing",
    "quinn.baker": "codes-rest",
    "uma.rao": "fine",
    "sven.olsen": "not-assigned",
    "omar.haddad": "factor",
    "ivan.petrov": "outside",
    "bob.martin": "fine",
    "zoe.martin": "nothing-reached",
    "wade.cooper": "changing",
    "iris.blanc": "directory-lock",
    "will.adams": "denied",
    "vera.lind": "factor",
    "una.walsh": "attacked",
    "zack.moore": "wrong-stale",
    "pia.jensen": "wrong",
    "julia.novak": "wrong-directory",
    "henry.stone": "locked-mistyped",
    "jack.frost": "overdue",
    "kai.nguyen": "locked-limit",
    "lena.hoff": "locked-factor",
    "milo.grant": "locked-heals",
    "nora.blum": "blocked",
    "otto.reyes": "factorless",
    "petra.vogel": "locked",
}


@each(("name", "rule"), CAST.items())
async def test_the_cast(desk: Desk, org: Org, name: str, rule: str) -> None:
    assert (await why(desk.session(), user_id(org, name))).rule == rule


DIRECTORY = {
    "1326": "wrong-directory",
    "1328": "directory-hours",
    "1329": "directory-workstation",
    "1331": "directory-disabled",
    "1793": "directory-account-expired",
    "1909": "directory-locked",
    "DEL_AUTH_TIMEOUT": "directory-silent",
}


async def test_each_refusal_of_a_directory_is_told_by_its_own_verdict(desk: Desk, org: Org) -> None:
    refused = refused_by_directory(org)
    assert {code: (await why(desk.session(), person.id)).rule for code, person in refused.items()} == DIRECTORY


@pytest.mark.parametrize("pipeline", ["idx", "v1"])
async def test_both_engines_are_read_alike(clock: FakeClock, pipeline: str) -> None:
    org = begin_org(people=200, clock=clock.time, pipeline=pipeline)
    desk = Desk(org, Wire(httpx.ASGITransport(create_app(org))), clock)
    for name in ("bob.martin", "pia.jensen", "vera.lind", "will.adams", "lena.hoff", "yusuf.demir", "una.walsh"):
        assert (await why(desk.session(), user_id(org, name))).rule == CAST[name], name


async def test_an_app_that_they_lack_and_one_that_they_have(desk: Desk, org: Org) -> None:
    session, bob = desk.session(), user_id(org, "bob.martin")
    lacking = await why(session, bob, "figma")
    assert (lacking.rule, lacking.headline) == ("no-app", "They do not have Figma")
    links = await session.client.app_links_of(bob)
    having = await why(session, bob, links[0].label or "")
    assert having.rule == "fine"
    assert any("is assigned to them" in text for text in having.also)


async def test_an_app_that_nobody_knows_is_said_to_be_unknown(desk: Desk, org: Org) -> None:
    found = await why(desk.session(), user_id(org, "bob.martin"), "zzyzx")
    assert any("zzyzx could not be found out" in text for text in found.missing)


async def test_without_the_log_and_the_policies_the_status_still_decides_and_the_rest_is_named(
    desk: Desk, org: Org
) -> None:
    found = await why(desk.session(principal="helpdesk"), user_id(org, "ann.lee"))
    assert found.rule == "locked"
    assert [text.partition(" cannot")[0] for text in found.missing] == ["The System Log", "The password policy"]


async def test_read_only_gives_the_same_verdict_and_no_action(desk: Desk, org: Org, wire: Wire) -> None:
    found = await why(desk.session(mode=Mode.READ_ONLY), user_id(org, "ann.lee"))
    assert (found.rule, found.step.action) == ("locked-stale", "")
    assert wire.writes == []


async def test_nobody_is_an_error_and_no_verdict(desk: Desk) -> None:
    with pytest.raises(NotFound):
        await why(desk.session(), "00uNOBODY")


async def test_who_reset_the_factors_stands_in_the_evidence(desk: Desk, org: Org) -> None:
    found = await why(desk.session(), user_id(org, "bob.martin"))
    assert any(line.text == "All factors reset by Nina Rossi" for line in found.evidence)
