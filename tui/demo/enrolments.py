"""Factors: what each person has enrolled, made from their salt when first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.times import DAY, iso

if TYPE_CHECKING:
    from tui.demo.ids import Ids
    from tui.demo.person import Person
    from tui.demo.wire import Json

_PREFIXES = {
    "push": "opf",
    "token:software:totp": "ost",
    "signed_nonce": "crp",
    "sms": "mbl",
    "call": "clf",
    "email": "emf",
    "question": "ufs",
    "webauthn": "fwf",
}
_CATALOG = (
    ("push", "OKTA"),
    ("token:software:totp", "OKTA"),
    ("sms", "OKTA"),
    ("call", "OKTA"),
    ("email", "OKTA"),
    ("question", "OKTA"),
    ("webauthn", "FIDO"),
)
# Okta Verify is one app in three entries; removing push or signed_nonce removes all of them.
OKTA_VERIFY = frozenset({"push", "token:software:totp", "signed_nonce"})
_NO_FACTORS = frozenset({"STAGED", "PROVISIONED", "DEPROVISIONED"})


class Enrolments:
    """Makes, shows and removes factors."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids

    def of(self, person: Person) -> list[Json]:
        """Return a person's factors, without links."""
        if person.factors is None:
            person.factors = self._make(person)
        return person.factors

    def find(self, person: Person, identifier: str) -> Json | None:
        """Return one factor, or None."""
        return next((factor for factor in self.of(person) if factor["id"] == identifier), None)

    def remove(self, person: Person, factor: Json) -> list[Json]:
        """Remove a factor and what goes with it; returns what was removed."""
        kind = factor["factorType"]
        together = OKTA_VERIFY if kind in {"push", "signed_nonce"} else frozenset({kind})
        removed = [item for item in self.of(person) if item["factorType"] in together]
        if kind not in OKTA_VERIFY:
            removed = [factor]
        person.factors = [item for item in self.of(person) if item not in removed]
        return removed

    def reset(self, person: Person) -> list[Json]:
        """Remove every factor; returns what was removed."""
        removed = self.of(person)
        person.factors = []
        return removed

    def catalog(self, person: Person, base: str) -> list[Json]:
        """Return the factor types that the org offers, and whether the person has them."""
        enrolled = {factor["factorType"] for factor in self.of(person)}
        href = f"{base}/api/v1/users/{person.id}/factors"
        return [
            {
                "factorType": kind,
                "provider": provider,
                "vendorName": provider,
                "_links": {"enroll": {"href": href, "hints": {"allow": ["POST"]}}},
                "status": "ACTIVE" if kind in enrolled else "NOT_SETUP",
                "enrollment": "REQUIRED" if kind == "push" else "OPTIONAL",
            }
            for kind, provider in _CATALOG
        ]

    def show(self, person: Person, factor: Json, base: str) -> Json:
        """Return a factor with its links; a pending SMS has its resend link as an array, as in reality."""
        user = f"{base}/api/v1/users/{person.id}"
        href = f"{user}/factors/{factor['id']}"
        pending = factor["status"] == "PENDING_ACTIVATION"
        links: Json = {}
        if pending:
            links["resend"] = [{"name": "sms", "href": f"{href}/resend", "hints": {"allow": ["POST"]}}]
            links["activate"] = {"href": f"{href}/lifecycle/activate", "hints": {"allow": ["POST"]}}
        links["self"] = {"href": href, "hints": {"allow": ["GET"] if pending else ["GET", "DELETE"]}}
        if not pending and factor["factorType"] != "signed_nonce":
            links["verify"] = {"href": f"{href}/verify", "hints": {"allow": ["POST"]}}
        links["user"] = {"href": user, "hints": {"allow": ["GET"]}}
        return {**factor, "_links": links}

    def _make(self, person: Person) -> list[Json]:
        if person.status in _NO_FACTORS:
            return []
        chance = person.salt >> 40
        factors = [self._email(person)]
        if chance % 100 < 80:  # noqa: PLR2004 - shares of people, in hundredths
            factors.append(self._one(person, "token:software:totp", {"credentialId": person.login}))
            factors.append(self._one(person, "push", _device(person)))
            if chance % 3 == 0:
                factors.append(self._one(person, "signed_nonce", _device(person)))
        if chance % 4 == 0:
            status = "PENDING_ACTIVATION" if chance % 8 == 0 else "ACTIVE"
            number = f"+1415555{chance % 10_000:04d}"
            factors.append(self._one(person, "sms", {"phoneNumber": number}, status))
        if chance % 7 == 0:
            profile: Json = {"credentialId": person.login, "authenticatorName": "MacBook Touch ID"}
            factors.append(self._one(person, "webauthn", profile, provider="FIDO"))
        if person.question is not None:
            profile = {"question": "disliked_food", "questionText": person.question}
            factors.append(self._one(person, "question", profile))
        return factors

    def _email(self, person: Person) -> Json:
        return self._one(person, "email", {"email": person.email})

    def _one(self, person: Person, kind: str, profile: Json, status: str = "ACTIVE", provider: str = "OKTA") -> Json:
        since = iso(person.created + DAY)
        return {
            "id": self.ids.make(_PREFIXES[kind], person.index),
            "factorType": kind,
            "provider": provider,
            "vendorName": provider,
            "status": status,
            "created": since,
            "lastUpdated": since,
            "profile": profile,
        }


def _device(person: Person) -> Json:
    apple = person.salt % 2 == 0
    return {
        "credentialId": person.login,
        "deviceType": "SmartPhone_IPhone" if apple else "SmartPhone_Android",
        "keys": [],
        "name": f"{person.first or person.login}'s phone",
        "platform": "IOS" if apple else "ANDROID",
        "version": "18.0" if apple else "14",
    }
