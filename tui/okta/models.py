"""Okta's answers as frozen values, which accept missing and unknown fields.

Every field but an id may be missing, null or new. Statuses and types stay Okta's own words as plain text: an unknown
one is shown, not refused. Shapes follow Okta's "Users", "Groups" and "UserFactor" reference pages; the System Log's are
in log_events.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs, urlsplit

from msgspec import Meta, Struct, field

from tui.okta.clock import instant

if TYPE_CHECKING:
    from datetime import datetime

Id = Annotated[str, Meta(min_length=1)]


class Value(Struct, frozen=True, kw_only=True, rename="camel"):
    """The base of all values: frozen, with Python's field names in the code and Okta's in JSON."""


class Provider(Value, frozen=True):
    """The password's owner: `type` OKTA, IMPORT, ACTIVE_DIRECTORY, LDAP, FEDERATION, SOCIAL; `name` the AD domain."""

    type: str | None = None
    name: str | None = None


class UserCredentials(Value, frozen=True, rename=None):
    """A user's credentials as the list and the single read show them; `password` is `{}` when one is set."""

    password: dict[str, Any] | None = None
    provider: Provider | None = None


class User(Value, frozen=True):
    """A person (Okta: "Users").

    The profile holds all attributes, also custom ones; `text` reads one safely. Of two times `None` and empty differ:
    `last_login` and `password_changed` are `None` where Okta says null, which means never, and empty where it says
    nothing, which means that it is not known.
    """

    id: Id
    status: str | None = None
    created: str | None = None
    activated: str | None = None
    status_changed: str | None = None
    last_login: str | None = ""
    last_updated: str | None = None
    password_changed: str | None = ""
    transitioning_to_status: str | None = None
    profile: dict[str, Any] | None = None
    credentials: UserCredentials | None = None

    def text(self, attribute: str) -> str:
        """Return a profile attribute as untrusted text, empty for absent or null; arrays are joined by commas."""
        value = (self.profile or {}).get(attribute)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return ", ".join(str(item) for item in value if item is not None)
        return str(value)

    @property
    def login(self) -> str:
        """The login, or the id where a failed import set no login."""
        return self.text("login") or self.id

    @property
    def email(self) -> str:
        """The primary email address."""
        return self.text("email")

    @property
    def first_name(self) -> str:
        """The given name."""
        return self.text("firstName")

    @property
    def last_name(self) -> str:
        """The family name."""
        return self.text("lastName")

    @property
    def employee_number(self) -> str:
        """The employee number."""
        return self.text("employeeNumber")

    @property
    def name(self) -> str:
        """The name to show: first and last name, else the display name, else the login. Okta guarantees none."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.text("displayName").strip() or self.login

    @property
    def provider_type(self) -> str:
        """The credential provider's type; `OKTA` where Okta sends none."""
        provider = self.credentials.provider if self.credentials else None
        return (provider.type if provider else None) or "OKTA"

    @property
    def has_provider(self) -> bool:
        """Whether Okta says who owns the password."""
        provider = self.credentials.provider if self.credentials else None
        return provider is not None and bool(provider.type)

    @property
    def provider_name(self) -> str:
        """The credential provider's name, such as the AD domain."""
        provider = self.credentials.provider if self.credentials else None
        return (provider.name if provider else None) or ""

    @property
    def has_password(self) -> bool:
        """Whether Okta says that a password is set."""
        return self.credentials is not None and self.credentials.password is not None

    @property
    def never_had_password(self) -> bool:
        """Whether Okta says that no password was ever set; also `False` where that is not known."""
        return self.credentials is not None and self.credentials.password is None and self.password_changed is None

    def when(self, field: str) -> datetime | None:
        """Return one of the times (`last_login`, `status_changed`, ...) as an aware datetime."""
        return instant(getattr(self, field))


class Block(Value, frozen=True):
    """Why an ACTIVE person can still be shut out: `applies_to` is ANY_DEVICES or UNKNOWN_DEVICES."""

    type: str | None = None
    applies_to: str | None = None


class GroupProfile(Value, frozen=True):
    """Name and description of a group."""

    name: str | None = None
    description: str | None = None


class GroupStats(Value, frozen=True):
    """The statistics of a group (`expand=stats`). Okta's description spells the last field `hasAdminPrivlege`."""

    users_count: int | None = None
    apps_count: int | None = None
    has_admin_privilege: bool | None = None
    has_admin_privlege: bool | None = None


class GroupEmbedded(Value, frozen=True):
    """The parts of a group that Okta sends on request."""

    stats: GroupStats | None = None


class Group(Value, frozen=True):
    """A group; `type` is OKTA_GROUP, APP_GROUP or BUILT_IN (Okta: "Groups")."""

    id: Id
    type: str | None = None
    profile: GroupProfile | None = None
    embedded: GroupEmbedded | None = field(default=None, name="_embedded")

    @property
    def name(self) -> str:
        """The group's name, or its id."""
        return (self.profile.name if self.profile else None) or self.id

    @property
    def members(self) -> int | None:
        """The number of members; `None` where Okta sent no statistics."""
        stats = self.embedded.stats if self.embedded else None
        return stats.users_count if stats else None

    @property
    def apps_given(self) -> int | None:
        """The number of apps assigned to it; `None` where Okta sent no statistics."""
        stats = self.embedded.stats if self.embedded else None
        return stats.apps_count if stats else None

    @property
    def admin(self) -> bool | None:
        """Whether its members have admin rights by it; `None` where Okta sent no statistics."""
        stats = self.embedded.stats if self.embedded else None
        if stats is None:
            return None
        return stats.has_admin_privlege if stats.has_admin_privilege is None else stats.has_admin_privilege


class AppLink(Value, frozen=True):
    """An app that the person sees on their dashboard (Okta: "List all assigned app links")."""

    label: str | None = None
    app_name: str | None = None
    app_instance_id: str | None = None
    hidden: bool | None = None


class Factor(Value, frozen=True):
    """An enrolled factor (Okta: "UserFactor")."""

    id: Id
    factor_type: str | None = None
    provider: str | None = None
    vendor_name: str | None = None
    status: str | None = None
    created: str | None = None
    last_updated: str | None = None
    profile: dict[str, Any] | None = None

    def text(self, attribute: str) -> str:
        """Return a profile attribute as text; empty where it is absent."""
        value = (self.profile or {}).get(attribute)
        return "" if value is None else str(value)


class CodeSettings(Value, frozen=True):
    """The settings of the temporary access code; times are minutes (Okta: "Temporary Access Code authenticator")."""

    min_ttl: int | None = None


class AuthenticatorProvider(Value, frozen=True):
    """Who stands behind an authenticator, with its settings."""

    configuration: CodeSettings | None = None


class Authenticator(Value, frozen=True):
    """One way to sign in that the org has; `key` is such as `okta_verify` or `tac` (Okta: "Authenticators")."""

    id: Id
    key: str | None = None
    status: str | None = None
    name: str | None = None
    provider: AuthenticatorProvider | None = None


class AuthenticatorEnrollment(Value, frozen=True):
    """One authenticator that a person has; keydesk looks at it for temporary access codes alone, without the code."""

    id: Id
    key: str | None = None
    status: str | None = None


class DeviceProfile(Value, frozen=True):
    """What Okta Verify tells of a device; `platform` is ANDROID, IOS, MACOS or WINDOWS (Okta: "Devices")."""

    display_name: str | None = None
    platform: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    os_version: str | None = None
    serial_number: str | None = None


class Device(Value, frozen=True):
    """A device with Okta Verify on it; `status` is ACTIVE, SUSPENDED or DEACTIVATED (Okta: "Devices").

    `last_updated` moves when Okta takes signals of the device at a sign-in, and when the status changes.
    """

    id: Id
    status: str | None = None
    created: str | None = None
    last_updated: str | None = None
    profile: DeviceProfile | None = None

    @property
    def name(self) -> str:
        """The name that its owner knows, untrusted; else what it is."""
        profile = self.profile or DeviceProfile()
        return profile.display_name or profile.model or "a device without a name"


class UserDevice(Value, frozen=True):
    """The link of a person with a device; a deactivated device has none (Okta: "Deactivate a device")."""

    device: Device | None = None
    created: str | None = None


class UserRisk(Value, frozen=True):
    """How risky Okta holds a person: `risk_level` is NONE, LOW, MEDIUM or HIGH (Okta: "User risk")."""

    risk_level: str | None = None
    reason: str | None = None


class Href(Value, frozen=True):
    """The target of a link."""

    href: str | None = None


class OrgLinks(Value, frozen=True):
    """The org's own address, and its custom domain where it has one."""

    organization: Href | None = None
    alternate: Href | None = None


class WellKnown(Value, frozen=True):
    """The public page that proves an address to be an Okta org; `pipeline` is idx or v1 (Classic)."""

    id: Id
    cell: str | None = None
    pipeline: str | None = None
    links: OrgLinks | None = field(default=None, name="_links")

    @property
    def custom_domain(self) -> str:
        """The custom domain's address; empty without one."""
        alternate = self.links.alternate if self.links else None
        return (alternate.href or "") if alternate else ""


class Org(Value, frozen=True):
    """The org's settings."""

    id: Id
    subdomain: str | None = None
    company_name: str | None = None
    status: str | None = None


class ClientPrivileges(Value, frozen=True):
    """Whether the org makes each new service app a super admin (Okta: "Org Admin Settings")."""

    client_privileges_setting: bool | None = None


class RoleAssignment(Value, frozen=True):
    """An admin role of a person or a service app; `type` is CUSTOM or a standard role (Okta: "Role Assignments")."""

    id: Id
    type: str | None = None
    label: str | None = None
    status: str | None = None
    role: str | None = None
    resource_set: str | None = field(default=None, name="resource-set")


class RoleAssignee(Value, frozen=True):
    """A person who has an admin role, by themselves or through a group."""

    id: Id


class NextPage(Value, frozen=True):
    """A link in the body of a page."""

    href: str | None = None


class RoleAssigneeLinks(Value, frozen=True):
    """The links of a page of people with admin roles."""

    next: NextPage | None = None


class RoleAssignees(Value, frozen=True):
    """A page of people with admin roles, an object and not a list (Okta: "List all users with role assignments")."""

    value: tuple[RoleAssignee, ...] = ()
    links: RoleAssigneeLinks | None = field(default=None, name="_links")

    @property
    def after(self) -> str:
        """The cursor of the next page; empty on the last one."""
        href = self.links.next.href if self.links and self.links.next else None
        return next(iter(parse_qs(urlsplit(href).query).get("after", ())), "") if href else ""


class TokenNetwork(Value, frozen=True):
    """The networks from which an API token may be used; `connection` is ANYWHERE or ZONE (Okta: "API Tokens")."""

    connection: str | None = None


class TokenInfo(Value, frozen=True):
    """An API token without its value; each use moves `expires_at` forward (Okta: "API Tokens")."""

    id: Id
    name: str | None = None
    user_id: str | None = None
    network: TokenNetwork | None = None
    expires_at: str | None = None
    last_updated: str | None = None
