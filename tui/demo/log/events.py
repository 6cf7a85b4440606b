"""System Log events: kept small, shown in the exact shape of the real ones, nulls included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.ids import event_uuid
from tui.demo.base.times import iso

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.people.person import Person


class EventKind(NamedTuple):
    """What every event of a type shares."""

    message: str
    legacy: str | None
    severity: str = "INFO"


KINDS: dict[str, EventKind] = {
    "user.session.start": EventKind("User login to Okta", "core.user_auth.login_success"),
    "user.session.end": EventKind("User logout from Okta", "core.user_auth.logout_success"),
    "user.session.clear": EventKind("Clear user session", "core.user_auth.session_clear"),
    "user.account.lock": EventKind("Max sign in attempts exceeded", "core.user_auth.account_locked", "DEBUG"),
    "user.account.unlock": EventKind("Unlock user account", "core.user.config.user_status.unlock"),
    "user.account.unlock_by_admin": EventKind(
        "Unlock user account by admin", "core.user.config.user_status.unlock_by_admin"
    ),
    "user.account.reset_password": EventKind(
        "Fired when the user's Okta password is reset", "core.user.config.user_status.password_reset"
    ),
    "user.account.update_password": EventKind(
        "User update password for Okta", "core.user.config.password_update.success"
    ),
    "user.account.expire_password": EventKind("Expire user password", None),
    "user.authentication.auth_via_mfa": EventKind("Authentication of user via MFA", "core.user.factor.attempt_success"),
    "user.authentication.sso": EventKind("User single sign on to app", "app.auth.sso"),
    "user.authentication.auth_via_AD_agent": EventKind("Authenticate user with AD agent", "app.ad.login.success"),
    "user.authentication.auth_via_LDAP_agent": EventKind("Authenticate user with LDAP agent", None),
    "user.authentication.auth_via_radius": EventKind("Authentication of user via RADIUS", None),
    "user.account.lock.limit": EventKind("User account lock limit reached", None, "WARN"),
    "app.ad.api.user_import.account_locked": EventKind("Active Directory account is locked", None),
    "system.agent.ad.unlock_user_account": EventKind("Unlock Active Directory user account", None),
    "policy.evaluate_sign_on": EventKind("Evaluation of sign-on policy", None),
    "security.threat.detected": EventKind("Request from suspicious actor", None, "WARN"),
    "user.mfa.factor.activate": EventKind(
        "Activate factor or authenticator enrollment method for user", "core.user.factor.activate"
    ),
    "user.mfa.factor.deactivate": EventKind("Reset factor for user", "core.user.factor.reset"),
    "user.mfa.factor.reset_all": EventKind("Reset all factors for user", "core.user.factor.reset_all"),
    "user.lifecycle.create": EventKind("Create Okta user", "core.user.config.user_creation.success"),
    "user.lifecycle.delete.initiated": EventKind("Delete Okta user initiated", None),
    "user.lifecycle.delete.completed": EventKind("Delete Okta user completed", None),
    "user.account.update_profile": EventKind("Update user profile for Okta", None),
    "user.lifecycle.activate": EventKind("Activate Okta user", "core.user.config.user_activated.success"),
    "user.lifecycle.deactivate": EventKind("Deactivate Okta user", "core.user.config.user_deactivated.success"),
    "user.lifecycle.reactivate": EventKind("Reactivate Okta user", None),
    "user.lifecycle.suspend": EventKind("Suspend Okta user", "core.user.config.user_status.suspended"),
    "user.lifecycle.unsuspend": EventKind("Unsuspend Okta user", "core.user.config.user_status.unsuspended"),
    "user.account.privilege.grant": EventKind("Grant user privilege", "core.user.admin_privilege.granted"),
    "user.account.privilege.revoke": EventKind("Revoke user privilege", "core.user.admin_privilege.revoked"),
    "group.privilege.grant": EventKind("Grant group privilege", None),
    "group.privilege.revoke": EventKind("Revoke group privilege", None),
    "app.oauth2.client.privilege.grant": EventKind("Grant privilege to OAuth client", None),
    "app.oauth2.client.privilege.revoke": EventKind("Revoke privilege of OAuth client", None),
    "iam.role.create": EventKind("Create custom admin role", None),
    "iam.role.update": EventKind("Update custom admin role", None),
    "iam.role.delete": EventKind("Delete custom admin role", None),
    "iam.role.permissions.add": EventKind("Add permissions to custom admin role", None),
    "iam.role.permissions.delete": EventKind("Delete permissions from custom admin role", None),
    "iam.resourceset.create": EventKind("Create resource set", None),
    "iam.resourceset.update": EventKind("Update resource set", None),
    "iam.resourceset.delete": EventKind("Delete resource set", None),
    "iam.resourceset.resources.add": EventKind("Add resources to resource set", None),
    "iam.resourceset.resources.delete": EventKind("Delete resources from resource set", None),
    "iam.resourceset.bindings.add": EventKind("Add admin assignment with resource set", None),
    "iam.resourceset.bindings.delete": EventKind("Delete admin assignment with resource set", None),
    "group.user_membership.add": EventKind("Add user to group membership", "core.user_group_member.user_add"),
    "group.user_membership.remove": EventKind(
        "Remove user from group membership", "core.user_group_member.user_remove"
    ),
    "group.user_membership.rule.add_exclusion": EventKind("Add user to exclusion list of group rule", None),
    "application.user_membership.add": EventKind(
        "Add user to application membership", "app.generic.provision.assign_user_to_app"
    ),
    "application.user_membership.remove": EventKind(
        "Remove user's application membership", "app.generic.provision.deactivate_user_from_app"
    ),
    "application.user_membership.update": EventKind("Update user application property", None),
    "application.user_membership.change_username": EventKind("Change user's application username", None),
    "application.user_membership.change_password": EventKind("Change user's application password", None),
    "application.user_membership.provision": EventKind("Provision user to application", None),
    "application.user_membership.deprovision": EventKind("Deprovision user from application", None),
    "application.provision.user.push": EventKind("Push new user to external application", None),
    "application.provision.user.deactivate": EventKind("Deactivate user in external application", None),
    "application.lifecycle.create": EventKind("Create application", None),
    "application.lifecycle.update": EventKind("Update application", None),
    "application.lifecycle.activate": EventKind("Activate application", None),
    "application.lifecycle.deactivate": EventKind("Deactivate application", None),
    "application.lifecycle.delete": EventKind("Delete application", None),
    "group.application_assignment.add": EventKind("Add assigned application to group", None),
    "group.application_assignment.update": EventKind("Update assigned application in group", None),
    "group.application_assignment.remove": EventKind("Remove assigned application from group", None),
    "group.lifecycle.create": EventKind("Create Okta group", None),
    "group.lifecycle.delete": EventKind("Delete Okta group", None),
    "group.profile.update": EventKind("Okta group profile updated", None),
    "group.user_membership.rule.trigger": EventKind("Trigger group rule", None),
    "group.user_membership.rule.deactivated": EventKind("Deactivate group rule", None),
    "group.user_membership.rule.invalidate": EventKind("Invalidate group rule", None),
    "policy.lifecycle.create": EventKind("Create policy", None),
    "policy.lifecycle.update": EventKind("Update policy", None),
    "policy.lifecycle.activate": EventKind("Activate policy", None),
    "policy.lifecycle.deactivate": EventKind("Deactivate policy", None),
    "policy.lifecycle.delete": EventKind("Delete policy", None),
    "policy.rule.activate": EventKind("Activate policy rule", None),
    "policy.rule.deactivate": EventKind("Deactivate policy rule", None),
    "policy.rule.add": EventKind("Add policy rule", None),
    "policy.rule.update": EventKind("Update policy rule", None),
    "policy.rule.delete": EventKind("Delete policy rule", None),
    "system.api_token.request_outside_allowed_range": EventKind(
        "Request with an API token from outside its network zone", "api.token.outside"
    ),
    "system.api_token.revoke": EventKind("Revoke API token", "api.token.revoke"),
    "system.api_token.update": EventKind("Update API token", None),
    "system.api_token.create": EventKind("Create API token", "api.token.create"),
    "system.sms.send_factor_verify_message": EventKind("Send factor verification SMS message", None),
    "system.push.send_factor_verify_push": EventKind("Send push factor verification message", None),
    "system.email.password_reset.sent_message": EventKind("Send self-service password reset email", None),
}


class Party(NamedTuple):
    """An actor or a target."""

    id: str
    type: str
    alternate_id: str
    display_name: str


SYSTEM = Party("00u000000000000SYSTM", "SystemPrincipal", "system@okta.com", "Okta System")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request came from: program, device and network."""

    user_agent: str
    os: str
    browser: str
    device: str
    ip: str
    place: tuple[str, str | None, str, str | None, float, float]
    as_number: int = 64496
    isp: str = "example isp"
    domain: str = "example.net"
    proxy: bool = False
    uri: str = "/idp/idx/challenge/answer"


@dataclass(slots=True)
class LogEntry:
    """One event; times are milliseconds since 1970.

    Attributes:
        serial: Counts the events of the org; with the seed it makes the uuid.
        arrived: When the log could first show it.
        token_id: The API token behind it, for calls that an API token made.
    """

    serial: int
    type: str
    published: int
    arrived: int
    actor: Party
    targets: tuple[Party, ...]
    source: Source | None
    result: str
    reason: str | None
    seed: int
    request_id: str
    uri: str
    token_id: str | None = None
    debug: dict[str, str] = field(default_factory=dict)
    step: int = 0

    @property
    def uuid(self) -> str:
        """The uuid: the same each time, so that readers recognise an event that arrives twice."""
        return event_uuid(self.seed, self.serial)


def party(person: Person) -> Party:
    """Return a user as the log names them."""
    return Party(person.id, "User", person.login, person.display_name)


def _show_party(someone: Party) -> Json:
    return {
        "id": someone.id,
        "type": someone.type,
        "alternateId": someone.alternate_id,
        "displayName": someone.display_name,
        "detailEntry": None,
    }


def _show_place(source: Source) -> Json:
    city, state, country, postal_code, lat, lon = source.place
    return {
        "city": city,
        "state": state,
        "country": country,
        "postalCode": postal_code,
        "geolocation": {"lat": lat, "lon": lon},
    }


_NO_CLIENT: Json = {
    "userAgent": None,
    "zone": None,
    "device": None,
    "id": None,
    "ipAddress": None,
    "geographicalContext": None,
}
_NO_SECURITY: Json = {"asNumber": None, "asOrg": None, "isp": None, "domain": None, "isProxy": None}


def show(entry: LogEntry) -> Json:
    """Return the event as the log answers it."""
    kind, source = KINDS[entry.type], entry.source
    client, security, chain = _NO_CLIENT, _NO_SECURITY, []
    if source is not None:
        place = _show_place(source)
        client = {
            "userAgent": {"rawUserAgent": source.user_agent, "os": source.os, "browser": source.browser},
            "zone": "null",
            "device": source.device,
            "id": None,
            "ipAddress": source.ip,
            "geographicalContext": place,
        }
        security = {
            "asNumber": source.as_number,
            "asOrg": source.isp,
            "isp": source.isp,
            "domain": source.domain,
            "isProxy": source.proxy,
        }
        chain = [{"ip": source.ip, "geographicalContext": place, "version": "V4", "source": None}]
    failed_login = entry.type == "user.session.start" and entry.result == "FAILURE"
    return {
        "actor": _show_party(entry.actor),
        "client": client,
        "device": None,
        "authenticationContext": {
            "authenticationProvider": None,
            "credentialProvider": None,
            "credentialType": None,
            "issuer": None,
            "interface": None,
            "authenticationStep": entry.step,
            "rootSessionId": "unknown",
            "externalSessionId": "unknown" if entry.result == "FAILURE" else f"idx{entry.request_id[:22]}",
        },
        "displayMessage": kind.message,
        "eventType": entry.type,
        "outcome": {"result": entry.result, "reason": entry.reason},
        "published": iso(entry.published / 1000),
        "securityContext": security,
        "severity": kind.severity,
        "debugContext": {
            "debugData": {
                "requestId": entry.request_id,
                "requestUri": entry.uri,
                "url": f"{entry.uri}?",
                "threatSuspected": "false",
                **entry.debug,
            }
        },
        "legacyEventType": "core.user_auth.login_failed" if failed_login else kind.legacy,
        "transaction": {
            "type": "JOB" if source is None else "WEB",
            "id": entry.request_id,
            "detail": {} if entry.token_id is None else {"requestApiTokenId": entry.token_id},
        },
        "uuid": entry.uuid,
        "version": "0",
        "request": {"ipChain": chain},
        "target": [_show_party(target) for target in entry.targets] or None,
    }
