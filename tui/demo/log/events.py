"""System Log events: kept small, shown in the exact shape of the real ones, nulls included."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tui.demo.base.ids import event_uuid
from tui.demo.base.times import iso

if TYPE_CHECKING:
    from tui.demo.base.json import Json
    from tui.demo.people.person import Person


class Kind(NamedTuple):
    """What every event of a type shares."""

    message: str
    legacy: str | None
    severity: str = "INFO"


KINDS: dict[str, Kind] = {
    "user.session.start": Kind("User login to Okta", "core.user_auth.login_success"),
    "user.session.end": Kind("User logout from Okta", "core.user_auth.logout_success"),
    "user.session.clear": Kind("Clear user session", "core.user_auth.session_clear"),
    "user.account.lock": Kind("Max sign in attempts exceeded", "core.user_auth.account_locked", "DEBUG"),
    "user.account.unlock": Kind("Unlock user account", "core.user.config.user_status.unlock"),
    "user.account.unlock_by_admin": Kind(
        "Unlock user account by admin", "core.user.config.user_status.unlock_by_admin"
    ),
    "user.account.reset_password": Kind(
        "Fired when the user's Okta password is reset", "core.user.config.user_status.password_reset"
    ),
    "user.account.update_password": Kind("User update password for Okta", "core.user.config.password_update.success"),
    "user.account.expire_password": Kind("Expire user password", None),
    "user.authentication.auth_via_mfa": Kind("Authentication of user via MFA", "core.user.factor.attempt_success"),
    "user.authentication.sso": Kind("User single sign on to app", "app.auth.sso"),
    "user.authentication.auth_via_AD_agent": Kind("Authenticate user with AD agent", "app.ad.login.success"),
    "user.authentication.auth_via_LDAP_agent": Kind("Authenticate user with LDAP agent", None),
    "user.authentication.auth_via_radius": Kind("Authentication of user via RADIUS", None),
    "user.account.lock.limit": Kind("User account lock limit reached", None, "WARN"),
    "app.ad.api.user_import.account_locked": Kind("Active Directory account is locked", None),
    "system.agent.ad.unlock_user_account": Kind("Unlock Active Directory user account", None),
    "policy.evaluate_sign_on": Kind("Evaluation of sign-on policy", None),
    "security.threat.detected": Kind("Request from suspicious actor", None, "WARN"),
    "user.mfa.factor.activate": Kind(
        "Activate factor or authenticator enrollment method for user", "core.user.factor.activate"
    ),
    "user.mfa.factor.deactivate": Kind("Reset factor for user", "core.user.factor.reset"),
    "user.mfa.factor.reset_all": Kind("Reset all factors for user", "core.user.factor.reset_all"),
    "user.lifecycle.create": Kind("Create Okta user", "core.user.config.user_creation.success"),
    "user.lifecycle.delete.initiated": Kind("Delete Okta user initiated", None),
    "user.lifecycle.delete.completed": Kind("Delete Okta user completed", None),
    "user.account.update_profile": Kind("Update user profile for Okta", None),
    "user.lifecycle.activate": Kind("Activate Okta user", "core.user.config.user_activated.success"),
    "user.lifecycle.deactivate": Kind("Deactivate Okta user", "core.user.config.user_deactivated.success"),
    "user.lifecycle.reactivate": Kind("Reactivate Okta user", None),
    "user.lifecycle.suspend": Kind("Suspend Okta user", "core.user.config.user_status.suspended"),
    "user.lifecycle.unsuspend": Kind("Unsuspend Okta user", "core.user.config.user_status.unsuspended"),
    "user.account.privilege.grant": Kind("Grant user privilege", "core.user.admin_privilege.granted"),
    "user.account.privilege.revoke": Kind("Revoke user privilege", "core.user.admin_privilege.revoked"),
    "group.privilege.grant": Kind("Grant group privilege", None),
    "group.privilege.revoke": Kind("Revoke group privilege", None),
    "app.oauth2.client.privilege.grant": Kind("Grant privilege to OAuth client", None),
    "app.oauth2.client.privilege.revoke": Kind("Revoke privilege of OAuth client", None),
    "iam.role.create": Kind("Create custom admin role", None),
    "iam.role.update": Kind("Update custom admin role", None),
    "iam.role.delete": Kind("Delete custom admin role", None),
    "iam.role.permissions.add": Kind("Add permissions to custom admin role", None),
    "iam.role.permissions.delete": Kind("Delete permissions from custom admin role", None),
    "iam.resourceset.create": Kind("Create resource set", None),
    "iam.resourceset.update": Kind("Update resource set", None),
    "iam.resourceset.delete": Kind("Delete resource set", None),
    "iam.resourceset.resources.add": Kind("Add resources to resource set", None),
    "iam.resourceset.resources.delete": Kind("Delete resources from resource set", None),
    "iam.resourceset.bindings.add": Kind("Add admin assignment with resource set", None),
    "iam.resourceset.bindings.delete": Kind("Delete admin assignment with resource set", None),
    "group.user_membership.add": Kind("Add user to group membership", "core.user_group_member.user_add"),
    "group.user_membership.remove": Kind("Remove user from group membership", "core.user_group_member.user_remove"),
    "group.user_membership.rule.add_exclusion": Kind("Add user to exclusion list of group rule", None),
    "application.user_membership.add": Kind(
        "Add user to application membership", "app.generic.provision.assign_user_to_app"
    ),
    "application.user_membership.remove": Kind(
        "Remove user's application membership", "app.generic.provision.deactivate_user_from_app"
    ),
    "application.user_membership.update": Kind("Update user application property", None),
    "application.user_membership.change_username": Kind("Change user's application username", None),
    "application.user_membership.change_password": Kind("Change user's application password", None),
    "application.user_membership.provision": Kind("Provision user to application", None),
    "application.user_membership.deprovision": Kind("Deprovision user from application", None),
    "application.provision.user.push": Kind("Push new user to external application", None),
    "application.provision.user.deactivate": Kind("Deactivate user in external application", None),
    "application.lifecycle.create": Kind("Create application", None),
    "application.lifecycle.update": Kind("Update application", None),
    "application.lifecycle.activate": Kind("Activate application", None),
    "application.lifecycle.deactivate": Kind("Deactivate application", None),
    "application.lifecycle.delete": Kind("Delete application", None),
    "group.application_assignment.add": Kind("Add assigned application to group", None),
    "group.application_assignment.update": Kind("Update assigned application in group", None),
    "group.application_assignment.remove": Kind("Remove assigned application from group", None),
    "group.lifecycle.create": Kind("Create Okta group", None),
    "group.lifecycle.delete": Kind("Delete Okta group", None),
    "group.profile.update": Kind("Okta group profile updated", None),
    "group.user_membership.rule.trigger": Kind("Trigger group rule", None),
    "group.user_membership.rule.deactivated": Kind("Deactivate group rule", None),
    "group.user_membership.rule.invalidate": Kind("Invalidate group rule", None),
    "policy.lifecycle.create": Kind("Create policy", None),
    "policy.lifecycle.update": Kind("Update policy", None),
    "policy.lifecycle.activate": Kind("Activate policy", None),
    "policy.lifecycle.deactivate": Kind("Deactivate policy", None),
    "policy.lifecycle.delete": Kind("Delete policy", None),
    "policy.rule.activate": Kind("Activate policy rule", None),
    "policy.rule.deactivate": Kind("Deactivate policy rule", None),
    "policy.rule.add": Kind("Add policy rule", None),
    "policy.rule.update": Kind("Update policy rule", None),
    "policy.rule.delete": Kind("Delete policy rule", None),
    "system.api_token.request_outside_allowed_range": Kind(
        "Request with an API token from outside its network zone", "api.token.outside"
    ),
    "system.api_token.revoke": Kind("Revoke API token", "api.token.revoke"),
    "system.api_token.update": Kind("Update API token", None),
    "system.api_token.create": Kind("Create API token", "api.token.create"),
    "system.sms.send_factor_verify_message": Kind("Send factor verification SMS message", None),
    "system.push.send_factor_verify_push": Kind("Send push factor verification message", None),
    "system.email.password_reset.sent_message": Kind("Send self-service password reset email", None),
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
class Entry:
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


def show(entry: Entry) -> Json:
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
