"""How an org's engine writes sign-ins into the log: what Identity Engine and Classic have in common.

Each engine writes other events for the same thing, and each leaves other gaps. The patterns are recorded events; where
nobody has published one, ``tests/demo/test_log_patterns.py`` says so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, NamedTuple

from tui.demo.log.events import SYSTEM, Party
from tui.demo.story.visits import REFUSALS, asks_directory, by_agent, by_mail, by_radius, visit

if TYPE_CHECKING:
    from tui.demo.base.ids import Ids
    from tui.demo.log.events import Manner, Source
    from tui.demo.log.journal import Journal
    from tui.demo.people.person import Person
    from tui.demo.story.methods import Method
    from tui.demo.story.visits import Visit

WRONG = "INVALID_CREDENTIALS"
NEW_DEVICES = "Account Locked from New Devices - Max sign-in attempts exceeded."
_UNKNOWN_FAILURE = {"loginResult": "VERIFICATION_ERROR"}


class Tried(NamedTuple):
    """What came of a second factor.

    Attributes:
        result: The outcome's result.
        reason: The outcome's reason, where there is one.
        debug: What debugData says of it beside the usual.
    """

    result: str
    reason: str | None = None
    debug: dict[str, str] | None = None


GOOD: Final = Tried("SUCCESS")
BAD: Final = Tried("FAILURE", WRONG)


class Engine(ABC):
    """Writes what people do at the door.

    Args:
        journal: The log.
        ids: The org's ids.

    Attributes:
        page: The path of the sign-in page's password.
    """

    page: str

    def __init__(self, journal: Journal, ids: Ids) -> None:
        self.journal = journal
        self.ids = ids

    @abstractmethod
    def begin(self, person: Person, source: Source, at: float) -> Visit:
        """Begin a visit that has a session."""

    @abstractmethod
    def right_password(self, person: Person, source: Source, at: float) -> Visit:
        """Write that somebody's password was right, and nothing more yet; returns the visit, which may go on."""

    @abstractmethod
    def answer(self, one: Visit, method: Method, at: float, tried: Tried = GOOD) -> str:
        """Write what came of a second factor; returns the id of the request."""

    @abstractmethod
    def let_in(self, one: Visit, method: Method | None, at: float) -> None:
        """Write the end of a sign-in that went well, with or without a second factor."""

    @abstractmethod
    def deny_push(self, one: Visit, at: float) -> None:
        """Write that somebody refused a push notification that they did not ask for."""

    @abstractmethod
    def give_up(self, one: Visit, method: Method, at: float, *, got_in: bool = False) -> None:
        """Write that a second factor was asked for and never came.

        Args:
            one: The visit, whose password was right.
            method: What was asked for.
            at: When Okta gave up waiting.
            got_in: Whether they got in by another method: then it is only unanswered, else the sign-in is abandoned.
        """

    @abstractmethod
    def answer_alone(self, person: Person, at: float, tried: Tried) -> None:
        """Write what a phone answered to a push of the Management API: nobody is signing in."""

    @abstractmethod
    def not_assigned(self, person: Person, source: Source, at: float, app: Party) -> None:
        """Write that somebody who is signed in asked for an app that is not assigned to them."""

    @abstractmethod
    def refuse(self, person: Person, source: Source, at: float) -> None:
        """Write that a policy refused somebody whose password was right."""

    @abstractmethod
    def _wrong_on_page(self, one: Visit, at: float, reason: str) -> str:
        """Write that Okta's own page refused a password; returns the id of the request."""

    def sign_in(self, person: Person, source: Source, at: float, method: Method | None = None) -> Visit:
        """Write an ordinary sign-in, with a second factor or without; returns the visit, which goes on."""
        one = self.right_password(person, source, at)
        later = at
        if method is not None:
            later = at + 12.8 + int(one.first[:3], 16) % 24
            self.answer(one, method, later)
        self.let_in(one, method, later)
        return one

    def _later(self, one: Visit, request_id: str) -> Manner:
        """Return how a later request of a visit comes about."""
        del request_id
        return one.manner()

    def leave(self, one: Visit, at: float) -> None:
        """Write that the session ran out, which the path of the page tells."""
        request_id, path = one.request(), "/login/signout"
        debug = {"authnRequestId": one.first, "url": f"{path}?message=login_page_messages.session_has_expired"}
        one.write(
            "user.session.end", at, request_id=request_id, uri=path, debug=debug, manner=self._later(one, request_id)
        )

    def open_admin_console(self, one: Visit, at: float) -> None:
        """Write that an administrator opened the Admin Console."""
        request_id = one.request()
        account = one.someone._replace(type="AppUser")
        one.write(
            "user.session.access_admin_app",
            at,
            (account,),
            request_id=request_id,
            uri="/admin/sso/request",
            manner=self._later(one, request_id),
        )

    def sign_in_elsewhere(self, person: Person, source: Source, at: float) -> None:
        """Write that an identity provider vouched for somebody: Okta is the actor, and the person a target."""
        one = self.begin(person, source, at)
        request_id, provider = one.request(), Party(self.ids.make("0oi", 1), "AppInstance", "Partners", "SAML 2.0 IdP")
        vouched = one.manner()._replace(authentication=("FEDERATION", None, "ASSERTION"), interface="IDP Instance")
        one.write(
            "user.authentication.auth_via_IDP",
            at,
            (provider, one.someone),
            request_id=request_id,
            uri=f"/sso/saml2/{provider.id}",
            actor=SYSTEM,
            manner=vouched,
        )

    def fail(self, person: Person, source: Source, at: float, reason: str = WRONG) -> str:
        """Write one password that was refused, whichever way it came; returns the id of the request."""
        if source.by == "page":
            return self._wrong_on_page(self.begin(person, source, at), at, reason)
        one = self.outside(person, source, at)
        if source.by == "mail":
            by_mail(one, at, one.first, reason)
        elif source.by == "radius":
            by_radius(one, at, one.first, primary=True, reason=reason)
        self._ask_directory(one, at, one.first, reason)
        one.write("user.session.start", at + 0.003, request_id=one.first, result="FAILURE", reason=reason)
        return one.first

    def outside(self, person: Person, source: Source, at: float) -> Visit:
        """Begin a visit that does not come through Okta's page: no session of it is known."""
        return visit(self.journal, self.ids, person, source, at, session="", root=False)

    def _ask_directory(self, one: Visit, at: float, request_id: str, reason: str) -> None:
        """Write what the directory's agent said first, where a directory knows the password."""
        if asks_directory(one.person) and reason == WRONG:
            by_agent(one, at, request_id, WRONG, "1326")

    def directory(self, person: Person, source: Source, at: float, code: str) -> None:
        """Write that a directory refused somebody, by Windows' code: only the right password gets another than 1326."""
        if code == "1326":
            self.fail(person, source, at)
            return
        one = self.begin(person, source, at)
        by_agent(one, at, one.first, REFUSALS[code], code)

    def no_agent(self, person: Person, source: Source, at: float, result: str) -> None:
        """Write that no agent of the directory answered: ``DEL_AUTH_TIMEOUT`` or ``DEL_AUTH_NO_CONNECTED_AGENTS``."""
        one = self.begin(person, source, at)
        by_agent(one, at, one.first, result)

    def unknown_name(self, name: str, source: Source, at: float, somebody: Person) -> None:
        """Write that a name was typed that nobody has: the actor is unknown, whoever was meant.

        Args:
            name: What was typed.
            source: Where.
            at: When.
            somebody: Anybody, for the ids of the visit.
        """
        one = self.outside(somebody, source, at)
        one.write(
            "user.session.start",
            at,
            request_id=one.first,
            uri="/api/v1/authn",
            result="FAILURE",
            reason="VERIFICATION_ERROR",
            debug=_UNKNOWN_FAILURE | one.marks(),
            actor=Party("unknown", "User", name, "unknown"),
        )

    def lock(
        self,
        person: Person,
        source: Source,
        at: float,
        *,
        request_id: str | None = None,
        for_good: bool = False,
        new_devices: bool = False,
    ) -> None:
        """Write a lock: at a page it names the person as target too, as recorded, elsewhere as actor alone.

        Args:
            person: Who.
            source: Where the attempt that was one too many came from.
            at: When.
            request_id: The id of that attempt's request.
            for_good: Whether it was one lock too many, so that no timer unlocks them; its outcome is SUCCESS.
            new_devices: Whether the lock is for unknown devices only, which the message alone tells.
        """
        on_page = source.by == "page" and self.page.startswith("/idp")
        one = self.begin(person, source, at) if on_page else self.outside(person, source, at)
        debug = one.marks()
        if on_page and not new_devices:
            debug = debug | {"authnRequestId": one.first, "behaviors": behaviors(person), "risk": risk(person)}
        kind = "user.account.lock.limit" if for_good else "user.account.lock"
        one.write(
            kind,
            at,
            (one.someone,) if on_page and not new_devices else (),
            request_id=request_id or one.request(),
            uri=self._lock_uri(source, new_devices=new_devices),
            result="SUCCESS" if for_good else "FAILURE",
            reason=None if for_good else "LOCKED_OUT",
            debug=debug,
            manner=one.manner()._replace(message=NEW_DEVICES if new_devices else None),
        )

    def _lock_uri(self, source: Source, *, new_devices: bool) -> str:
        if source.by != "page":
            return source.uri
        return "/idp/idx/identify" if new_devices and self.page.startswith("/idp") else self.page

    def radius_factor(self, person: Person, source: Source, at: float, factor: str) -> None:
        """Write that a RADIUS agent was given the right password and then a wrong second factor."""
        one = self.outside(person, source, at)
        by_radius(one, at, one.first, primary=True, result="SUCCESS")
        by_radius(one, at + 9, one.request(), primary=False, factor=factor, reason=WRONG)

    @abstractmethod
    def _way_of_codes(self) -> Source:
        """Return where somebody whom wrong codes lock tries them: on the page of Identity Engine they lock nobody."""

    def lock_by_factor(self, person: Person, at: float, method: Method) -> None:
        """Write five wrong second factors within five minutes, after a right password, and the lock that they bring."""
        source = self._way_of_codes()
        one = self.right_password(person, source, at - 215)
        for seconds in (190, 131, 104, 62):
            self.answer(one, method, at - seconds, BAD)
        last = self.answer(one, method, at, BAD)
        self.lock(person, source, at + 0.006, request_id=last)


_BEHAVIORS = ("New Geo-Location", "New Device", "New IP", "New State", "New Country", "Velocity", "New City")


def behaviors(person: Person, *, new: bool = False) -> str:
    """Return what Okta noticed about a request, as debugData spells it."""
    odd = person.salt % 4 == 0 or new
    found = (f"{name}={'POSITIVE' if odd and name == 'New Device' else 'NEGATIVE'}" for name in _BEHAVIORS)
    return f"{{{', '.join(found)}}}"


def risk(person: Person) -> str:
    """Return how risky Okta thought a request, as debugData spells it: reasons only beside a level above the lowest."""
    return "{reasons=Anomalous Device, level=MEDIUM}" if person.salt % 4 == 0 else "{level=LOW}"
