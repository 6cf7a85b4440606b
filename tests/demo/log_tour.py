"""A walk through the writes of the API that leave an event, each kind of event at least once."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.demo.software import app, group

if TYPE_CHECKING:
    from tests.demo.support import World

_RULES = "/api/v1/groups/rules"
_EVERYBODY = 'user.department=="Legal"'


class Tour:
    """Sends the calls; a refused one ends the walk."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def send(self, method: str, path: str, body: Any = None, who: str = "super") -> Any:
        answer = await self.world.call(method, path, who=who, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        self.world.clock.at += 0.5
        return answer.json() if answer.content else {}

    async def walk(self) -> None:
        """Make every call."""
        await self._people()
        if self.world.org.pipeline == "idx":
            await self._devices()
        await self._factors()
        await self._groups()
        await self._group_rules()
        await self._apps()
        await self._policies()
        await self._roles()
        await self._custom_roles()
        await self._tokens()
        await self.world.world(unlock="iris.blanc@acme.example")

    async def _people(self) -> None:
        profile = {"firstName": "Ida", "lastName": "Holm", "email": "ida@new.example", "login": "ida@new.example"}
        made = await self.send("POST", "/api/v1/users?activate=false", {"profile": profile}, "service")
        user = f"/api/v1/users/{made['id']}"
        await self.send("POST", user, {"profile": {"nickName": "I"}})
        await self.send("POST", f"{user}/lifecycle/activate?sendEmail=false")
        await self.send("POST", f"{user}/lifecycle/reactivate?sendEmail=false")
        await self.send("POST", user, {"credentials": {"password": {"value": "Quite-long-1234"}}})
        await self.world.world(set_status={"login": "ida@new.example", "status": "ACTIVE"})
        for name in ("suspend", "unsuspend", "expire_password", "reset_password?sendEmail=false", "deactivate"):
            await self.send("POST", f"{user}/lifecycle/{name}")
            if name.startswith(("expire", "reset")):
                await self.world.world(set_status={"login": "ida@new.example", "status": "ACTIVE"})
        await self.send("POST", "/api/v1/users/ann.lee/lifecycle/unlock")
        await self.send("DELETE", "/api/v1/users/ann.lee/sessions")
        self.world.clock.at += 10
        await self.send("DELETE", user)

    async def _factors(self) -> None:
        vera = f"/api/v1/users/{self.world.id_of('vera.lind')}/factors"
        found = {factor["factorType"]: factor for factor in await self.send("GET", vera)}
        await self.send("DELETE", f"{vera}/{found['sms']['id']}")
        sms = {"factorType": "sms", "provider": "OKTA", "profile": {"phoneNumber": "+14155550188"}}
        await self.send("POST", f"{vera}?updatePhone=true", sms)
        await self.send("POST", f"/api/v1/users/{self.world.id_of('bob.martin')}/lifecycle/reset_factors")
        await self.send("POST", vera, {"factorType": "push", "provider": "OKTA"})
        self.world.clock.at += 60
        await self.send("GET", vera)
        question = {"question": "disliked_food", "answer": "mayonnaise"}
        body = {"factorType": "question", "provider": "OKTA", "profile": question}
        await self.send("POST", f"/api/v1/users/{self.world.id_of('bob.martin')}/factors", body)

    async def _groups(self) -> None:
        made = await self.send("POST", "/api/v1/groups", {"profile": {"name": "Walkers"}}, "service")
        path, bob = f"/api/v1/groups/{made['id']}", self.world.id_of("bob.martin")
        await self.send("PUT", path, {"profile": {"name": "Walkers", "description": "They walk"}})
        await self.send("PUT", f"{path}/users/{bob}")
        await self.send("DELETE", f"{path}/users/{bob}")
        zoom = app(self.world, "Miro")
        await self.send("PUT", f"/api/v1/apps/{zoom}/groups/{made['id']}", {})
        await self.send("PUT", f"/api/v1/apps/{zoom}/groups/{made['id']}", {"priority": 1})
        await self.send("DELETE", f"/api/v1/apps/{zoom}/groups/{made['id']}")
        await self.send("DELETE", path, None, "service")

    async def _group_rules(self) -> None:
        made = await self.send("POST", "/api/v1/groups", {"profile": {"name": "Ruled"}})
        rule = {
            "type": "group_rule",
            "name": "Legal",
            "conditions": {"expression": {"value": _EVERYBODY, "type": "urn:okta:expression:1.0"}},
            "actions": {"assignUserToGroups": {"groupIds": [made["id"]]}},
        }
        one = f"{_RULES}/{(await self.send('POST', _RULES, rule))['id']}"
        await self.send("PUT", one, {**rule, "name": "Lawyers"})
        await self.send("POST", f"{one}/lifecycle/activate")
        member = (await self.send("GET", f"/api/v1/groups/{made['id']}/users"))[0]["id"]
        await self.send("DELETE", f"/api/v1/groups/{made['id']}/users/{member}")
        await self.send("POST", f"{one}/lifecycle/deactivate")
        await self.send("POST", f"{one}/lifecycle/activate")
        await self.send("DELETE", f"/api/v1/groups/{made['id']}")
        await self.send("DELETE", one)

    async def _apps(self) -> None:
        bookmark = {
            "name": "bookmark",
            "label": "Lunch",
            "signOnMode": "BOOKMARK",
            "settings": {"app": {"requestIntegration": False, "url": "https://lunch.example"}},
        }
        path = f"/api/v1/apps/{(await self.send('POST', '/api/v1/apps', bookmark))['id']}"
        await self.send("PUT", path, {**bookmark, "label": "Supper"})
        for name in ("deactivate", "activate", "deactivate"):
            await self.send("POST", f"{path}/lifecycle/{name}")
        await self.send("DELETE", path)
        bob, miro = self.world.id_of("bob.martin"), f"/api/v1/apps/{app(self.world, 'Miro')}/users"
        await self.send("POST", miro, {"id": bob, "scope": "USER"}, "service")
        await self.send("POST", f"{miro}/{bob}", {"credentials": {"userName": "bobby"}})
        await self.send("POST", f"{miro}/{bob}", {"profile": {"role": "Editor"}})
        sheets = f"/api/v1/apps/{app(self.world, 'Old Timesheets')}/users"
        await self.send("POST", sheets, {"id": bob, "scope": "USER", "credentials": {"userName": "bob"}})
        await self.send("POST", f"{sheets}/{bob}", {"credentials": {"password": {"value": "Another-long-1"}}})
        self.world.clock.at += 30
        await self.send("GET", "/api/v1/org")
        await self.send("DELETE", f"{miro}/{bob}")
        self.world.clock.at += 30

    async def _policies(self) -> None:
        conditions = {"people": {"groups": {"include": [group(self.world, "Sales")]}}}
        body = {"type": "PASSWORD", "name": "Walk", "description": "d", "conditions": conditions}
        body["conditions"] = {**conditions, "authProvider": {"provider": "OKTA"}}
        path = f"/api/v1/policies/{(await self.send('POST', '/api/v1/policies', body))['id']}"
        await self.send("PUT", path, {**body, "name": "Walks"})
        rule = {
            "type": "PASSWORD",
            "name": "No help",
            "conditions": {"people": {"users": {"exclude": []}}, "network": {"connection": "ANYWHERE"}},
            "actions": {"passwordChange": {"access": "ALLOW"}},
        }
        one = f"{path}/rules/{(await self.send('POST', f'{path}/rules', rule))['id']}"
        await self.send("PUT", one, {**rule, "name": "Some help"})
        for what in (one, path):
            await self.send("POST", f"{what}/lifecycle/deactivate")
            await self.send("POST", f"{what}/lifecycle/activate")
        await self.send("DELETE", one)
        await self.send("DELETE", path)

    async def _roles(self) -> None:
        client = self.world.org.principal("service-norole").identity
        for holder in (
            f"/api/v1/users/{self.world.id_of('bob.martin')}",
            f"/api/v1/groups/{group(self.world, 'Remote Workers')}",
            f"/oauth2/v1/clients/{client}",
        ):
            made = await self.send("POST", f"{holder}/roles", {"type": "ORG_ADMIN"}, "service-admin")
            await self.send("DELETE", f"{holder}/roles/{made['id']}", None, "service-admin")

    async def _custom_roles(self) -> None:
        roles, sets = "/api/v1/iam/roles", "/api/v1/iam/resource-sets"
        role = {"label": "Walkers' Desk", "description": "d", "permissions": ["okta.users.read"]}
        one = f"{roles}/{(await self.send('POST', roles, role))['id']}"
        await self.send("PUT", one, {"label": "Walk Desk", "description": "d"})
        await self.send("POST", f"{one}/permissions/okta.groups.read")
        await self.send("DELETE", f"{one}/permissions/okta.groups.read")
        users = f"orn:okta:directory:{self.world.org.org_id}:users"
        made = await self.send("POST", sets, {"label": "Walk", "description": "d", "resources": [users]})
        path = f"{sets}/{made['id']}"
        await self.send("PUT", path, {"label": "Walks", "description": "d"})
        await self.send("PATCH", f"{path}/resources", {"additions": ["/api/v1/groups"]})
        resources = (await self.send("GET", f"{path}/resources"))["resources"]
        member = f"http://127.0.0.1:8765/api/v1/users/{self.world.id_of('bob.martin')}"
        await self.send("POST", f"{path}/bindings", {"role": "Walk Desk", "members": [member]})
        await self.send("DELETE", f"{path}/bindings/{one.rsplit('/', 1)[1]}")
        await self.send("DELETE", f"{path}/resources/{resources[-1]['id']}")
        await self.send("DELETE", path)
        await self.send("DELETE", one)

    async def _devices(self) -> None:
        linked = await self.send("GET", "/api/v1/users/yusuf.demir/devices")
        one = f"/api/v1/devices/{linked[-1]['device']['id']}"
        for name in ("suspend", "unsuspend", "deactivate", "activate", "deactivate"):
            await self.send("POST", f"{one}/lifecycle/{name}")
        await self.send("DELETE", one)

    async def _tokens(self) -> None:
        refused = await self.world.call("GET", "/api/v1/users", who="zoned")
        assert refused.is_error
        tokens = await self.send("GET", "/api/v1/api-tokens")
        mine = self.world.org.principal("nobody").identity
        one = next(token for token in tokens if token["id"] == mine)
        path = f"/api/v1/api-tokens/{mine}"
        await self.send("PUT", path, {"name": one["name"], "network": {"connection": "ANYWHERE"}})
        await self.send("DELETE", path)
