"""What the events of a type share: the message, the old name, how severe one is.

Each is compared with a real event of its type in ``tests/demo/test_log_patterns.py``, or listed there as one of which
no real event is known, with what else speaks for it.
"""

from __future__ import annotations

from typing import NamedTuple


class EventKind(NamedTuple):
    """What every event of a type shares.

    Attributes:
        message: The displayMessage.
        legacy: The legacyEventType, None for an event that the old Events API did not have.
        severity: DEBUG, INFO, WARN or ERROR.
        failed: The legacyEventType and the severity of an event whose outcome is FAILURE, where they differ.
        judged: Whether debugData says if the request was suspected of being a threat: that of sign-ins does.
    """

    message: str
    legacy: str | None
    severity: str = "INFO"
    failed: tuple[str | None, str] | None = None
    judged: bool = False


KINDS: dict[str, EventKind] = {
    "user.session.start": EventKind(
        "User login to Okta",
        "core.user_auth.login_success",
        failed=("core.user_auth.login_failed", "WARN"),
        judged=True,
    ),
    "user.session.end": EventKind("User logout from Okta", "core.user_auth.logout_success", judged=True),
    "user.session.access_admin_app": EventKind(
        "User accessing Okta admin app", "app.admin.sso.login.success", judged=True
    ),
    "user.session.clear": EventKind("Clear user session", "core.user_auth.session_clear"),
    "user.account.lock": EventKind(
        "Max sign in attempts exceeded", "core.user_auth.account_locked", "DEBUG", judged=True
    ),
    "user.account.unlock": EventKind("Auto-unlock user account for Okta", "core.user.config.user_status.unlock"),
    "user.account.unlock_by_admin": EventKind(
        "User account unlock by admin", "core.user.config.user_status.unlock_by_admin"
    ),
    "user.account.reset_password": EventKind(
        "Fired when the user's Okta password is reset", "core.user.config.user_status.password_reset"
    ),
    "user.account.update_password": EventKind(
        "User update password for Okta",
        "core.user.config.password_update.success",
        failed=("core.user.config.password_update.failure", "ERROR"),
    ),
    "user.account.expire_password": EventKind("Fired when the user's Okta password is expired", None),
    "user.authentication.auth_via_mfa": EventKind(
        "Authentication of user via MFA",
        "core.user.factor.attempt_success",
        failed=("core.user.factor.attempt_fail", "INFO"),
        judged=True,
    ),
    "user.authentication.verify": EventKind("Verify user identity", None, judged=True),
    "user.authentication.sso": EventKind("User single sign on to app", "app.auth.sso", judged=True),
    "user.authentication.auth_via_AD_agent": EventKind(
        "Authenticate user with AD agent", "app.ad.agent.user_auth", failed=("app.ad.agent.user_auth.error", "WARN")
    ),
    "user.authentication.auth_via_LDAP_agent": EventKind(
        "Authenticate user via LDAP agent", None, failed=(None, "WARN")
    ),
    "user.authentication.auth_via_radius": EventKind("Authentication of user via Radius", None),
    "user.authentication.auth_via_richclient": EventKind("Authentication of a user via Rich Client", None),
    "user.mfa.okta_verify.deny_push": EventKind("User rejected Okta push verify", None),
    "system.operation.rate_limit.violation": EventKind("Operation rate limit violation", None, "WARN", judged=True),
    "app.generic.unauth_app_access_attempt": EventKind(
        "User attempted unauthorized access to app", "app.generic.unauth_app_access_attempt", "WARN", judged=True
    ),
    "user.account.report_suspicious_activity_by_enduser": EventKind(
        "User report suspicious activity", "core.user.account.report_suspicious_activity_by_enduser", "WARN"
    ),
    "user.account.lock.limit": EventKind(
        "User account reached lockout limit and will not be automatically unlocked", None, "WARN", judged=True
    ),
    "app.ad.api.user_import.account_locked": EventKind(
        "Active Directory user account set to locked following profile update: user is locked in active directory", None
    ),
    "system.agent.ad.unlock_user_account": EventKind("Perform unlock user account by AD agent", None),
    "policy.evaluate_sign_on": EventKind("Evaluation of sign-on policy", None, judged=True),
    "security.threat.detected": EventKind("Request from suspicious actor", "security.threat.detected", "WARN"),
    "device.enrollment.create": EventKind("Enroll new device", None),
    "device.lifecycle.suspend": EventKind("Suspend device", None),
    "device.lifecycle.unsuspend": EventKind("Unsuspend device", None),
    "device.lifecycle.deactivate": EventKind("Deactivate device", None),
    "device.lifecycle.activate": EventKind("Activate device", None),
    "device.lifecycle.delete": EventKind("Delete device", None),
    "user.authentication.auth_via_IDP": EventKind("Authenticate user via IDP", "core.user_auth.idp.saml.login_success"),
    "user.mfa.factor.activate": EventKind("Activate factor for user", "core.user.factor.activate"),
    "user.mfa.factor.deactivate": EventKind("Reset factor for user", "core.user.factor.reset"),
    "user.mfa.factor.reset_all": EventKind("Reset all factors for user", "core.user.factor.reset_all"),
    "user.lifecycle.create": EventKind(
        "Create okta user",
        "core.user.config.user_creation.success",
        failed=("core.user.config.user_creation.failure", "ERROR"),
    ),
    "user.lifecycle.delete.initiated": EventKind(
        "Delete Okta user initiated.", "core.user.config.user_status.delete.initiated"
    ),
    "user.lifecycle.delete.completed": EventKind("Delete Okta user completed", None),
    "user.account.update_profile": EventKind("Update user profile for Okta", None),
    "user.lifecycle.activate": EventKind("Activate Okta user", "core.user.config.user_activated.success"),
    "user.lifecycle.deactivate": EventKind("Deactivate Okta user", "core.user.config.user_deactivated.success"),
    "user.lifecycle.reactivate": EventKind("Reactivate Okta user", None),
    "user.lifecycle.suspend": EventKind("Suspend Okta user", "core.user.config.user_status.suspended"),
    "user.lifecycle.unsuspend": EventKind("Unsuspend Okta user", "core.user.config.user_status.unsuspended"),
    "user.account.privilege.grant": EventKind("Grant user privilege", "core.user.admin_privilege.granted"),
    "user.account.privilege.revoke": EventKind("Revoke user privilege", "core.user.admin_privilege.revoked"),
    "group.privilege.grant": EventKind("Group's admin privilege granted", None),
    "group.privilege.revoke": EventKind("Group's admin privilege revoked", None),
    "app.oauth2.client.privilege.grant": EventKind("An OAuth 2.0 client app's admin privileges changed", None),
    "app.oauth2.client.privilege.revoke": EventKind("All privileges for OAuth 2.0 client app were revoked", None),
    "iam.role.create": EventKind("Custom admin role is created", None),
    "iam.role.update": EventKind("Custom admin role update", None),
    "iam.role.delete": EventKind("Custom admin role is deleted", None),
    "iam.role.permissions.add": EventKind("Permissions are added to a custom admin role", None),
    "iam.role.permissions.delete": EventKind("Permissions are deleted from a custom admin role", None),
    "iam.resourceset.create": EventKind("Resource set is created", None),
    "iam.resourceset.update": EventKind("Resource set update", None),
    "iam.resourceset.delete": EventKind("Resource set is deleted", None),
    "iam.resourceset.resources.add": EventKind("Resources are added to a resource set", None),
    "iam.resourceset.resources.delete": EventKind("Resources are deleted from a resource set", None),
    "iam.resourceset.bindings.add": EventKind("Admin role assignment is created", None),
    "iam.resourceset.bindings.delete": EventKind("Admin assignment is deleted", None),
    "group.user_membership.add": EventKind("Add user to group membership", "core.user_group_member.user_add"),
    "group.user_membership.remove": EventKind(
        "Remove user from group membership", "core.user_group_member.user_remove"
    ),
    "group.user_membership.rule.add_exclusion": EventKind("Add user to group membership exclusion rule", None),
    "application.user_membership.add": EventKind(
        "Add user to application membership", "app.generic.provision.assign_user_to_app"
    ),
    "application.user_membership.remove": EventKind(
        "Remove user's application membership", "app.generic.provision.deactivate_user_from_app"
    ),
    "application.user_membership.update": EventKind("Updated user application property", None),
    "application.user_membership.change_username": EventKind("Change user's application username", None),
    "application.user_membership.change_password": EventKind("Change application password for user", None),
    "application.user_membership.provision": EventKind(
        "User provisioned to application (was previously approved)", None
    ),
    "application.user_membership.deprovision": EventKind(
        "User deprovisioned from application (was previously revoked)", None
    ),
    "application.provision.user.push": EventKind("Push new user to external application", None),
    "application.provision.user.deactivate": EventKind("Push user deactivation to external application", None),
    "application.lifecycle.create": EventKind("Create application", None),
    "application.lifecycle.update": EventKind("Update application", "app.generic.config.app_updated"),
    "application.lifecycle.activate": EventKind("Activate application", None),
    "application.lifecycle.deactivate": EventKind("Deactivate application", None),
    "application.lifecycle.delete": EventKind("Delete application", None),
    "group.application_assignment.add": EventKind("Add assigned application to group", None),
    "group.application_assignment.update": EventKind("Update assigned application in group", None),
    "group.application_assignment.remove": EventKind("Remove assigned application from group", None),
    "group.lifecycle.create": EventKind("Create okta group", "group.lifecycle.create"),
    "group.lifecycle.delete": EventKind("Delete okta group", "group.lifecycle.delete"),
    "group.profile.update": EventKind("Okta group profile updated", None),
    "group.user_membership.rule.trigger": EventKind("Trigger group membership rule", None),
    "group.user_membership.rule.deactivated": EventKind("Deactivate group rule", None),
    "group.user_membership.rule.invalidate": EventKind("Invalidate group membership rule", None),
    "policy.lifecycle.create": EventKind("Create policy", "policy.created"),
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
        "Request with API tokens made from outside the allowed network zone", None
    ),
    "system.api_token.revoke": EventKind("Revoke API token", "api.token.revoke"),
    "system.api_token.update": EventKind("An API token has been updated", None),
    "system.api_token.create": EventKind("Create API token", "api.token.create"),
    "system.agent.ldap.disconnect": EventKind("Disconnect LDAP agent from Okta", None, "WARN"),
    "system.email.new_device_notification.sent_message": EventKind(
        "Send user new device notification email", "core.user.email.message_sent.new_device_notification"
    ),
    "system.sms.send_factor_verify_message": EventKind("Send second factor auth SMS", None),
    "system.push.send_factor_verify_push": EventKind("A push was sent to a user for verification", None),
}
