"""Factors: what each person has enrolled, made from their kit or salt when first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.demo.base import otp
from tui.demo.base.times import iso
from tui.demo.factors import kits

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.factors.challenges import Push
    from tui.demo.log.journal import Journal
    from tui.demo.people.person import Person

CATALOG = (
    ("push", "OKTA"),
    ("token:software:totp", "OKTA"),
    ("sms", "OKTA"),
    ("call", "OKTA"),
    ("email", "OKTA"),
    ("question", "OKTA"),
    ("webauthn", "FIDO"),
    ("token:software:totp", "GOOGLE"),
    ("u2f", "FIDO"),
    ("web", "DUO"),
    ("token", "RSA"),
    ("token", "SYMANTEC"),
    ("token:hardware", "YUBICO"),
    ("token:hotp", "CUSTOM"),
)
# Okta Verify is one app in three entries; removing push or signed_nonce removes all of them, on every phone.
OKTA_VERIFY = frozenset({"push", "token:software:totp", "signed_nonce"})
MESSAGED = frozenset({"sms", "call", "email"})
ONE_TIME = frozenset({"token:software:totp", "token:hotp"})
"""Factors whose passcodes this org works out from a secret that it shares with their owner's app."""
# Blocks of later enrolments come after those of the kits.
_FIRST_BLOCK = 16


@dataclass(slots=True)
class Hidden:
    """What an enrolment made by a call has that no read shows.

    Attributes:
        begun: When its activation began, seconds since 1970; it can be completed for a while.
        sent: When the last message went out.
        until: Until when the passcode of that message holds.
        used: The counters of the one-time passwords that were taken already: each is good once.
        pushes: Each push notification, by the id of its transaction.
    """

    secret: bytes | None = field(default=None, repr=False)
    answer: str | None = field(default=None, repr=False)
    begun: float = 0.0
    sent: float = 0.0
    until: float = 0.0
    used: set[int] = field(default_factory=set)
    nonce: str = field(default="", repr=False)
    pushes: dict[str, Push] = field(default_factory=dict)


def is_verify(factor: Json) -> bool:
    """Return whether a factor is an entry of Okta Verify."""
    return factor["factorType"] in OKTA_VERIFY and factor["provider"] == "OKTA"


class Enrolments:
    """Makes, shows and removes factors.

    Args:
        journal: The log, for what people do themselves.
        identity_engine: Whether the org is one of Identity Engine; if not, it is a Classic one.
    """

    def __init__(self, ids: Ids, journal: Journal, *, identity_engine: bool) -> None:
        self.ids = ids
        self.journal = journal
        self.identity_engine = identity_engine
        self._made = 0
        self._hidden: dict[str, Hidden] = {}

    def of(self, person: Person) -> list[Json]:
        """Return a person's factors, without links."""
        if person.factors is None:
            person.factors = kits.first_factors(self.ids, person)
        return person.factors

    def find(self, person: Person, identifier: str) -> Json | None:
        """Return one factor, or None."""
        return next((factor for factor in self.of(person) if factor["id"] == identifier), None)

    def hidden(self, factor: Json) -> Hidden:
        """Return what no read shows of a factor."""
        identifier = str(factor["id"])
        if identifier not in self._hidden:
            # What was enrolled before anybody called has a secret too, which its owner's app knows.
            shared = otp.new_secret(f"{self.ids.seed} {identifier}") if factor["factorType"] in ONE_TIME else None
            self._hidden[identifier] = Hidden(secret=shared)
        return self._hidden[identifier]

    def next_block(self) -> int:
        """Return a block of numbers for the ids of a new enrolment."""
        self._made += 1
        return _FIRST_BLOCK + self._made

    def block(self, factor: Json) -> int:
        """Return the block of a factor, which the entries of one phone share."""
        number = self.ids.read(str(factor["id"])[:3], str(factor["id"]))
        return 0 if number is None else number // kits.BLOCK

    def add(self, person: Person, piece: kits.Piece, profile: Json, status: str, now: float) -> Json:
        """Enrol a factor and return it."""
        factor = kits.build(self.ids, person, piece, profile, status=status, now=now)
        person.factors = [*self.of(person), factor]
        return factor

    def change(self, person: Person, factor: Json, now: float, **values: object) -> Json:
        """Change an enrolled factor and return it; those that were read before stay as they were."""
        later: Json = {**factor, **values, "lastUpdated": iso(now)}
        person.factors = [later if item["id"] == factor["id"] else item for item in self.of(person)]
        return later

    def remove(self, person: Person, factor: Json) -> list[Json]:
        """Remove a factor and what goes with it; returns what was removed.

        Okta: "Unenroll a factor", note about push and signed_nonce.
        """
        removed = [factor]
        if is_verify(factor) and factor["factorType"] != "token:software:totp":
            removed = [item for item in self.of(person) if is_verify(item)]
        person.factors = [item for item in self.of(person) if item not in removed]
        return removed

    def remove_block(self, person: Person, block: int) -> list[Json]:
        """Remove the entries of Okta Verify of one device; returns what was removed."""
        removed = [item for item in self.of(person) if is_verify(item) and self.block(item) == block]
        person.factors = [item for item in self.of(person) if item not in removed]
        return removed

    def reset(self, person: Person) -> list[Json]:
        """Remove every factor; returns what was removed."""
        removed = self.of(person)
        person.factors = []
        return removed

    def catalog(self, person: Person, base: str) -> list[Json]:
        """Return the factor types that the org offers, and whether the person has them."""
        statuses = {(factor["factorType"], factor["provider"]): factor["status"] for factor in self.of(person)}
        href = f"{base}/api/v1/users/{person.id}/factors"
        return [
            {
                "factorType": kind,
                "provider": provider,
                "vendorName": provider,
                "_links": {"enroll": {"href": href, "hints": {"allow": ["POST"]}}},
                "status": statuses.get((kind, provider), "NOT_SETUP"),
                "enrollment": "REQUIRED" if kind == "push" else "OPTIONAL",
            }
            for kind, provider in CATALOG
        ]

    def show(self, person: Person, factor: Json, base: str) -> Json:
        """Return a factor with its links; what is sent has its resend link as an array, as in reality."""
        user = f"{base}/api/v1/users/{person.id}"
        href, kind = f"{user}/factors/{factor['id']}", str(factor["factorType"])
        pending, post = factor["status"] == "PENDING_ACTIVATION", {"allow": ["POST"]}
        links: Json = {}
        if pending and kind in MESSAGED:
            links["resend"] = [{"name": kind, "href": f"{href}/resend", "hints": post}]
        if pending and kind == "push":
            links["poll"] = {"href": f"{href}/lifecycle/activate/poll", "hints": post}
        if pending:
            links["activate"] = {"href": f"{href}/lifecycle/activate", "hints": post}
        if kind == "question":
            links["questions"] = {"href": f"{user}/factors/questions", "hints": {"allow": ["GET"]}}
        links["self"] = {"href": href, "hints": {"allow": ["GET"] if pending else ["GET", "DELETE"]}}
        if factor["status"] == "ACTIVE" and kind not in {"signed_nonce", "question"}:
            links["verify"] = {"href": f"{href}/verify", "hints": post}
        links["user"] = {"href": user, "hints": {"allow": ["GET"]}}
        return {**factor, "_links": links}
