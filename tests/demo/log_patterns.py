"""Real System Log events by type, what is known of types without one, and the comparison with what the org writes."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.demo.support import SCHEMA_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = SCHEMA_FILE.parent
# As their publisher has them in some samples.
_LOWERED = {
    "authenticationcontext": "authenticationContext",
    "debugcontext": "debugContext",
    "displaymessage": "displayMessage",
    "legacyeventtype": "legacyEventType",
    "securitycontext": "securityContext",
}
# Edited by their publishers beyond use as a pattern: a lock's partner with the texts of another type; a deletion whose
# actor, target and transaction were emptied by an event hook.
_BROKEN = {"log_session_start_failure_invalid_credentials"}
# Open-ended objects, whose keys say something of the event rather than of the log.
_OPEN = {"debugContext.debugData", "target.detailEntry", "transaction.detail", "actor.detailEntry"}
SEVERITIES = {"DEBUG", "INFO", "WARN", "ERROR"}
# In debugData of every event that a request caused, unless its publisher took debugData away.
_EVERY_REQUEST = ("requestId", "requestUri", "url")
# Okta's schema: a place is described "if available", so that parts of it may be null.
_MAY_LACK = ("geographicalContext.state", "geographicalContext.postalCode")
RESULTS = {
    *("SUCCESS", "FAILURE", "SKIPPED", "ALLOW", "DENY", "CHALLENGE", "UNKNOWN", "RATE_LIMIT", "DEFERRED"),
    *("SCHEDULED", "ABANDONED", "UNANSWERED"),
}

CATALOGUE = "no event is known; the name, and the text as the message, are those of Okta's catalogue of event types"
NO_TEXT = "no event is known; the name is in Okta's catalogue, which has no text for it: the message is made up"
LIKE = "no event is known; the name is in Okta's catalogue, the message is like that of its recorded sibling: "
UNSEEN: dict[str, str] = {
    **{f"device.lifecycle.{name}": NO_TEXT for name in ("suspend", "unsuspend", "deactivate", "activate", "delete")},
    "user.account.expire_password": CATALOGUE,
    "user.account.unlock": CATALOGUE,
    "user.account.unlock_by_admin": CATALOGUE,
    "user.account.lock.limit": CATALOGUE + "; the outcome is SUCCESS, as Okta's help says",
    "user.account.update_profile": CATALOGUE,
    "user.account.privilege.revoke": LIKE + "user.account.privilege.grant",
    "user.authentication.auth_via_AD_agent": CATALOGUE + "; old names from Okta's migration table, debugData from its "
    "catalogue's delegated authentication in camelCase, as all recorded keys are; what stands beside it is not known",
    "user.authentication.auth_via_LDAP_agent": CATALOGUE + "; debugData as of the agent of Active Directory",
    "user.authentication.auth_via_radius": CATALOGUE + "; debugData from the catalogue's schema, in camelCase",
    "user.authentication.auth_via_richclient": CATALOGUE + "; debugData from the catalogue's schema, in camelCase",
    "user.mfa.okta_verify.deny_push": CATALOGUE + "; the outcome FAILURE is from a detection's issue",
    "user.mfa.factor.deactivate": LIKE + "user.mfa.factor.activate, and so is the reason",
    "user.lifecycle.activate": CATALOGUE,
    "user.lifecycle.deactivate": CATALOGUE,
    "user.lifecycle.reactivate": CATALOGUE,
    "user.lifecycle.unsuspend": CATALOGUE,
    "user.lifecycle.delete.completed": CATALOGUE,
    "app.ad.api.user_import.account_locked": CATALOGUE,
    "system.agent.ad.unlock_user_account": CATALOGUE,
    "system.agent.ldap.disconnect": CATALOGUE,
    "system.sms.send_factor_verify_message": CATALOGUE,
    "system.api_token.update": CATALOGUE,
    "system.api_token.request_outside_allowed_range": CATALOGUE,
    "group.privilege.grant": CATALOGUE,
    "group.privilege.revoke": CATALOGUE,
    "app.oauth2.client.privilege.grant": CATALOGUE,
    "app.oauth2.client.privilege.revoke": CATALOGUE,
    "group.user_membership.rule.add_exclusion": CATALOGUE,
    "group.user_membership.rule.trigger": CATALOGUE,
    "group.user_membership.rule.invalidate": CATALOGUE,
    "group.user_membership.rule.deactivated": NO_TEXT,
    "group.lifecycle.create": LIKE + "group.lifecycle.delete",
    "group.profile.update": CATALOGUE,
    "application.user_membership.remove": CATALOGUE,
    "application.user_membership.update": CATALOGUE,
    "application.user_membership.change_username": CATALOGUE,
    "application.user_membership.change_password": CATALOGUE,
    "application.user_membership.provision": CATALOGUE,
    "application.user_membership.deprovision": CATALOGUE,
    "application.provision.user.push": CATALOGUE,
    "application.provision.user.deactivate": CATALOGUE,
    **dict.fromkeys(
        (f"application.lifecycle.{what}" for what in ("create", "activate", "deactivate", "delete")), CATALOGUE
    ),
    **dict.fromkeys((f"group.application_assignment.{what}" for what in ("add", "update", "remove")), CATALOGUE),
    **dict.fromkeys((f"policy.lifecycle.{what}" for what in ("update", "activate", "deactivate", "delete")), CATALOGUE),
    **dict.fromkeys(
        (f"policy.rule.{what}" for what in ("activate", "deactivate", "add", "update", "delete")), CATALOGUE
    ),
    **dict.fromkeys((f"iam.role.{what}" for what in ("create", "update", "delete")), CATALOGUE),
    **dict.fromkeys((f"iam.role.permissions.{what}" for what in ("add", "delete")), CATALOGUE),
    **dict.fromkeys((f"iam.resourceset.{what}" for what in ("create", "update", "delete")), CATALOGUE),
    **dict.fromkeys((f"iam.resourceset.resources.{what}" for what in ("add", "delete")), CATALOGUE),
    **dict.fromkeys((f"iam.resourceset.bindings.{what}" for what in ("add", "delete")), CATALOGUE),
}

# What events of a type that has a pattern say beyond all patterns of the type, and where it comes from.
BEYOND: dict[tuple[str, str], str] = {
    ("user.authentication.auth_via_mfa", "outcome.result ABANDONED"): "Okta's help: Track MFA abandonment",
    ("user.authentication.auth_via_mfa", "outcome.result UNANSWERED"): "Okta's help: Track MFA abandonment",
    ("user.authentication.auth_via_mfa", "legacyEventType null"): "not known for ABANDONED and UNANSWERED",
    ("user.authentication.verify", "target"): "Okta's schema of the enrolments that it names; no event is known",
    (
        "policy.evaluate_sign_on",
        "outcome.result DENY",
    ): "the catalogue's text names it; the reason is as in a third party's log",
    ("user.lifecycle.delete.initiated", "target.type User"): "the pattern came through an event hook that left it out",
    ("group.user_membership.add", "debugData.triggeredByGroupRuleId"): "Okta's guide to System Log queries",
    ("group.user_membership.remove", "debugData.triggeredByGroupRuleId"): "as of group.user_membership.add",
    ("application.user_membership.add", "transaction.type WEB"): "by a call; the pattern is a job's",
    ("group.user_membership.add", "transaction.type JOB"): "by a group rule; apps are recorded to be given by jobs too",
    ("user.lifecycle.create", "transaction.type WEB"): "by a call; the pattern is an import's",
    ("user.lifecycle.create", "severity INFO"): "the pattern is a failure",
    ("user.lifecycle.create", "legacyEventType core.user.config.user_creation.success"): "the pattern is a failure",
    ("user.lifecycle.create", "outcome.result SUCCESS"): "the pattern is a failure",
    ("user.lifecycle.create", "target.type User"): "the pattern is a failure, which made nobody",
    ("user.account.update_password", "severity INFO"): "the pattern is a failure",
    ("user.account.update_password", "outcome.result SUCCESS"): "the pattern is a failure",
    (
        "user.account.update_password",
        "legacyEventType core.user.config.password_update.success",
    ): "the pattern is a failure; the old name is in Okta's notes",
}


def _load() -> Iterator[Any]:
    for path in (*sorted(_FOLDER.glob("events/*.json")), *sorted(_FOLDER.glob("recorded/log*.json"))):
        if path.name.startswith("_") or path.stem in _BROKEN:
            continue
        told = json.loads(path.read_text("utf-8"))
        yield from told["body"]


@cache
def patterns() -> dict[str, list[Any]]:
    """Return the real events by their type."""
    found: dict[str, list[Any]] = {}
    for event in _load():
        whole = {_LOWERED.get(key, key): value for key, value in event.items()}
        found.setdefault(whole["eventType"], []).append(whole)
    return found


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    return {"str": "string", "int": "number", "float": "number", "dict": "object", "list": "array"}[
        type(value).__name__
    ]


def walk(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each member's path with its JSON type, array items under their array's path; open objects stay closed."""
    if path:
        yield path, _kind(value)
    if isinstance(value, dict) and path not in _OPEN and path != "device":
        for key, inner in value.items():
            yield from walk(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item, path) if isinstance(item, dict) else ()


@cache
def shape() -> dict[str, set[str]]:
    """Return every path that occurs in a real event, with the JSON types that it was seen with."""
    found: dict[str, set[str]] = {}
    for events in patterns().values():
        for event in events:
            for path, kind in walk(event):
                found.setdefault(path, set()).add(kind)
    return found


def _enumerations(event: Any) -> Iterator[str]:
    yield f"severity {event['severity']}"
    yield f"legacyEventType {event['legacyEventType'] or 'null'}"
    yield f"displayMessage {event['displayMessage']}"
    yield f"outcome.result {(event['outcome'] or {}).get('result')}"
    if "type" in (event["transaction"] or {}):
        yield f"transaction.type {event['transaction']['type']}"
    for target in event["target"] or []:
        yield f"target.type {target['type']}"


def _known(kind: str) -> set[str]:
    """Return every value of the enumerations that events of a type were seen with."""
    found: set[str] = set()
    for real in patterns()[kind]:
        whole = {
            "severity": None,
            "legacyEventType": None,
            "displayMessage": None,
            "outcome": None,
            "target": None,
            "transaction": None,
        } | real
        found |= {value.replace("Success", "SUCCESS") for value in _enumerations(whole)}
    return found


def complaints(event: Any) -> set[str]:
    """Return where an event differs from all real ones of its type; of types without one, from all real events."""
    kind = event["eventType"]
    found = {
        f"{path} is {seen}"
        for path, seen in walk(event)
        if seen not in shape().get(path, set()) and not (seen == "null" and path.endswith(_MAY_LACK))
    }
    data = event["debugContext"].get("debugData", {})
    found |= {f"debugData.{key} is no string" for key, value in data.items() if not isinstance(value, str)}
    if event["severity"] not in SEVERITIES or (event["outcome"] or {}).get("result", "SUCCESS") not in RESULTS:
        found.add("no such severity or result")
    if kind not in patterns():
        return found
    known = _known(kind)
    without = "target" in {what for (type_, what) in BEYOND if type_ == kind}
    told = any(value.startswith("transaction.type ") and not value.endswith("None") for value in known)
    for value in _enumerations(event):
        if value.startswith("transaction") and not told:
            continue
        if value.startswith("target") and without:
            continue
        if value not in known and (kind, value) not in BEYOND:
            found.add(value)
    keys = {*_EVERY_REQUEST, *(key for real in patterns()[kind] for key in _data(real))}
    return found | {f"debugData.{key}" for key in data if key not in keys and (kind, f"debugData.{key}") not in BEYOND}


def _data(event: Any) -> dict[str, Any]:
    data = (event.get("debugContext") or {}).get("debugData")
    return data if isinstance(data, dict) else {}
