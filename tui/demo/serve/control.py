"""The control endpoint ``/__demo``: the org describes itself, takes faults, changes people behind the caller's back."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import msgspec

from tui.demo.base import client_keys, otp
from tui.demo.base.faults import KINDS, make_fault
from tui.demo.base.times import iso
from tui.demo.factors.challenges import ANSWERS
from tui.demo.http.request import Response, ok
from tui.demo.people.cast import CAST, STUCK
from tui.demo.people.person import LINKS
from tui.demo.serve import backstage
from tui.demo.story import stories
from tui.demo.story.life import lock_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.demo.admins.principals import Principal
    from tui.demo.base.json import Json
    from tui.demo.org import Org
    from tui.demo.people.person import Person


class _FaultBody(msgspec.Struct, forbid_unknown_fields=True):
    fault: str
    times: int | None = None
    match: str | None = None
    method: str | None = None
    value: float | None = None


class _StatusBody(msgspec.Struct, forbid_unknown_fields=True):
    login: str
    status: str


class _RoleBody(msgspec.Struct, forbid_unknown_fields=True):
    """A role of a principal, and for one that is given the groups and apps that limit it."""

    principal: str
    role: str | None = None
    groups: list[str] = []
    apps: list[str] = []


class _MoveBody(msgspec.Struct, forbid_unknown_fields=True):
    login: str
    to: str | None = None


class _PhoneBody(msgspec.Struct, forbid_unknown_fields=True):
    """How somebody's phone answers from now on."""

    login: str
    answers: str
    after: float | None = None


class _WorldBody(msgspec.Struct, forbid_unknown_fields=True):
    lock: str | None = None
    unlock: str | None = None
    delete: str | None = None
    block: str | None = None
    set_status: _StatusBody | None = None
    transition: _MoveBody | None = None
    take_role: _RoleBody | None = None
    give_role: _RoleBody | None = None
    phone: _PhoneBody | None = None


TOKEN_HEADER: Final = "x-demo-token"  # noqa: S105 - a header's name
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def refusal_of_control(headers: Mapping[str, str], token: str) -> Response | None:
    """Return the refusal of a request that may not use the control endpoint; `None` where it may.

    The endpoint tells every token of the org and changes its people, so it is for programs of whoever started the org:
    not for a web page in their browser, which sends an `Origin` or says whence it comes, also where its name was made
    to lead to the loopback (DNS rebinding), which the `Host` shows.

    Args:
        headers: The request's headers, by names in any case.
        token: The token that `x-demo-token` must hold.
    """
    try:
        host = urlsplit(f"//{headers.get('host', '')}").hostname
    except ValueError:
        host = None
    if host not in _LOOPBACK:
        return _refusal("the host is not this machine's loopback")
    if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
        return _refusal("a web page may not ask here")
    if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), token.encode()):
        return _refusal(f"the header {TOKEN_HEADER} must hold the control token, which `keydesk demo-org` prints")
    return None


def _refusal(why: str) -> Response:
    return Response(403, msgspec.json.encode({"error": why}))


def answer_control(org: Org, method: str, path: str, content: bytes) -> Response:
    """Answer one request to the control endpoint; a mistake is answered in plain JSON with 400 or 404."""
    org.advance()
    try:
        if method == "GET" and path in {"", "/"}:
            return ok(describe(org))
        if method == "POST" and path == "/faults":
            body = msgspec.json.decode(content, type=_FaultBody)
            org.faults.set(make_fault(body.fault, body.times, body.match, body.method, body.value))
            return ok(_faults(org))
        if method == "DELETE" and path == "/faults":
            org.faults.clear()
            return ok(_faults(org))
        if method == "GET" and path.startswith("/phones/"):
            return ok(_phone(org, _person(org, unquote(path.removeprefix("/phones/")))))
        if method == "POST" and path == "/world":
            return ok(_change(org, msgspec.json.decode(content, type=_WorldBody)))
        if method == "POST" and path == "/nonce":
            org.proofs.turn()
            return ok({"dpop-nonce": org.proofs.nonce(org.clock())})
    except (ValueError, KeyError) as error:
        return Response(400, msgspec.json.encode({"error": str(error)}))
    return Response(
        404, msgspec.json.encode({"error": f"no {method} {path or '/'} here; GET /__demo describes what is"})
    )


def describe(org: Org) -> Json:
    """Return what the org is, who may call it, what can be broken and who is in the cast."""
    statuses: dict[str, int] = dict.fromkeys(LINKS, 0)
    for person in org.people.from_index():
        statuses[person.status] += 1
    return {
        "org": {"id": org.org_id, "seed": org.seed, "pipeline": org.pipeline, "people": sum(statuses.values())},
        "statuses": statuses,
        "events": len(org.journal),
        "principals": {
            principal.name: {
                "kind": principal.kind,
                "token": principal.token,
                "owner": principal.user_key or principal.label,
                "roles": [
                    {"type": grant.role, "groups": list(grant.groups)} for grant in org.roles.of_principal(principal)
                ],
                "scopes": None if principal.scopes is None else sorted(principal.scopes),
                "state": principal.state,
            }
            for principal in org.principals
        },
        "service_apps": {app.name: _app(org, app) for app in org.principals if app.kind == "OAUTH"},
        "faults": _faults(org),
        "known_faults": {
            name: {"about": kind.about, "value": kind.value, "value_means": kind.value_means}
            for name, kind in KINDS.items()
        },
        "cast": [
            {
                "login": member.login,
                "id": person.id,
                "status": person.status,
                "provider": person.provider,
                "note": member.note,
            }
            for member in (*CAST, *STUCK)
            if not (person := org.people.named(member.name)).deleted
        ],
        "phones": dict(ANSWERS),
        "usage": {
            "POST /__demo/faults": {"fault": "429", "times": 1, "match": "/lifecycle/", "method": "POST", "value": 48},
            "DELETE /__demo/faults": "switch all faults off",
            "POST /__demo/world": [
                {"lock": "bob.martin"},
                {"unlock": "ann.lee"},
                {"delete": "bob.martin"},
                {"block": "bob.martin"},
                {"set_status": {"login": "bob.martin", "status": "SUSPENDED"}},
                {"phone": {"login": "zack.moore", "answers": "deny", "after": 3}},
                {"transition": {"login": "bob.martin", "to": "DEPROVISIONED"}},
                {"take_role": {"principal": "helpdesk", "role": "HELP_DESK_ADMIN"}},
                {"take_role": {"principal": "keydesk"}},
                {"give_role": {"principal": "nobody", "role": "HELP_DESK_ADMIN", "groups": ["Sales"], "apps": []}},
            ],
            "GET /__demo/phones/zack.moore": "what somebody's phone shows: pushes with their numbers, codes of now",
            "POST /__demo/nonce": "go on to the next DPoP nonce; those given out before are refused",
        },
    }


def _app(org: Org, app: Principal) -> Json:
    """Return a service app as an admin sees it; its private key is not here."""
    return {
        "client_id": app.identity,
        "label": app.label,
        "key_ids": [client_keys.key_id(org.seed, app.name)],
        "algorithm": app.algorithm,
        "dpop_required": app.dpop,
        "all_scopes_or_none": app.whole,
        "active": app.state != "revoked",
        "scopes": sorted(app.scopes or ()),
        "roles": [backstage.describe(grant) for grant in org.roles.of_principal(app)],
    }


def _faults(org: Org) -> list[Json]:
    return [
        {"fault": f.fault, "times": f.times, "match": f.match, "method": f.method, "value": f.value}
        for f in org.faults.on
    ]


def _person(org: Org, login: str) -> Person:
    person = org.people.find(login)
    if person is None:
        raise ValueError(f"nobody is called {login}")
    return person


def _unlock(org: Org, person: Person, now: float) -> None:
    """Unlock somebody in Okta, and in the directory that their account comes from."""
    org.people.set_status(person, "ACTIVE", now)
    if person.provider == "ACTIVE_DIRECTORY":
        stories.unlock_in_directory(org.journal, person, now)


def _known_status(status: str) -> str:
    if status not in LINKS:
        raise ValueError(f"no status {status}; known: {', '.join(LINKS)}")
    return status


def _block(org: Org, person: Person, now: float) -> None:
    org.people.touch(person, now)
    person.blocked = True


def _delete(org: Org, person: Person, now: float) -> None:
    org.people.touch(person, now)
    person.deleted = True
    org.groups.forget_members()


def _phone(org: Org, person: Person) -> Json:
    """Return what somebody sees on their phone: they tell it to whoever asks, so a test or a demo can."""
    now, habit = org.clock(), org.challenges.habit(person)
    pushes: list[Json] = []
    codes: list[Json] = []
    for factor in org.enrolments.of(person):
        hidden = org.enrolments.hidden(factor)
        pushes += [
            {"factor": factor["id"], "sent": iso(push.sent), "result": push.result(now), "numbers": list(push.offered)}
            for push in hidden.pushes.values()
        ]
        if hidden.secret is not None:
            code = otp.code(hidden.secret, int(now) // otp.STEP)
            codes.append({"factor": factor["id"], "provider": factor["provider"], "code": code})
    return {"login": person.login, "answers": habit.answers, "after": habit.after, "pushes": pushes, "codes": codes}


def _set_status(org: Org, body: _StatusBody, now: float) -> Person:
    status, person = _known_status(body.status), _person(org, body.login)
    org.people.set_status(person, status, now)
    org.groups.forget_members()
    return person


def _begin_transition(org: Org, body: _MoveBody, now: float) -> Person:
    target = None if body.to is None else _known_status(body.to)
    person = _person(org, body.login)
    org.people.touch(person, now)
    person.transitioning = target
    return person


def _change(org: Org, body: _WorldBody) -> list[Json]:
    """Apply every change asked for; returns the people and principals as they are then."""
    now = float(int(org.clock()))
    changed = []
    changes: tuple[tuple[str | None, Callable[[Org, Person, float], None]], ...] = (
        (body.lock, lock_now),
        (body.unlock, _unlock),
        (body.block, _block),
        (body.delete, _delete),
    )
    for login, change in changes:
        if login is not None:
            person = _person(org, login)
            change(org, person, now)
            changed.append(person)
    if body.set_status is not None:
        changed.append(_set_status(org, body.set_status, now))
    if body.transition is not None:
        changed.append(_begin_transition(org, body.transition, now))
    if body.phone is not None:
        person = _person(org, body.phone.login)
        org.challenges.teach(person, body.phone.answers, body.phone.after)
        changed.append(person)
    admins: list[Json] = []
    if body.take_role is not None:
        admins.append(backstage.take_role(org, body.take_role.principal, body.take_role.role))
    if body.give_role is not None:
        given = body.give_role
        admins.append(backstage.give_role(org, given.principal, given.role or "", given.groups, given.apps))
    if not changed and not admins:
        raise ValueError(f"nothing to do: give {', '.join(_WorldBody.__struct_fields__)}")
    return admins + [{"login": p.login, "id": p.id, "status": p.status, "deleted": p.deleted} for p in changed]
