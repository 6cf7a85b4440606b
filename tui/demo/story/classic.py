"""Sign-ins as Classic writes them: a session at once, the policy's word beside it, the factor in another request.

Recorded, three times: ``user.session.start``, then ``policy.evaluate_sign_on`` 44 to 60 ms later in the same request;
the factor 13 to 37 seconds later in another request and another session, tied to the first by ``authnRequestId`` alone.
No event has a rootSessionId, none a target that names what was used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.factors.kits import PHONE
from tui.demo.log.events import Manner, Party
from tui.demo.story.engine import GOOD, Engine, behaviors, risk
from tui.demo.story.methods import PUSH, by_factor, where
from tui.demo.story.sources import BROWSERS
from tui.demo.story.visits import by_agent, made, visit

if TYPE_CHECKING:
    from tui.demo.log.events import Source
    from tui.demo.people.person import Person
    from tui.demo.story.engine import Tried
    from tui.demo.story.methods import Method
    from tui.demo.story.visits import Visit

_AUTHN = "/api/v1/authn"
_POLICY = Party("00p000000000000SIGNON", "PolicyEntity", "unknown", "Default Policy", {"policyType": "OktaSignOn"})
_RULE = Party("0pr000000000000SIGNON", "PolicyRule", _POLICY.id, "Default Rule")


_NO_SESSION = Manner("unknown", "")


def _session(request_id: str) -> str:
    """Return the session of a later step, which is another than that of the password."""
    return f"102{request_id[4:26]}"


class Classic(Engine):
    """Classic."""

    page = _AUTHN

    def begin(self, person: Person, source: Source, at: float) -> Visit:
        """Begin a visit."""
        return visit(self.journal, self.ids, person, source, at, session="102", root=False)

    def _later(self, one: Visit, request_id: str) -> Manner:
        return one.manner()._replace(session=_session(request_id))

    def _wrong_on_page(self, one: Visit, at: float, reason: str) -> str:
        self._ask_directory(one, at - 0.08, one.first, reason)
        one.write(
            "user.session.start",
            at,
            request_id=one.first,
            uri=_AUTHN,
            result="FAILURE",
            reason=reason,
            debug=one.marks(),
            manner=_NO_SESSION,
        )
        return one.first

    def right_password(self, person: Person, source: Source, at: float) -> Visit:
        """Write the session that a right password begins, and the policy that allows it."""
        one = self._session(person, source, at)
        self._judge(one, at + 0.044 + int(one.first[:2], 16) % 17 / 1000, "ALLOW")
        return one

    def _session(self, person: Person, source: Source, at: float) -> Visit:
        one = self.begin(person, source, at)
        if person.provider in {"ACTIVE_DIRECTORY", "LDAP"}:
            by_agent(one, at - 0.08, one.first, None)
        one.write("user.session.start", at, request_id=one.first, uri=_AUTHN, debug=one.marks())
        return one

    def _judge(self, one: Visit, at: float, verdict: str) -> None:
        one.write(
            "policy.evaluate_sign_on",
            at,
            (_POLICY, _RULE),
            request_id=one.first,
            uri=_AUTHN,
            result=verdict,
            reason=f"Sign-on policy evaluation resulted in {verdict}",
            debug=one.marks(),
        )

    def answer(self, one: Visit, method: Method, at: float, tried: Tried = GOOD) -> str:
        """Write a second factor: another request in another session."""
        request_id = one.request()
        factor = made(self.ids, method.kind, one.person.index)
        uri = f"{_AUTHN}/factors/{factor}/verify"
        if method is PUSH:
            one.write(
                "system.push.send_factor_verify_push",
                at - 9,
                (one.someone,),
                request_id=one.request(),
                uri=uri,
                manner=_NO_SESSION,
            )
            uri = self._transaction(one)
        self._write_tried(one, method, at, tried, request=(request_id, uri))
        return request_id

    def _write_tried(self, one: Visit, method: Method, at: float, tried: Tried, *, request: tuple[str, str]) -> None:
        request_id, uri = request
        said = {"factor": method.factor, "authnRequestId": one.first}
        if method is PUSH:
            said |= {"behaviors": behaviors(one.person), "risk": risk(one.person)}
        one.write(
            "user.authentication.auth_via_mfa",
            at,
            (one.someone,),
            request_id=request_id,
            uri=uri,
            result=tried.result,
            reason=tried.reason,
            debug=said | (tried.debug or {}),
            source=where(method, one.source),
            manner=by_factor(one, method.credential)._replace(session=_session(request_id)),
        )

    def answer_alone(self, person: Person, at: float, tried: Tried) -> None:
        """Write what a phone answered to a push outside a sign-in: a refusal is an event of its own."""
        one = self.begin(person, PHONE, at)
        if (tried.debug or {}).get("pushOnlyResponseType") == "OV_RESPONSE_DENY":
            self.deny_push(one, at)
        else:
            self._write_tried(one, PUSH, at, tried, request=(one.request(), self._transaction(one)))

    def _transaction(self, one: Visit) -> str:
        return f"{_AUTHN}/factors/{made(self.ids, PUSH.kind, one.person.index)}/transactions/ft{one.first[:20]}/verify"

    def let_in(self, one: Visit, method: Method | None, at: float) -> None:
        """Write the end: with a second factor the person is verified; without one, the policy's word was the last."""
        if method is None:
            return
        request_id = one.request()
        one.write(
            "user.authentication.verify",
            at + 0.4,
            request_id=request_id,
            uri=f"{_AUTHN}/factors/{made(self.ids, method.kind, one.person.index)}/verify",
            debug={
                "deviceFingerprint": one.marks()["deviceFingerprint"],
                "authnRequestId": one.first,
                "behaviors": behaviors(one.person),
                "risk": risk(one.person),
            },
            manner=self._later(one, request_id),
        )

    def deny_push(self, one: Visit, at: float) -> None:
        """Write that somebody refused a push: an event of its own, whose outcome is FAILURE."""
        request_id = one.request()
        one.write(
            "user.mfa.okta_verify.deny_push",
            at,
            (one.someone,),
            request_id=request_id,
            uri=self._transaction(one),
            result="FAILURE",
            debug={"factor": PUSH.factor, "authnRequestId": one.first},
            source=where(PUSH, one.source),
            manner=by_factor(one)._replace(session=_session(request_id)),
        )

    def give_up(self, one: Visit, method: Method, at: float, *, got_in: bool = False) -> None:
        """Write that a second factor was asked for and never came: a push that was sent, and then nothing."""
        del got_in
        if method is PUSH:
            factor = made(self.ids, PUSH.kind, one.person.index)
            one.write(
                "system.push.send_factor_verify_push",
                at - 298,
                (one.someone,),
                request_id=one.request(),
                uri=f"{_AUTHN}/factors/{factor}/verify",
                manner=_NO_SESSION,
            )

    def not_assigned(self, person: Person, source: Source, at: float, app: Party) -> None:
        """Write that an app is not assigned, in a session that goes on."""
        one = self.begin(person, source, at)
        debug = one.marks() | {"authnRequestId": one.first}
        one.write(
            "app.generic.unauth_app_access_attempt",
            at,
            (app,),
            request_id=one.request(),
            uri=f"/app/{app.id}/sso/saml",
            result="FAILURE",
            debug=debug,
        )

    def refuse(self, person: Person, source: Source, at: float) -> None:
        """Write that the sign-on policy refused somebody whose password was right: no session begins."""
        one = self.begin(person, source, at)
        one.session = ""
        self._judge(one, at, "DENY")

    def _way_of_codes(self) -> Source:
        return BROWSERS[3]
