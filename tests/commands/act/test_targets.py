"""From a typed name to one group, app, factor or device: exact, then the only one; else nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.commands.act.support import ANN, BOB, at_a_terminal
from tests.desk.support import fault, harmful, user_id
from tui.commands.codes import Code

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.commands.conftest import Shell
    from tui.demo.org import Org


def group_called(keydesk: Shell, text: str) -> str:
    ran = keydesk("add-to-group", BOB, "--group", text, "--dry-run", "--json")
    assert ran.code == Code.OK, ran.err
    return str(ran.json["targets"][0]["name"])


def app_called(keydesk: Shell, text: str) -> str:
    ran = keydesk("assign-app", BOB, "--app", text, "--dry-run", "--json")
    assert ran.code == Code.OK, ran.err
    return str(ran.json["targets"][0]["name"])


def factor_called(keydesk: Shell, text: str) -> str:
    ran = keydesk("remove-factor", ANN, "--factor", text, "--dry-run", "--json")
    assert ran.code == Code.OK, ran.err
    return str(ran.json["targets"][0]["name"])


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Notion", "Notion"),
        ("nOTION", "Notion"),
        ("  Figma Editors ", "Figma Editors"),
        ("figma ed", "Figma Editors"),
        ("Travellers", "Concur Travellers"),
        ("Zürich", "Zürich Office"),
        ('=HYPERLINK("http://evil.example")', '=HYPERLINK("http://evil.example")'),
    ],
)
def test_a_group_is_found_by_its_name_or_the_only_one_that_is_like_it(keydesk: Shell, typed: str, name: str) -> None:
    assert group_called(keydesk, typed) == name


def test_a_group_is_found_by_its_id(keydesk: Shell, org: Org) -> None:
    assert group_called(keydesk, org.groups.named("Notion").id) == "Notion"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Figma", "Figma"),
        ("zoo", "Zoom"),
        ("Cloud", "Adobe Creative Cloud"),
        ("jira", "Jira"),
        ("concur", "SAP Concur"),
    ],
)
def test_an_app_is_found_by_its_name_or_the_only_one_that_is_like_it(keydesk: Shell, typed: str, name: str) -> None:
    assert app_called(keydesk, typed) == name


def test_an_app_is_found_by_its_id(keydesk: Shell, org: Org) -> None:
    key = next(app.id for app in org.apps.all if app.row.label == "Figma")
    assert app_called(keydesk, key) == "Figma"


@pytest.mark.parametrize(
    "typed", ["Okta Verify on Ann's phone", "okta verify on ann's PHONE", "verify", "phone", "okta"]
)
def test_a_factor_is_found_by_its_name_or_the_only_one_that_is_like_it(keydesk: Shell, typed: str) -> None:
    assert factor_called(keydesk, typed) == "Okta Verify on Ann's phone"


def test_a_factor_is_found_by_any_of_its_ids(keydesk: Shell, org: Org) -> None:
    person = org.people.named("ann.lee")
    parts = [str(one["id"]) for one in org.enrolments.of(person) if one["provider"] == "OKTA"]
    names = {factor_called(keydesk, part) for part in parts}
    assert "Okta Verify on Ann's phone" in names
    assert len(names) < len(parts)  # its entries belong together


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        (["add-to-group", BOB, "--group", "Jira"], "Jira Agents; Jira Users"),
        (["assign-app", BOB, "--app", "Z"], "Zoom; Zürich Parking"),
        (["remove-factor", ANN, "--factor", "ann", "--reason", "x"], "Email to ann.lee@acme.example; "),
    ],
)
def test_a_name_that_fits_several_sends_nothing_and_names_them(keydesk: Shell, words: list[str], listed: str) -> None:
    ran = keydesk(*words)
    assert (ran.code, ran.out) == (Code.NOT_FOUND, "")
    assert "is not exactly one" in ran.err
    assert "It could be: " in ran.err
    assert listed in ran.err
    assert keydesk.line.writes == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add-to-group", BOB, "--group", "no such"], "No group is called no such"),
        (["add-to-group", BOB, "--group", "00g00000000000000000"], "No group is called 00g00000000000000000"),
        (["assign-app", BOB, "--app", "no such"], "No app is called no such"),
        (["assign-app", BOB, "--app", "0oa00000000000000000"], "No app is called 0oa00000000000000000"),
        (["remove-factor", ANN, "--factor", "no such"], "No factor is called no such"),
        (["add-to-group", BOB, "--group", ""], "No group is called"),
        (["add-to-group", BOB, "--group", "x" * 500], "No group is called xxx"),
        (["add-to-group", BOB, "--group", "a\x1b]0;b\x07"], "No group is called"),
        (["assign-app", BOB, "--app", "a\x1b]0;b\x07"], "No app is called"),
    ],
)
def test_a_name_that_fits_none_sends_nothing(keydesk: Shell, words: list[str], told: str) -> None:
    ran = keydesk(*words)
    assert (ran.code, ran.out) == (Code.NOT_FOUND, "")
    assert f"keydesk: {told}" in ran.err
    assert harmful(ran.err.replace("\n", "")) == []
    assert keydesk.line.writes == []


def test_a_missing_factor_is_answered_with_those_there_are(keydesk: Shell) -> None:
    ran = keydesk("remove-factor", ANN, "--factor", "yubikey")
    assert "They have: Email to ann.lee@acme.example; Okta Verify on Ann's phone; SMS to " in ran.err


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["add-to-group", BOB, "--group", "Figma Ed", "--yes"], "group"),
        (["assign-app", BOB, "--app", "Zoo", "--yes"], "app"),
        (["remove-factor", ANN, "--factor", "okta", "--yes", "--reason", "x"], "factor"),
    ],
)
def test_yes_takes_only_a_whole_name(keydesk: Shell, words: list[str], what: str) -> None:
    ran = keydesk(*words)
    assert ran.code == Code.NOT_FOUND
    assert f"No {what} is called exactly" in ran.err
    assert "--yes takes only a whole name or an id." in ran.err
    assert keydesk.line.writes == []


def app_row(key: str, label: str) -> dict[str, str]:
    return {"id": key, "name": "bookmark", "label": label, "status": "ACTIVE"}


def answering(
    pages: dict[str, list[dict[str, str]]], *, endless: bool = False
) -> Callable[[httpx.Request], Awaitable[httpx.Response | None]]:
    """Lists of apps as given, by what was asked for (`q`); the one without is endless on request."""

    async def watch(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != "/api/v1/apps":
            return None
        headers = {"x-okta-request-id": "r1"}
        if endless and "q" not in request.url.params:
            after = int(request.url.params.get("after", "0")) + 1
            headers["link"] = f'<{request.url.copy_with(query=f"after={after}".encode())}>; rel="next"'
        return httpx.Response(200, json=pages.get(request.url.params.get("q", ""), []), headers=headers)

    return watch


def test_apps_of_the_same_name_are_told_apart_by_their_ids(keydesk: Shell) -> None:
    twins = [app_row("0oa1", "Figma"), app_row("0oa2", "figma"), app_row("0oa3", "Figma Beta")]
    keydesk.line.watch = answering({"Figma": twins})
    ran = keydesk("assign-app", BOB, "--app", "Figma", "--yes")
    assert ran.code == Code.NOT_FOUND
    assert "More than one app is called Figma" in ran.err
    assert "It could be: Figma (0oa1); figma (0oa2)\n" in ran.err
    assert keydesk.line.writes == []


def test_with_too_many_apps_to_read_only_beginnings_are_sure(keydesk: Shell) -> None:
    many = [app_row(f"0oa{number}", f"App {number}") for number in range(200)]
    keydesk.line.watch = answering({"": [*many, app_row("0oaX", "Adobe Cloud")]}, endless=True)
    ran = keydesk("assign-app", BOB, "--app", "Cloud")
    assert ran.code == Code.NOT_FOUND
    assert "Adobe Cloud. In an org with so many apps, give the beginning of the name, or the id." in ran.err
    assert sum(request.url.path == "/api/v1/apps" for request in keydesk.line.sent) < 6


def test_a_factor_is_asked_for_at_a_terminal(keydesk: Shell, org: Org) -> None:
    keydesk.answers("2\n")
    ran = keydesk("remove-factor", ANN, "--dry-run", "--json")
    assert ran.json["targets"][0]["name"] == "Okta Verify on Ann's phone"
    assert ran.err.startswith("The factors of Ann Lee:\n  1. Email to ann.lee@acme.example\n  2. Okta Verify on Ann's ")
    assert ran.err.endswith("Which one? [1-3] ")
    assert user_id(org, "ann.lee") in ran.json["calls"][0]["target"]


@pytest.mark.parametrize("answer", ["", "\n", "0\n", "4\n", "-1\n", "two\n", "²\n", "9" * 5000])
def test_another_answer_chooses_no_factor(keydesk: Shell, answer: str) -> None:
    at_a_terminal(keydesk, answer)
    ran = keydesk("remove-factor", ANN, "--reason", "x")
    assert ran.code == Code.FAILED
    assert "No factor was chosen; nothing was sent" in ran.err
    assert keydesk.line.writes == []


@pytest.mark.parametrize("form", [[], ["--yes"], ["--json"], ["--dry-run"]])
def test_without_a_terminal_the_factors_are_listed(keydesk: Shell, form: list[str]) -> None:
    ran = keydesk("remove-factor", ANN, "--reason", "x", *form)
    assert (ran.code, ran.out) == (Code.USAGE, "")
    assert "Add --factor NAME. The factors of Ann Lee: Email to ann.lee@acme.example; Okta Verify on " in ran.err
    assert keydesk.line.writes == []


def test_whoever_has_no_factor_keeps_none(keydesk: Shell) -> None:
    async def none(request: httpx.Request) -> httpx.Response | None:
        fits = request.url.path.endswith("/factors")
        return httpx.Response(200, json=[], headers={"x-okta-request-id": "r1"}) if fits else None

    keydesk.line.watch = none
    ran = keydesk("remove-factor", ANN, "--reason", "x")
    assert ran.code == Code.NOT_FOUND
    assert "Ann Lee has no factor that keydesk can see" in ran.err


def test_options_are_parameters_of_the_call(keydesk: Shell) -> None:
    dry = ("--dry-run", "--json")
    targets = [
        keydesk("remove-factor", ANN, "--factor", "sms", *flags, *dry).json["calls"][0]["target"]
        for flags in ([], ["--recovery-number"])
    ]
    assert [target.partition("?")[2] for target in targets] == [
        "removeRecoveryEnrollment=false",
        "removeRecoveryEnrollment=true",
    ]
    both = keydesk("reset-mfa", BOB, "--clear-sessions", *dry).json
    assert [call["method"] for call in both["calls"]] == ["POST", "DELETE"]
    assert both["options"] == ["clear-sessions"]
    expired = keydesk("contain", BOB, "--expire", "--no-sign-out", *dry).json
    assert [call["target"].rpartition("/")[2] for call in expired["calls"]] == ["expire_password"]
    told = keydesk("contain", BOB, "--expire", "--dry-run").out  # nothing of the suspension that it stands for
    assert "suspended" not in told.replace("and they are not suspended", "").casefold()
    assert "lifecycle.suspend" not in told
    assert (
        0 < told.index("3. Choose More Actions > Clear User Sessions") < told.index("4. Choose More Actions > Expire")
    )


def test_an_option_that_does_not_go_with_the_target_is_told(keydesk: Shell) -> None:
    ran = keydesk("remove-factor", ANN, "--factor", "okta", "--recovery-number", "--yes", "--reason", "x")
    assert ran.code == Code.NOT_FOUND  # --yes takes no part of a name
    ran = keydesk("remove-factor", ANN, "--factor", "Okta Verify on Ann's phone", "--recovery-number", "--reason", "x")
    assert ran.code == Code.USAGE
    assert "--recovery-number does not go with Okta Verify on Ann's phone" in ran.err
    assert keydesk.line.writes == []


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (["add-to-group", BOB, "--group", "Notion"], "/api/v1/groups"),
        (["assign-app", BOB, "--app", "Figma"], "/api/v1/apps"),
        (["remove-factor", BOB, "--factor", "my phone"], "/factors"),
    ],
)
def test_what_cannot_be_read_does_not_stop_the_instructions(
    keydesk: Shell, org: Org, words: list[str], path: str
) -> None:
    fault(org, "403-role", path, times=50)
    ran = keydesk(*words, "--read-only")
    assert ran.code == Code.NOT_POSSIBLE
    assert words[-1] in ran.out
    ran = keydesk(*words)
    assert ran.code == Code.FAILED
    assert "role" in ran.err


def test_without_a_factor_the_instructions_are_printed_all_the_same(keydesk: Shell) -> None:
    ran = keydesk("remove-factor", ANN, "--read-only")
    assert ran.code == Code.NOT_POSSIBLE
    assert "the factor" in ran.out


def test_a_device_is_found_among_theirs_and_those_there_are_are_listed(keydesk: Shell, org: Org) -> None:
    device = next(iter(org.devices.of(org.people.named("ann.lee"))))
    ran = keydesk("suspend-device", ANN, "--reason", "lost")
    assert (ran.code, ran.out) == (Code.USAGE, "")
    assert f"Add --device NAME. The devices of Ann Lee: {device.name}" in ran.err
    assert keydesk("suspend-device", ANN, "--device", "no such").err.startswith("keydesk: No device is called no such")
    for typed in (device.id, device.name, device.name[:-2]):
        aimed_at = keydesk("suspend-device", ANN, "--device", typed, "--dry-run", "--json")
        assert aimed_at.json["targets"][0]["id"] == device.id
    at_a_terminal(keydesk, "0\n")
    assert "No device was chosen; nothing was sent" in keydesk("suspend-device", ANN, "--reason", "lost").err
    keydesk.answers("1\n")
    ran = keydesk("suspend-device", ANN, "--reason", "lost", "--dry-run")
    assert ran.err.startswith(f"The devices of Ann Lee:\n  1. {device.name}\n")
    assert keydesk.line.writes == []


def test_a_code_that_okta_does_not_show_is_told_or_that_nobody_could_look(keydesk: Shell, org: Org) -> None:
    ran = keydesk("withdraw-code", BOB, "--yes")
    assert (ran.code, ran.out) == (Code.NOT_FOUND, "")
    assert ran.err.startswith("keydesk: Okta shows no temporary access code of Bob Martin\n")
    assert "Search again" not in ran.err  # a search would not find it
    ran = keydesk("withdraw-code", BOB, "--read-only")  # what is in the way comes first, with the steps by hand
    assert ran.err.startswith("keydesk: Withdraw the access code is not possible: read-only\n")
    assert ran.code == Code.NOT_POSSIBLE
    fault(org, "403-role", "/authenticator-enrollments", times=50)
    ran = keydesk("withdraw-code", BOB, "--yes")
    assert ran.code == Code.FAILED
    assert "role" in ran.err
    assert "shows no" not in ran.err
    assert keydesk.line.writes == []


@pytest.mark.parametrize("part", ["Red", "Loud", "HYPERLINK", "puorG"])
def test_hostile_names_are_harmless_wherever_they_are_told(keydesk: Shell, org: Org, part: str) -> None:
    group = next(group for group in org.groups.all if part in group.name)
    for words in (["--group", group.id, "--dry-run"], ["--group", group.id, "--read-only"], ["--group", "Grou"]):
        ran = keydesk("add-to-group", BOB, *words)
        assert harmful((ran.out + ran.err).replace("\n", "")) == []
    keydesk.answers("y\n")
    ran = keydesk("add-to-group", ANN, "--group", group.id)
    assert harmful((ran.out + ran.err).replace("\n", "")) == []
