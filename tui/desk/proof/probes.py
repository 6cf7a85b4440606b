"""Send the reads of a proof one after the other, and note the answer or the error of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from tui.desk.actions import needs
from tui.desk.connectors.connector import SignInKind
from tui.desk.proof.proof import ProofLine
from tui.desk.rules.org_factors import factors_said, provable
from tui.desk.text.plain import plain
from tui.okta import endpoints as ep
from tui.okta.entitlements import App, PasswordPolicy
from tui.okta.errors import (
    AnswerLost,
    BadClient,
    BadToken,
    FeatureOff,
    MissingRole,
    MissingScope,
    NoScopes,
    NotAnOrg,
    NotFound,
    NotReached,
    OktaError,
)
from tui.okta.log_events import LogEvent
from tui.okta.models import (
    Authenticator,
    ClientPrivileges,
    Factor,
    Group,
    RoleAssignment,
    TokenInfo,
    User,
    UserDevice,
    UserRisk,
)
from tui.okta.policy import Capability, Mode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from tui.desk.connectors.connector import Connector
    from tui.okta.client import OktaClient
    from tui.okta.endpoints import Endpoint
    from tui.okta.models import WellKnown

_ENGINE: Final = {"idx": "Identity Engine", "v1": "Classic Engine"}
_FACTORS_UNKNOWN: Final = "what callers of this org could prove is not known"
_TOKEN_STEP: Final = "Sign-in: POST /oauth2/v1/token"  # noqa: S105 - a path


class Probe(Struct, frozen=True):
    """One cheap read: a page of one item."""

    title: str
    endpoint: Endpoint
    kind: type[Any]
    query: tuple[tuple[str, str], ...] = (("limit", "1"),)


PROBES: Final = (
    Probe("People", ep.USERS, User),
    Probe("Groups", ep.GROUPS, Group),
    Probe("Apps", ep.APPS, App),
    Probe("System Log", ep.LOGS, LogEvent),
    Probe("Password policies", ep.POLICIES, PasswordPolicy, (("type", "PASSWORD"),)),
    Probe("Kinds of factors", ep.AUTHENTICATORS, Authenticator, ()),
)

OF_ONE_PERSON: Final = (
    Probe("Factors", ep.USER_FACTORS, Factor),
    Probe("Devices", ep.USER_DEVICES, UserDevice),
    Probe("Risk", ep.USER_RISK, UserRisk),
)


class Answers(Struct):
    """What the reads of a proof returned.

    Attributes:
        lines: The steps as they happened.
        fatal: The error that ended the proof, since every further read would fail too; `None` without one.
        results: Per endpoint id, `None` where Okta answered the read, else the error.
        granted: The scopes of the access token; `None` for an API token, or where it is not known.
        dpop: Whether the access token is bound by DPoP.
        roles: The admin roles; `None` when they cannot be read.
        limits: Per role id, the names of the groups that the role is limited to.
        nobody: Whether Okta answered the read of people with an empty list.
        makes_super: Whether the org makes each new service app a super admin; `None` when it cannot be read.
        token: Okta's record of the API token in use; `None` where several records fit.
        switched_on: Okta's keys of the authenticators that the org has switched on; `None` where they cannot be read.
    """

    lines: list[ProofLine] = field(default_factory=list)
    fatal: OktaError | None = None
    results: dict[str, OktaError | None] = field(default_factory=dict)
    granted: frozenset[str] | None = None
    dpop: bool | None = None
    roles: tuple[RoleAssignment, ...] | None = None
    limits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    nobody: bool = False
    makes_super: bool | None = None
    token: TokenInfo | None = None
    switched_on: tuple[str, ...] | None = None


class Inquiry:
    """One run of the reads against one org."""

    def __init__(self, client: OktaClient, connector: Connector) -> None:
        self.answers = Answers()
        self._client = client
        self._connector = connector
        self._first: User | None = None
        self._me: User | None = None

    async def ask(self) -> AsyncIterator[ProofLine]:
        """Send the reads that the connector's sign-in and capabilities call for; yield a line for each."""
        for step in (self._signing_in, self._reading, self._roles, self._settings):
            async for line in step():
                self.answers.lines.append(line)
                yield line
            if self.answers.fatal is not None:
                return

    def _fail(self, text: str, error: OktaError) -> ProofLine:
        self.answers.fatal = error
        return ProofLine(text, ok=False, detail=error_words(error))

    # -- which org, and as whom

    async def _signing_in(self) -> AsyncIterator[ProofLine]:
        credentials: Any = self._connector.credentials
        service = self._connector.kind is SignInKind.PRIVATE_KEY_JWT
        fresh = service and credentials.granted is None  # the first request of all gets a token by itself
        text = "Org: GET /.well-known/okta-organization"
        try:
            yield ProofLine(text, ok=True, detail=_org_words(await self._client.well_known()))
        except OktaError as error:
            signing = service and isinstance(error, BadClient | NoScopes)
            yield self._fail(_TOKEN_STEP if signing else text, error)
            return
        if service:
            try:
                granted = credentials.granted if fresh and credentials.granted else await credentials.token()
            except OktaError as error:
                yield self._fail(_TOKEN_STEP, error)
                return
            self.answers.granted, self.answers.dpop = frozenset(granted.scopes), bool(granted.dpop)
            yield _token_line(granted)
        else:
            yield await self._whoami()

    async def _whoami(self) -> ProofLine:
        text = "Sign-in: GET /api/v1/users/me"
        try:
            self._me = await self._client.user("me")
        except OktaError as error:
            if isinstance(error, MissingRole | MissingScope | NotFound):
                return ProofLine(
                    text, ok=None, detail="The account may not even read itself; the next steps tell more."
                )
            return self._fail(text, error)
        return ProofLine(text, ok=True, detail=f"The token belongs to {plain(self._me.login)}.")

    # -- what it may read

    async def _reading(self) -> AsyncIterator[ProofLine]:
        wanted = {
            endpoint
            for need in needs.needed(self._connector.capabilities, self._connector.mode, self._connector.software_by)
            for endpoint in need.endpoints
        }
        yield await self._org()
        for probe in PROBES:
            if probe.endpoint.id in wanted and self.answers.fatal is None:
                yield await self._probe(probe)
        if ep.AUTHENTICATORS.id not in wanted and asks_callers(self._connector) and self.answers.fatal is None:
            yield await self._factors_of_org()
        for probe in OF_ONE_PERSON:
            if probe.endpoint.id in wanted and self._first is not None and self.answers.fatal is None:
                yield await self._of_one(probe, self._first)

    async def _org(self) -> ProofLine:
        text = "Org settings: GET /api/v1/org"
        try:
            org = await self._client.org()
        except OktaError as error:
            self.answers.results[ep.ORG.id] = error
            if _ends_the_proof(error):
                return self._fail(text, error)
            return ProofLine(
                text, ok=None, detail=f"{error_words(error)}. It only names the org; keydesk works without it."
            )
        self.answers.results[ep.ORG.id] = None
        return ProofLine(text, ok=True, detail=plain(org.company_name or org.subdomain or org.id))

    async def _probe(self, probe: Probe) -> ProofLine:
        call = probe.endpoint.call(None, dict(probe.query))
        text = f"{probe.title}: {call.method} {call.target}"
        items: tuple[Any, ...] = ()
        try:
            async for page in self._client.pages(probe.endpoint, probe.kind, None, dict(probe.query)):
                items = page.items
                break
        except OktaError as error:
            self.answers.results[probe.endpoint.id] = error
            return (
                self._fail(text, error)
                if _ends_the_proof(error)
                else ProofLine(text, ok=False, detail=error_words(error))
            )
        self.answers.results[probe.endpoint.id] = None
        if probe.endpoint is ep.USERS:
            self._first, self.answers.nobody = (items[0] if items else None), not items
        if probe.endpoint is ep.AUTHENTICATORS and asks_callers(self._connector):
            return self._note_factors(text, items)
        return ProofLine(text, ok=True, detail="Works." if items else "Works; nothing is visible there.")

    async def _factors_of_org(self) -> ProofLine:
        """Read which authenticators the org has, only to see whether the desk's rules can be met there."""
        text, granted = f"Kinds of factors: GET {ep.AUTHENTICATORS.template}", self.answers.granted
        if granted is not None and not needs.holds(granted, ep.AUTHENTICATORS.scope or ""):
            what = f"It takes {ep.AUTHENTICATORS.scope}, which keydesk can do without"
            return ProofLine("Kinds of factors: not asked", ok=None, detail=f"{what}; {_FACTORS_UNKNOWN}.")
        try:
            return self._note_factors(text, await self._client.all(ep.AUTHENTICATORS, Authenticator))
        except OktaError as error:
            if _ends_the_proof(error):
                return self._fail(text, error)
            return ProofLine(text, ok=None, detail=f"{error_words(error)}; {_FACTORS_UNKNOWN}.")

    def _note_factors(self, text: str, found: Iterable[Authenticator]) -> ProofLine:
        keys = tuple(one.key or "" for one in found if one.status != "INACTIVE")
        self.answers.switched_on, can = keys, provable(keys)
        said = _FACTORS_UNKNOWN if can is None else f"callers could prove at most: {factors_said(can)}"
        return ProofLine(text, ok=True, detail=f"Works; {said}.")

    async def _of_one(self, probe: Probe, person: User) -> ProofLine:
        """Read something of one person, only to see whether keydesk may."""
        text = f"{probe.title}: GET {probe.endpoint.template}"
        try:
            if probe.endpoint is ep.USER_RISK:
                await self._client.read(probe.endpoint, probe.kind, {"id": person.id})
            else:
                await self._client.all(probe.endpoint, probe.kind, {"id": person.id})
        except OktaError as error:
            if isinstance(error, NotFound):  # deactivated or deleted a moment ago: no proof either way
                return ProofLine(text, ok=None, detail=error_words(error))
            self.answers.results[probe.endpoint.id] = error
            return (
                self._fail(text, error)
                if _ends_the_proof(error)
                else ProofLine(text, ok=False, detail=error_words(error))
            )
        self.answers.results[probe.endpoint.id] = None
        return ProofLine(text, ok=True, detail="Works.")

    # -- what it may do

    async def _roles(self) -> AsyncIterator[ProofLine]:
        if self._connector.kind is SignInKind.API_TOKEN:
            whose, roles, groups = (self._me.id if self._me else ""), ep.USER_ROLES, ep.USER_ROLE_GROUPS
        else:
            whose, roles, groups = self._connector.client_id, ep.CLIENT_ROLES, ep.CLIENT_ROLE_GROUPS
        if not whose:
            return
        text = f"Admin roles: GET {roles.template}"
        if self.answers.granted is not None and not needs.holds(self.answers.granted, roles.scope or ""):
            yield ProofLine(
                "Admin roles: not asked", ok=None, detail=f"It takes {roles.scope}, which keydesk can do without."
            )
            return
        try:
            held = await self._client.all(roles, RoleAssignment, {"id": whose})
        except OktaError as error:
            why = "Only a super admin may read them" if isinstance(error, MissingRole) else error_words(error)
            open_ = self._connector.kind is SignInKind.API_TOKEN and self._connector.mode is Mode.READ_ONLY
            more = "; so whether the token could also write is not known" if open_ else ""
            yield ProofLine(text, ok=None, detail=f"{why}{more}.")
            return
        self.answers.roles = tuple(role for role in held if role.status in {None, "ACTIVE"})
        for role in self.answers.roles:
            if role.type in needs.LIMITABLE:
                await self._limits(groups, whose, role)
        yield ProofLine(
            text, ok=True, detail=needs.role_words(map(role_name, self.answers.roles), last="and") or "None."
        )

    async def _limits(self, groups: Endpoint, whose: str, role: RoleAssignment) -> None:
        try:
            limits = await self._client.all(groups, Group, {"id": whose, "role": role.id})
        except OktaError:
            return
        self.answers.limits[role.id] = tuple(plain(group.name, limit=60) for group in limits)

    async def _settings(self) -> AsyncIterator[ProofLine]:
        """Read what is only worth a warning: rights of new service apps, the token's end. A refusal is no fault."""
        if self._connector.kind is SignInKind.API_TOKEN:
            await self._token_info()
            return
        if self.answers.granted is None or not needs.holds(self.answers.granted, needs.ORG_SCOPE):
            return
        text = f"New service apps: GET {ep.CLIENT_PRIVILEGES.template}"
        try:
            setting = await self._client.read(ep.CLIENT_PRIVILEGES, ClientPrivileges)
        except OktaError as error:
            refused = isinstance(error, MissingRole | MissingScope | NotFound | FeatureOff)
            why = (
                "Not readable with these rights; the checklist says where to look."
                if refused
                else f"{error_words(error)}."
            )
            yield ProofLine(text, ok=None, detail=why)
            return
        self.answers.makes_super = setting.client_privileges_setting
        detail = {True: "The org makes them super admins.", False: "They get no role by themselves.", None: "Not told."}
        yield ProofLine(text, ok=True, detail=detail[setting.client_privileges_setting])

    async def _token_info(self) -> None:
        if self._me is None:
            return
        try:
            tokens = await self._client.all(ep.API_TOKENS, TokenInfo)
        except OktaError:
            return
        mine = [token for token in tokens if token.user_id == self._me.id and token.expires_at]
        if len(mine) == 1:  # among several, none can be picked as the one in use
            self.answers.token = mine[0]


def asks_callers(connector: Connector) -> bool:
    """Whether a connector asks callers to prove themselves, so that it matters which factors the org has."""
    return connector.mode is not Mode.READ_ONLY and Capability.VERIFICATION in connector.capabilities


def error_words(error: OktaError) -> str:
    """Return an error in a few words, with Okta's own where they help support."""
    detail = f" ({error.detail})" if error.detail and not isinstance(error, MissingScope) else ""
    return plain(f"{error.title}{detail}", limit=200)


def role_name(role: RoleAssignment) -> str:
    """Return a role's type, and for a custom role its label, made harmless."""
    if role.type in needs.ROLE and role.type != "CUSTOM":
        return role.type
    return plain(role.label or role.type or role.id, limit=60)


def _ends_the_proof(error: OktaError) -> bool:
    """Whether every further read would fail too, since the network or the credentials fail."""
    return isinstance(error, BadToken | BadClient | NoScopes | NotReached | AnswerLost | NotAnOrg)


def _org_words(org: WellKnown) -> str:
    parts = (org.id, f"cell {org.cell}" if org.cell else "", _ENGINE.get(org.pipeline or "", ""))
    return plain(", ".join(filter(None, parts)), limit=120)


def _token_line(granted: Any) -> ProofLine:  # noqa: ANN401 - tui.okta.oauth.Granted, which would bring PyJWT
    missing = tuple(granted.missing)
    asked = len(granted.asked)
    bound = ", bound by DPoP" if granted.dpop else ""
    if missing:
        return ProofLine(_TOKEN_STEP, ok=True, detail=f"{asked - len(missing)} of {asked} scopes granted{bound}; "
                    f"not granted: {plain(', '.join(missing))}.")  # fmt: skip
    return ProofLine(_TOKEN_STEP, ok=True, detail=f"All {asked} scopes granted{bound}.")
