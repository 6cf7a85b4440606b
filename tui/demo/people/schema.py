"""The schema of the user profile: Okta's own attributes and those that the org has added."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.demo.base.json import Json

# Okta's default user schema in its order, each attribute with the title that the Admin Console shows.
BASE: dict[str, str] = {
    "login": "Username",
    "firstName": "First name",
    "lastName": "Last name",
    "middleName": "Middle name",
    "honorificPrefix": "Honorific prefix",
    "honorificSuffix": "Honorific suffix",
    "email": "Primary email",
    "title": "Title",
    "displayName": "Display name",
    "nickName": "Nickname",
    "profileUrl": "Profile Url",
    "secondEmail": "Secondary email",
    "mobilePhone": "Mobile phone",
    "primaryPhone": "Primary phone",
    "streetAddress": "Street address",
    "city": "City",
    "state": "State",
    "zipCode": "Zip code",
    "countryCode": "Country code",
    "postalAddress": "Postal Address",
    "preferredLanguage": "Preferred language",
    "locale": "Locale",
    "timezone": "Time zone",
    "userType": "User type",
    "employeeNumber": "Employee number",
    "costCenter": "Cost center",
    "organization": "Organization",
    "division": "Division",
    "department": "Department",
    "managerId": "ManagerId",
    "manager": "Manager",
}
REQUIRED = ("login", "firstName", "lastName", "email")
LONGEST = {"firstName": 50, "lastName": 50, "login": 100, "mobilePhone": 100, "primaryPhone": 100, "email": 100}


def first_custom() -> dict[str, Json]:
    """Return the attributes that the org's administrators have added to the schema before the start."""
    return {"customAttr": attribute("Custom Attribute"), "badgeNumber": attribute("Badge Number")}


def attribute(title: str, kind: str = "string") -> Json:
    """Return the schema's entry for an attribute that only administrators change."""
    return {
        "title": title,
        "type": kind,
        "mutability": "READ_WRITE",
        "scope": "NONE",
        "permissions": [{"principal": "SELF", "action": "READ_ONLY"}],
    }
