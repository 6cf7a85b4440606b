"""Make the checklist: the items for a connector's choices, with the menus and pages of the Admin Console."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct

from tui.desk.actions import needs
from tui.desk.connectors.connector import SignInKind, is_loopback
from tui.desk.setup.checklist import Checklist, ChecklistSection, Item
from tui.desk.setup.checklist_choices import Choices
from tui.desk.setup.checklist_roles import custom_role, standard_roles
from tui.desk.setup.checklist_scopes import scope_names, why_not_needed
from tui.okta.policy import Capability, Mode, SoftwareBy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.desk.connectors.connector import OrgAddress

# The members of a JWK that may be shown; all others, above all the private ones, are left out (RFC 7517, RFC 7518).
_PUBLIC: Final = ("kty", "use", "alg", "kid", "crv", "x", "y", "n", "e")
ENGINE: Final = {"idx": "Identity Engine", "v1": "Classic Engine"}
# Standard roles whose holders may create an API token (Okta: "Create an API token").
_MAKE_TOKENS: Final = frozenset({needs.SUPER, needs.ORG, needs.GROUP, needs.MEMBERS, needs.READ_ONLY})


def checklist(
    org: OrgAddress | None,
    kind: SignInKind,
    capabilities: Collection[Capability],
    mode: Mode,
    *,
    pipeline: str = "",
    client_id: str = "",
    public_jwk: Mapping[str, str] | None = None,
    limited_groups: bool = False,
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS,
) -> Checklist:
    """Return the checklist for these choices.

    Args:
        org: The org's address; without one, and for a custom domain, the items name menus and have no links.
        kind: The way of signing in.
        capabilities: The capabilities that are switched on.
        mode: Read-only or read-write; read-only needs fewer rights.
        pipeline: The engine from the org's well-known page, `idx` (Identity Engine) or `v1` (Classic), or empty.
        client_id: The service app's client id, where the app exists: links then lead to its own page.
        public_jwk: The public key to paste; its private members never get into the checklist.
        limited_groups: Whether keydesk should reach the members of chosen groups only.
        software_by: What may be used to give people software; by groups only needs no right on apps.
    """
    choices = Choices(
        org.admin if org else "",
        kind,
        frozenset(capabilities),
        mode,
        pipeline,
        client_id.strip(),
        dict(public_jwk or {}),
        limited_groups,
        _console(org),
        software_by,
    )
    return Checklist(org.host if org else "your org", sections(choices))


def _console(org: OrgAddress | None) -> str:
    """Return how to open the Admin Console; empty where its address follows from the org's address."""
    if org is None or org.admin:
        return ""
    if is_loopback(urlsplit(org.origin).hostname or ""):
        return "This org is on this machine and has no Admin Console; read on to see what a real one would ask of you."
    return "Open the Admin Console: sign in to your org, choose Admin, or go to <name>-admin.okta.com."


class Comparison(Struct, frozen=True):
    """A pasted list of scopes, compared with the scopes that the choices need.

    Attributes:
        known: The pasted scopes that the choices need.
        not_needed: The pasted scopes that the choices do not need, each with the reason.
        missing: The needed scopes that are not in the list, each with its purpose.
    """

    known: tuple[str, ...]
    not_needed: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]


def compare(
    given: str,
    capabilities: Collection[Capability],
    mode: Mode,
    software_by: SoftwareBy = SoftwareBy.GROUPS_AND_APPS,
) -> Comparison:
    """Compare pasted scopes (any separators) with the scopes that the choices need."""
    wanted = needs.purposes(capabilities, mode, software_by)
    pasted = scope_names(given)
    return Comparison(
        tuple(sorted(scope for scope in pasted if scope in wanted)),
        tuple(
            (scope, why_not_needed(scope, capabilities, mode, software_by)) for scope in pasted if scope not in wanted
        ),
        tuple(
            (scope, f"{what}; optional" if scope == needs.ORG_SCOPE else what)
            for scope, what in wanted.items()
            if not needs.holds(pasted, scope)
        ),
    )


def sections(choices: Choices) -> tuple[ChecklistSection, ...]:
    """Return all sections of the checklist, in the order in which an admin does them."""
    roles = (standard_roles(choices), custom_role(choices))
    if choices.custom_role_does:
        roles = roles[::-1]
    if choices.kind is SignInKind.PRIVATE_KEY_JWT:
        parts: tuple[ChecklistSection, ...] = (_app(choices), _scopes(choices), *roles, _checks(choices))
    else:
        parts = (_token_warnings(choices), _account(choices), *roles, _token(choices))
    return tuple(section for section in (_console_section(choices), *parts, _expiry(choices)) if section.items)


def _console_section(choices: Choices) -> ChecklistSection:
    """Return the section on how to open the Admin Console, where no item can link to its pages."""
    if not choices.console:
        return ChecklistSection("", ())
    why = "The lines below name the menus; links to the pages cannot be made from this address."
    return ChecklistSection("The Admin Console", (Item("console:open", choices.console, why),))


def _app(choices: Choices) -> ChecklistSection:
    public = {name: choices.public_jwk[name] for name in _PUBLIC if name in choices.public_jwk}
    key = (
        "Under Public Keys choose “Save keys in Okta”, then Add key, and paste keydesk's public key; save."
        if public
        else "Under Public Keys choose “Save keys in Okta”, then Add key, and paste the public key as a JWK; save."
    )
    why = "The private key stays with keydesk; it is never pasted anywhere in Okta."
    return ChecklistSection(
        "The service app: Applications > Applications",
        (
            Item(
                "app:create",
                "Choose Create App Integration, then API Services; give it a name that tells, such as keydesk.",
                "A service app of its own can be limited and switched off without touching anything else.",
                choices.page("/admin/apps/active"),
            ),
            Item(
                "app:auth",
                "On its General tab, under Client Credentials, choose Edit, then “Public key / Private key”.",
                "Okta gives its own API's scopes to no app that signs in with a client secret.",
                choices.app("#tab-general"),
            ),
            Item("app:key", key, why, choices.app("#tab-general"), json.dumps(public) if public else ""),
            Item(
                "app:dpop",
                "Leave “Require Demonstrating Proof of Possession (DPoP) header in token requests” on.",
                "keydesk works with it, so that a stolen access token is of no use. Guides for other tools have it "
                "switched off; there is no need for that here."
                + (" A Classic Engine app without that switch is fine too." if choices.pipeline == "v1" else ""),
                choices.app("#tab-general"),
            ),
            Item(
                "app:ids",
                "Note the Client ID, and beside the public key its KID; keydesk asks for both.",
                "The Client ID begins with 0oa.",
                choices.app("#tab-general"),
            ),
        ),
    )


def _scopes(choices: Choices) -> ChecklistSection:
    items = [
        Item(
            f"scope:{scope}",
            f"Grant {scope}.",
            f"For {what}.",
            choices.app(),
            scope,
            optional=scope == needs.ORG_SCOPE,
        )
        for scope, what in needs.purposes(choices.capabilities, choices.mode, choices.software_by).items()
    ]
    end = "no scope that ends in .manage" if choices.mode is Mode.READ_ONLY else "no other scope"
    return ChecklistSection(
        "Scopes: the app's “Okta API Scopes” tab (takes a super admin)",
        (
            *items,
            Item(
                "scopes:only",
                f"Grant {end}; revoke what is there beyond this list.",
                "Above all not okta.factors.*: factors hang on the users' scopes."
                + (" And not okta.apps.*: software is given by groups only." if choices.by_groups_only else ""),
                choices.app(),
            ),
        ),
    )


def _checks(choices: Choices) -> ChecklistSection:
    return ChecklistSection(
        "Before you leave the Admin Console",
        (
            Item(
                "check:super",
                "Look at the app's “Admin roles” tab once more: Super Administrator must not be there.",
                "Some orgs give it to every new service app by themselves.",
                choices.app(),
            ),
            Item(
                "check:client-admins",
                "Under Settings > Account see to it that “Public client app admins” is off.",
                "It is that setting which makes each new service app a super admin.",
                choices.page("/admin/settings/account"),
                optional=True,
            ),
        ),
    )


def _token_warnings(choices: Choices) -> ChecklistSection:
    reads = " Even this read-only connector's token could be used to write." if choices.mode is Mode.READ_ONLY else ""
    return ChecklistSection(
        "Know what an API token is (a service app with a key is the better way)",
        (
            Item(
                "token:rights",
                "It carries all rights of the account that creates it, and cannot be narrowed.",
                f"It gains and loses rights with that account; scopes do not apply to it.{reads}",
            ),
            Item(
                "token:idle",
                "It dies after 30 days without use; each use renews it.",
                "A desk that rests for a month needs a new one; “keydesk check” counts as use.",
            ),
            Item(
                "token:person",
                "It belongs to a person's account, and ends when that is deactivated.",
                "So it must not be the account of somebody who may leave.",
            ),
        ),
    )


def _account(choices: Choices) -> ChecklistSection:
    items = [
        Item(
            "account:create",
            "Under Directory > People add an account for keydesk alone, with a mailbox that somebody reads.",
            "The System Log then shows what keydesk did apart from what people did.",
            choices.page("/admin/users"),
        ),
        Item(
            "account:mfa",
            "Give it a long password and a second factor.",
            "Whoever signs in as it can create more tokens.",
        ),
    ]  # fmt: skip
    if choices.custom_role_does or not set(choices.roles) & _MAKE_TOKENS:
        roles = "That custom role" if choices.custom_role_does else needs.role_words(choices.roles, last="and")
        items.append(
            Item(
                "account:tokens",
                "Let it create a token: a custom role with okta.users.apitokens.manage, "
                "or for that moment Read-only Administrator.",
                f"{roles} alone may not create tokens.",
                choices.page("/admin/access/admins"),
                "okta.users.apitokens.manage",
            )
        )
    return ChecklistSection("The service account: Directory > People", tuple(items))


def _token(choices: Choices) -> ChecklistSection:
    link = choices.page("/admin/access/api/tokens")
    return ChecklistSection(
        "The token: Security > API > Tokens",
        (
            Item(
                "token:create",
                "Signed in as the service account, choose Create token, and name it keydesk.",
                "A token made while signed in as yourself would carry your rights.",
                link,
            ),
            Item(
                "token:network",
                "Limit where calls with it may come from to the network zone of your helpdesk.",
                "Zones are under Security > Networks. From outside the token is then refused.",
                link,
            ),
            Item(
                "token:copy",
                "Copy the token into keydesk at once; Okta never shows it again.",
                "Not into a mail, a chat or a ticket.",
                link,
            ),
        ),
    )


def _expiry(choices: Choices) -> ChecklistSection:
    """Return the section on password expiry, which keydesk can only show where the org's policies set an age."""
    if Capability.EXPIRY not in choices.capabilities:
        return ChecklistSection("", ())
    where = {
        "idx": "Security > Authenticators > Password > Actions > Edit",
        "v1": "Security > Authentication > Password",
    }.get(choices.pipeline, "Security > Authenticators > Password (Classic Engine: Security > Authentication)")
    return ChecklistSection(
        "For the password expiry",
        (
            Item(
                "expiry:policies",
                f"Under {where} check that a password expires at all.",
                "Where the policy of somebody's group sets no age, there is nothing that keydesk could announce.",
                choices.page("/admin/dashboard"),
                optional=True,
            ),
        ),
    )
