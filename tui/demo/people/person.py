"""One person of the org, and how Okta shows one: as a list item and as a single user with links by status."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from tui.demo.base.times import iso, iso_or_none

if TYPE_CHECKING:
    from tui.demo.base.json import Json

# Passwords live in Okta for these providers only; the others have no password object or one that Okta cannot set.
OWN_PASSWORD = frozenset({"OKTA", "IMPORT"})
NO_PASSWORD = frozenset({"FEDERATION", "SOCIAL"})
# Their profile is mastered by the directory that they come from.
DIRECTORY = frozenset({"ACTIVE_DIRECTORY", "LDAP"})

_ACTIVE_LINKS = (
    "suspend",
    "resetPassword",
    "expirePassword",
    "changePassword",
    "changeRecoveryQuestion",
    "forgotPassword",
    "deactivate",
    "resetFactors",
)
# By status, as recorded from real orgs. LOCKED_OUT and RECOVERY are not recorded: unlock is the reference's promise.
LINKS: dict[str, tuple[str, ...]] = {
    "STAGED": ("activate",),
    "PROVISIONED": ("suspend", "resetPassword", "reactivate", "deactivate"),
    "ACTIVE": _ACTIVE_LINKS,
    "PASSWORD_EXPIRED": _ACTIVE_LINKS,
    "LOCKED_OUT": ("unlock", "resetPassword", "resetFactors", "deactivate"),
    "RECOVERY": ("resetPassword", "reactivate", "resetFactors", "deactivate"),
    "SUSPENDED": ("unsuspend", "deactivate"),
    "DEPROVISIONED": ("activate", "delete"),
}
_PATHS = {
    "activate": "/lifecycle/activate",
    "suspend": "/lifecycle/suspend",
    "unsuspend": "/lifecycle/unsuspend",
    "unlock": "/lifecycle/unlock",
    "resetPassword": "/lifecycle/reset_password",
    "expirePassword": "/lifecycle/expire_password",
    "reactivate": "/lifecycle/reactivate",
    "deactivate": "/lifecycle/deactivate",
    "resetFactors": "/lifecycle/reset_factors",
    "changePassword": "/credentials/change_password",
    "changeRecoveryQuestion": "/credentials/change_recovery_question",
    "forgotPassword": "/credentials/forgot_password",
    "delete": "",
}


@dataclass(slots=True)
class Person:
    """A user record; every time is in seconds since 1970.

    Attributes:
        index: The number behind the id, and the place in the plain list.
        salt: 64 bits of chance of their own, from which groups, apps and factors follow.
        more: Profile attributes beyond names, login and e-mail; replaced as a whole, never changed in place.
        kit: The factors that they begin with, names of ``kits.KITS``; empty to leave it to chance.
        recovery_phone: A number that is no factor any more, but may still be used to recover the account.
        passwords: Digests of the password and of those before it, the present one first; empty for one that nobody
            knows.
        answer: The digest of the answer to the recovery question.
        raw: The encoded list item up to the link's host; None after a change.
    """

    index: int
    id: str
    login: str
    email: str
    first: str | None
    last: str | None
    status: str
    provider: str
    provider_name: str
    created: float
    salt: int
    activated: float | None = None
    status_changed: float | None = None
    last_login: float | None = None
    last_updated: float = 0.0
    password_changed: float | None = None
    transitioning: str | None = None
    has_password: bool = True
    question: str | None = None
    blocked: bool = False
    contractor: bool = False
    deleted: bool = False
    more: dict[str, object] = field(default_factory=dict)
    factors: list[Json] | None = None
    kit: tuple[str, ...] = ()
    recovery_phone: str | None = None
    passwords: tuple[bytes, ...] = field(default=(), repr=False)
    answer: bytes | None = field(default=None, repr=False)
    raw: bytes | None = None

    @property
    def department(self) -> str:
        """The department, empty for none."""
        return str(self.more.get("department") or "")

    @property
    def display_name(self) -> str:
        """The name that the System Log shows."""
        return " ".join(part for part in (self.first, self.last) if part) or self.login


def profile(person: Person) -> Json:
    """Return the profile object, with the nulls of the real one."""
    return {
        "firstName": person.first,
        "lastName": person.last,
        "mobilePhone": None,
        "secondEmail": None,
        "login": person.login,
        "email": person.email,
        **person.more,
    }


def credentials(person: Person) -> Json:
    """Return the credentials object: an empty password object says that there is a password."""
    answer: Json = {}
    if person.has_password:
        answer["password"] = {}
    answer["emails"] = [{"value": person.email, "status": "VERIFIED", "type": "PRIMARY"}]
    second = person.more.get("secondEmail")
    if second:
        answer["emails"] = [
            {"value": person.email, "status": "VERIFIED", "type": "PRIMARY"},
            {"value": second, "status": "VERIFIED", "type": "SECONDARY"},
        ]
    if person.question is not None:
        answer["recovery_question"] = {"question": person.question}
    answer["provider"] = {"type": person.provider, "name": person.provider_name}
    return answer


def record(person: Person, type_id: str) -> Json:
    """Return the user object without its links."""
    answer: Json = {"id": person.id, "status": person.status}
    if person.transitioning is not None:
        answer["transitioningToStatus"] = person.transitioning
    answer.update(
        created=iso(person.created),
        activated=iso_or_none(person.activated),
        statusChanged=iso_or_none(person.status_changed),
        lastLogin=iso_or_none(person.last_login),
        lastUpdated=iso(person.last_updated),
        passwordChanged=iso_or_none(person.password_changed),
        type={"id": type_id},
        profile=profile(person),
        credentials=credentials(person),
    )
    return answer


def links(person: Person, type_id: str, base: str) -> Json:
    """Return the links of a single user: the operations that its status offers, whatever the caller may do."""
    self_href = f"{base}/api/v1/users/{person.id}"
    answer: Json = {"schema": {"href": f"{base}/api/v1/meta/schemas/user/osc{type_id[3:]}"}}
    for name in LINKS[person.status]:
        answer[name] = {
            "href": self_href + _PATHS[name],
            "method": "DELETE" if name == "delete" else "POST",
        }
    answer["self"] = {"href": self_href}
    answer["type"] = {"href": f"{base}/api/v1/meta/types/user/{type_id}"}
    return answer


def list_item(person: Person, type_id: str, base: bytes) -> bytes:
    """Return the encoded list item, which has a self link only; all but the host is kept for the next page."""
    raw = person.raw
    if raw is None:
        raw = msgspec.json.encode(record(person, type_id))[:-1] + b',"_links":{"self":{"href":"'
        person.raw = raw
    return b"".join((raw, base, b"/api/v1/users/", person.id.encode(), b'"}}}'))
