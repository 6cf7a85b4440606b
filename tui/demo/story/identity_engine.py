"""Sign-ins as Identity Engine writes them: every method is a factor, the password too, and one session ties the events.

Recorded: a wrong password (two events, 3 ms apart, one request), a right one, a push that failed, FastPass and what
followed, the policy's last word, a single sign-on, a lock. Okta's catalogue of event types: ``auth_via_mfa`` is for
the first and the second factor. Okta's help: "Track MFA abandonment".
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tui.demo.base.times import iso
from tui.demo.factors.kits import PHONE
from tui.demo.log.events import SYSTEM, Party
from tui.demo.story.engine import BAD, GOOD, WRONG, Engine, Tried, behaviors, risk
from tui.demo.story.methods import EMAIL, FASTPASS, PASSWORD, PUSH, by_factor, enrolment, where
from tui.demo.story.sources import VPN
from tui.demo.story.visits import DASHBOARD, by_agent, instance, made, visit

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.base.json import Json
    from tui.demo.log.events import Source
    from tui.demo.log.journal import Journal
    from tui.demo.people.person import Person
    from tui.demo.story.methods import Method
    from tui.demo.story.visits import Visit

_IDENTIFY, _ANSWER, _POLL = "/idp/idx/identify", "/idp/idx/challenge/answer", "/idp/idx/authenticators/poll"
_WIDGET = "okta-auth-js/7.14.0 okta-signin-widget-7.39.3"
_RULES = {"1FA": "One factor", "2FA": "Two factors"}
_ALLOWED = "Sign-on policy evaluation resulted in "
_SESSION_RULE = Party(
    "rul0000000000SESSION", "Rule", "Global Session Policy", "Default Rule", {"policyName": "Default Policy"}
)
_ENROLMENT_RULE = Party(
    "rul000000000ENROLMENT", "Rule", "Authenticator Enrollment Policy", "Default Rule", {"policyName": "Default Policy"}
)


def _rule(mode: str) -> Party:
    return Party(
        f"rul00000000000000{mode}",
        "Rule",
        "Authentication policy",
        _RULES[mode],
        {
            "policyId": "rst00000000000000APPS",
            "policyName": "Any two factors" if mode == "2FA" else "Password only",
            "policyRuleFactorMode": mode,
            "policyRulePriority": "1" if mode == "2FA" else "2",
        },
    )


def _path(one: Visit) -> str:
    return _ANSWER if one.source.by == "page" else one.source.uri


class IdentityEngine(Engine):
    """Identity Engine."""

    page = _ANSWER

    def __init__(self, journal: Journal, ids: Ids) -> None:
        super().__init__(journal, ids)
        self._dashboard = instance(ids, DASHBOARD)

    def begin(self, person: Person, source: Source, at: float) -> Visit:
        """Begin a visit; of those with a managed computer the log shows the device."""
        one = visit(self.journal, self.ids, person, source, at, session="idx", root=True)
        if person.salt % 3 == 0:
            one.device = self._device(person)
        return one

    def _device(self, person: Person) -> Json:
        mac = person.salt % 2 == 0
        return {
            "id": made(self.ids, "guo", person.index),
            "name": f"{person.first or person.login}'s computer",
            "platform": "OSX" if mac else "WINDOWS",
            "osVersion": "26.2.0" if mac else "10.0.26100.1",
            "managed": True,
            "registered": True,
            "deviceIntegrator": None,
            "diskEncryptionType": "ALL_INTERNAL_VOLUMES",
            "screenLockType": "BIOMETRIC",
            "jailbreak": None,
            "secureHardwarePresent": True,
        }

    def _step(self, one: Visit, *, factor: Method | None = None) -> dict[str, str]:
        """Return the debugData of a step of the page."""
        debug = one.marks() | {"authnRequestId": one.first}
        if factor is not None:
            debug |= {"factor": factor.factor, "factorIntent": "AUTHENTICATION"}
        return debug

    def _wrong_on_page(self, one: Visit, at: float, reason: str) -> str:
        # With the name and the password on one page the failure is the first request, which names no earlier one.
        together = one.person.salt % 2 == 0
        request_id, uri = (one.first, _IDENTIFY) if together else (one.request(), _ANSWER)
        debug = self._step(one, factor=PASSWORD)
        if together:
            del debug["authnRequestId"]
        password = enrolment(self.ids, one.person, PASSWORD, done=False)
        self._ask_directory(one, at - 0.08, request_id, reason)
        if reason == WRONG:
            one.write(
                "user.authentication.auth_via_mfa",
                at,
                (one.someone, password),
                request_id=request_id,
                uri=uri,
                result="FAILURE",
                reason=reason,
                debug=debug,
                manner=by_factor(one),
            )
        one.write(
            "user.session.start",
            at + 0.003,
            (password._replace(detail=None), self._dashboard),
            request_id=request_id,
            uri=uri,
            result="FAILURE",
            reason=reason,
            debug={name: value for name, value in debug.items() if not name.startswith("factor")},
        )
        return request_id

    def right_password(self, person: Person, source: Source, at: float) -> Visit:
        """Write the first factor and the session that begins with it."""
        return self.first_factor(person, source, at, PASSWORD)

    def first_factor(self, person: Person, source: Source, at: float, method: Method) -> Visit:
        """Write a first factor that was good: two events of one request; without a password, FastPass can be it."""
        one = self.begin(person, source, at)
        request_id = one.request()
        proof = enrolment(self.ids, person, method, done=True)
        if person.provider in {"ACTIVE_DIRECTORY", "LDAP"} and method is PASSWORD:
            by_agent(one, at - 0.08, request_id, None)
        one.write(
            "user.authentication.auth_via_mfa",
            at,
            (one.someone, proof),
            request_id=request_id,
            uri=_path(one),
            debug=self._step(one, factor=method),
            manner=by_factor(one),
            source=where(method, source),
        )
        one.write(
            "user.session.start",
            at + 0.004,
            (proof._replace(detail=None), self._dashboard),
            request_id=request_id,
            uri=_path(one),
            debug=self._step(one) | {"oktaUserAgentExtended": _WIDGET, "origin": "https://acme.example"},
        )
        return one

    def answer(self, one: Visit, method: Method, at: float, tried: Tried = GOOD) -> str:
        """Write a second factor: the policy that asks for it, the push that is sent, and what came of it."""
        self._judge(one, at - 10, "CHALLENGE", "2FA")
        if method is PUSH:
            one.write(
                "system.push.send_factor_verify_push", at - 9, (one.someone,), request_id=one.request(), uri=_ANSWER
            )
        return self._write_tried(one, method, at, tried)

    def _write_tried(self, one: Visit, method: Method, at: float, tried: Tried) -> str:
        request_id, uri, answered = one.request(), _ANSWER, tried.result in {GOOD.result, BAD.result}
        factor = f"/api/v1/authn/factors/{made(self.ids, method.kind, one.person.index)}"
        if method is PUSH:
            uri = f"{factor}/transactions/ft{one.first[:20]}/verify"
        elif one.source.by != "page":
            uri = f"{factor}/verify"
        elif method is FASTPASS:
            uri = f"/idp/authenticators/{made(self.ids, 'aut', 2)}/transactions/ft{one.first[:20]}/verify"
        one.write(
            "user.authentication.auth_via_mfa",
            at,
            (one.someone, enrolment(self.ids, one.person, method, done=tried.result == GOOD.result)),
            request_id=request_id,
            uri=uri,
            result=tried.result,
            reason=tried.reason,
            debug=self._step(one, factor=method) | (tried.debug or {}),
            source=where(method, one.source) if answered else None,
            # What the old Events API called the two other results is not known.
            manner=by_factor(one) if answered else by_factor(one)._replace(legacy=""),
        )
        return request_id

    def answer_alone(self, person: Person, at: float, tried: Tried) -> None:
        """Write what a phone answered to a push outside a sign-in."""
        self._write_tried(self.begin(person, PHONE, at), PUSH, at, tried)

    def give_up(self, one: Visit, method: Method, at: float, *, got_in: bool = False) -> None:
        """Write that a second factor never came: a result of its own. Okta: "Track MFA abandonment"."""
        self._judge(one, at - 300, "CHALLENGE", "2FA")
        if method is PUSH:
            one.write(
                "system.push.send_factor_verify_push", at - 298, (one.someone,), request_id=one.request(), uri=_ANSWER
            )
        self._write_tried(one, method, at, Tried("UNANSWERED" if got_in else "ABANDONED"))

    def not_assigned(self, person: Person, source: Source, at: float, app: Party) -> None:
        """Write that an app is not assigned: no reason is given, the event itself is the reason."""
        one = self.begin(person, source, at)
        one.write(
            "app.generic.unauth_app_access_attempt",
            at,
            (app,),
            request_id=one.request(),
            uri=_IDENTIFY,
            result="FAILURE",
            debug=self._step(one),
        )

    def deny_push(self, one: Visit, at: float) -> None:
        """Write that somebody refused a push: on this engine an ordinary failure, which one word of debugData tells."""
        self.answer(one, PUSH, at, BAD._replace(debug={"pushOnlyResponseType": "OV_RESPONSE_DENY"}))

    def wrong_number(self, one: Visit, at: float) -> None:
        """Write that somebody tapped another number than the page showed."""
        said = {
            "pushOnlyResponseType": "OV_RESPONSE_APPROVE",
            "pushWithNumberChallengeResponseType": "OV_WITH_CHALLENGE_RESPONSE_INVALID",
        }
        self.answer(one, PUSH, at, BAD._replace(debug=said))

    def stop_phishing(self, person: Person, source: Source, at: float) -> None:
        """Write that FastPass refused a site that only looked like Okta's: Okta is the actor, the person a target."""
        one = self.begin(person, source, at)
        one.write(
            "user.authentication.auth_via_mfa",
            at,
            (one.someone, enrolment(self.ids, person, FASTPASS, done=False)),
            request_id=one.first,
            uri=f"/idp/authenticators/{made(self.ids, 'aut', 2)}/transactions/ft{one.first[:20]}/verify",
            result="FAILURE",
            reason="FastPass declined phishing attempt",
            debug=self._step(one, factor=FASTPASS),
            manner=by_factor(one),
            actor=SYSTEM,
        )

    def too_many_codes(self, one: Visit, at: float, method: Method = EMAIL) -> None:
        """Write that Okta lets somebody try no more codes for a while: nobody is locked by it.

        Okta: "Rate limit System Log events", operation rate limits.
        """
        debug = {
            "operationRateLimitType": "authenticator_otp_verification",
            "operationRateLimitSubtype": method.authenticator,
            "operationRateLimitScopeType": "User",
            "operationRateLimitThreshold": "5",
            "operationRateLimitTimeSpan": "5",
            "operationRateLimitTimeUnit": "MINUTES",
            "operationRateLimitSecondsToReset": "282",
        }
        target = Party(made(self.ids, method.prefix, one.person.index), "Authenticator", None, None)
        one.write(
            "system.operation.rate_limit.violation",
            at,
            (target,),
            request_id=one.request(),
            uri=_ANSWER,
            result="DENY",
            reason=f"Too many OTP verification attempts for {method.authenticator} factor",
            debug=debug,
            source=replace(one.source, place=None),
        )

    def refuse(self, person: Person, source: Source, at: float) -> None:
        """Write that the app's policy refused somebody after the password: the target's rule says which."""
        one = self.right_password(person, source, at - 1)
        self._judge(one, at, "DENY", "2FA")

    def _judge(self, one: Visit, at: float, verdict: str, mode: str, *, method: Method | None = None) -> None:
        """Write what the policies said; with a method, of a sign-in that is done."""
        debug = self._step(one) | {
            "behaviors": behaviors(one.person),
            "risk": risk(one.person),
            "oktaUserAgentExtended": _WIDGET,
        }
        if verdict == "AUTHENTICATED":
            debug |= self._proofs(one, at, method)
        result = "ALLOW" if verdict == "AUTHENTICATED" else verdict
        evaluated: Json = {"signOnModeEvaluationResult": verdict, "signOnModeType": "OPENID_CONNECT"}
        targets = (
            self._dashboard._replace(detail=evaluated),
            _rule(mode),
            _ENROLMENT_RULE if verdict == "AUTHENTICATED" else _SESSION_RULE,
        )
        uri = _POLL if method is PUSH else _path(one)
        one.write(
            "policy.evaluate_sign_on",
            at,
            targets,
            request_id=one.request(),
            uri=uri,
            result=result,
            reason=f"{_ALLOWED}{verdict}",
            debug=debug,
            manner=one.manner()._replace(device=one.device),
        )

    def _proofs(self, one: Visit, at: float, method: Method | None) -> dict[str, str]:
        shown: dict[str, str] = {}
        for place, used in (("First", PASSWORD), ("Second", method)):
            if used is not None:
                number = 1 if used is PASSWORD else 2
                shown |= {
                    f"authMethod{place}Enrollment": made(self.ids, used.prefix, one.person.index),
                    f"authMethod{place}Type": f"{used.key}:{used.way}:{made(self.ids, 'aut', number)}",
                    f"authMethod{place}VerificationTime": iso(at - 20 * (2 - number)),
                }
        return shown

    def let_in(self, one: Visit, method: Method | None, at: float) -> None:
        """Write the end: who used a second factor is verified, then the policy's last word, then the app opens."""
        if method is not None:
            used = tuple(enrolment(self.ids, one.person, known, done=True, key=True) for known in (PASSWORD, method))
            one.write(
                "user.authentication.verify",
                at + 0.3,
                (one.someone, *used),
                request_id=one.request(),
                uri=_ANSWER,
                debug={
                    "deviceFingerprint": one.marks()["deviceFingerprint"],
                    "authnRequestId": one.first,
                    "behaviors": behaviors(one.person),
                    "risk": risk(one.person),
                },
            )
        self._judge(one, at + 0.5, "AUTHENTICATED", "1FA" if method is None else "2FA", method=method)
        self._open(one, at + 1.4)

    def _open(self, one: Visit, at: float) -> None:
        account = Party(made(self.ids, "0ua", one.person.index), "AppUser", one.person.login, one.person.display_name)
        debug = {
            "authnRequestId": one.first,
            "dtHash": one.marks()["dtHash"],
            "authTime": iso(at - 1.4),
            "initiationType": "SP_INITIATED",
            "signOnMode": "OpenID Connect",
            "behaviors": behaviors(one.person),
            "risk": risk(one.person),
        }
        one.write(
            "user.authentication.sso",
            at,
            (self._dashboard._replace(detail={"signOnModeType": "OPENID_CONNECT"}), account),
            request_id=one.request(),
            uri="/login/token/redirect",
            debug=debug,
            manner=one.manner()._replace(device=one.device),
        )

    def _way_of_codes(self) -> Source:
        # Through the API, and a VPN's program asks there, five failures lock; on the page they only rest the
        # authenticator. Okta: support, "Account lockout with failed MFA".
        return VPN[1]
