"""The sentences of the checklist: which lines there are for which choices, with where to click in the Admin Console."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tui.desk import needs
from tui.desk.checklist import Checklist, Item, Section
from tui.desk.checklist_roles import Choices, custom, standard
from tui.desk.checklist_scopes import names, why_not
from tui.desk.connector import SignInKind, is_loopback
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tui.desk.connector import OrgAddress

# What may be shown of a JWK; everything else, above all its private members, is left out (RFC 7517, RFC 7518).
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
) -> Checklist:
    """Make the list from the choices.

    Args:
        org: Where; without one, and for a custom domain, menu paths stand alone, without links.
        kind: How it signs in.
        capabilities: What is switched on.
        mode: Read-only asks for less.
        pipeline: `idx` (Identity Engine) or `v1` (Classic), as the org's well-known page says; empty if unknown.
        client_id: Of the service app, when it exists: links then lead to its own page.
        public_jwk: The public key to paste; private members never get into the list.
        limited_groups: Whether keydesk shall reach the members of chosen groups only.
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
    )
    return Checklist(org.host if org else "your org", sections(choices))


def _console(org: OrgAddress | None) -> str:
    """Where the Admin Console is, where that does not follow from the org's address."""
    if org is None or org.admin:
        return ""
    if is_loopback(urlsplit(org.origin).hostname or ""):
        return "This org is on this machine and has no Admin Console; read on to see what a real one would ask of you."
    return "Open the Admin Console: sign in to your org, choose Admin, or go to <name>-admin.okta.com."


@dataclass(frozen=True, slots=True)
class Comparison:
    """A list of scopes that somebody was given, held against what the choices need.

    Attributes:
        known: Scopes of the given list that the choices need.
        not_needed: Scope and why it is not needed.
        missing: Scope and what it is for.
    """

    known: tuple[str, ...]
    not_needed: tuple[tuple[str, str], ...]
    missing: tuple[tuple[str, str], ...]


def compare(given: str, capabilities: Collection[Capability], mode: Mode) -> Comparison:
    """Hold pasted scopes (any separators) against the choices; the owner's ten are recognised."""
    wanted = needs.purposes(capabilities, mode)
    found = names(given)
    return Comparison(
        tuple(sorted(scope for scope in found if scope in wanted)),
        tuple((scope, why_not(scope, capabilities, mode)) for scope in found if scope not in wanted),
        tuple(
            (scope, f"{what}; optional" if scope == needs.ORG_SCOPE else what)
            for scope, what in wanted.items()
            if not needs.holds(found, scope)
        ),
    )


def sections(choices: Choices) -> tuple[Section, ...]:
    """The whole list."""
    if choices.kind is SignInKind.PRIVATE_KEY_JWT:
        found = (_app(choices), _scopes(choices), standard(choices), custom(choices), _checks(choices))
    else:
        found = (_token_means(choices), _account(choices), standard(choices), custom(choices), _token(choices))
    return tuple(section for section in (_where(choices), *found, _before(choices)) if section.items)


def _where(choices: Choices) -> Section:
    """Where the pages below are, when no line can link to them."""
    if not choices.console:
        return Section("", ())
    why = "The lines below name the menus; links to the pages cannot be made from this address."
    return Section("The Admin Console", (Item("console:open", choices.console, why),))


def _app(choices: Choices) -> Section:
    public = {name: choices.public_jwk[name] for name in _PUBLIC if name in choices.public_jwk}
    key = (
        "Under Public Keys choose “Save keys in Okta”, then Add key, and paste keydesk's public key; save."
        if public
        else "Under Public Keys choose “Save keys in Okta”, then Add key, and paste the public key as a JWK; save."
    )
    why = "The private key stays with keydesk; it is never pasted anywhere in Okta."
    return Section(
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


def _scopes(choices: Choices) -> Section:
    items = [
        Item(
            f"scope:{scope}",
            f"Grant {scope}.",
            f"For {what}.",
            choices.app(),
            scope,
            optional=scope == needs.ORG_SCOPE,
        )
        for scope, what in needs.purposes(choices.capabilities, choices.mode).items()
    ]
    end = "no scope that ends in .manage" if choices.mode is Mode.READ_ONLY else "no other scope"
    return Section(
        "Scopes: the app's “Okta API Scopes” tab (takes a super admin)",
        (
            *items,
            Item(
                "scopes:only",
                f"Grant {end}; revoke what is there beyond this list.",
                "Above all not okta.factors.*: factors hang on the users' scopes.",
                choices.app(),
            ),
        ),
    )


def _checks(choices: Choices) -> Section:
    return Section(
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


def _token_means(choices: Choices) -> Section:
    reads = " Even this read-only connector's token could be used to write." if choices.mode is Mode.READ_ONLY else ""
    return Section(
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


def _account(choices: Choices) -> Section:
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
    if not set(choices.roles) & _MAKE_TOKENS:
        items.append(
            Item(
                "account:tokens",
                "Let it create a token: a custom role with okta.users.apitokens.manage, "
                "or for that moment Read-only Administrator.",
                f"{needs.role_words(choices.roles, last='and')} alone may not create tokens.",
                choices.page("/admin/access/admins"),
                "okta.users.apitokens.manage",
            )
        )
    return Section("The service account: Directory > People", tuple(items))


def _token(choices: Choices) -> Section:
    link = choices.page("/admin/access/api/tokens")
    return Section(
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


def _before(choices: Choices) -> Section:
    """What keydesk can only show if the org has it."""
    if Capability.EXPIRY not in choices.capabilities:
        return Section("", ())
    where = {
        "idx": "Security > Authenticators > Password > Actions > Edit",
        "v1": "Security > Authentication > Password",
    }.get(choices.pipeline, "Security > Authenticators > Password (Classic Engine: Security > Authentication)")
    return Section(
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
