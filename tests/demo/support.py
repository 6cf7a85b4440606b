"""What the demo's tests share: a clock that stands still, an org without a socket, Okta's schema."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from tests.quick import with_known_past
from tui.demo.serve.asgi import create_app
from tui.demo.story.begin import begin_org

BASE = "http://127.0.0.1:8765"
START = 1_790_000_000.0
CONTROL_TOKEN = "the-control-token-of-the-tests"
_SHARED = Path(os.environ.get("KEYDESK_SHARED", Path(__file__).parents[2].parent / "shared"))
SCHEMA_FILE = _SHARED / "okta" / "management.yaml"
needs_schema = pytest.mark.skipif(not SCHEMA_FILE.exists(), reason=f"Okta's schema is not at {SCHEMA_FILE}")
_URI = "urn:okta"
# Where the schema contradicts recorded answers: catalogue apps keep their own names, an SMS resend link is an array,
# embedded blocks are the array that the blocks operation answers with. Its own example routes to the provider OKTA.
_KNOWN_WRONG = re.compile(
    r"name: '\w+' is not one of \['(oidc_client|template_wsfed)'|_links/resend: |"
    r"^_embedded/blocks: \[.*\] is not of type 'object'|"
    r"actions/idp/providers/\d+/type: 'OKTA' is not one of "
)


class Clock:
    """Seconds since 1970 that move only when told to."""

    def __init__(self, at: float = START) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


class World:
    """An org, its clock and a client for each of its principals.

    Args:
        own_past: Whether the org writes its past anew, for a test of just that.
        settings: What the org is made with.
    """

    def __init__(self, *, own_past: bool = False, **settings: Any) -> None:
        self.clock = Clock()
        settings.setdefault("lockouts_per_minute", 0)
        settings.setdefault("people", 300)
        org = begin_org(clock=self.clock, **settings)
        self.org = org if own_past else with_known_past(org)
        self.app = create_app(self.org, CONTROL_TOKEN)

    def auth(self, principal: str) -> str:
        known = self.org.principal(principal)
        return f"{'SSWS' if known.kind == 'SSWS' else 'Bearer'} {known.token}"

    async def call(self, method: str, path: str, *, who: str | None = "super", **more: Any) -> httpx.Response:
        headers = {**({"authorization": self.auth(who)} if who else {}), **more.pop("headers", {})}
        if path.startswith("/__demo"):
            headers.setdefault("x-demo-token", CONTROL_TOKEN)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url=BASE) as client:
            return await client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.call("GET", path, **more)

    async def json(self, path: str, **more: Any) -> Any:
        answer = await self.get(path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def fault(self, **body: Any) -> None:
        answer = await self.call("POST", "/__demo/faults", who=None, json=body)
        assert answer.status_code == 200, answer.text

    async def world(self, **body: Any) -> Any:
        answer = await self.call("POST", "/__demo/world", who=None, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def id_of(self, name: str) -> str:
        return self.org.people.named(name).id

    async def pages(self, path: str, **more: Any) -> list[Any]:
        found: list[Any] = []
        following: str | None = path
        while following:
            answer = await self.get(following, **more)
            assert answer.status_code == 200, answer.text
            found += answer.json()
            following = next_link(answer)
        return found


def next_link(answer: httpx.Response) -> str | None:
    for line in answer.headers.get_list("link"):
        match = re.fullmatch(r'<([^>]+)>; rel="next"', line)
        if match:
            return match[1]
    return None


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errorCode"]


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


def _relax(node: Any) -> None:
    """Apply the recipe of the schema's notes: types nullable, patterns dropped, links absolute."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            node["nullable"] = True
            if isinstance(node.get("enum"), list):
                node["enum"].append(None)
        if isinstance(node.get("pattern"), str):
            del node["pattern"]
        if isinstance(node.get("$ref"), str):
            node["$ref"] = _URI + node["$ref"]
        if isinstance(node.get("discriminator"), dict):
            mapping = node["discriminator"].get("mapping", {})
            node["discriminator"]["mapping"] = {key: _URI + value for key, value in mapping.items()}
            if node["discriminator"]["propertyName"] == "factorType":
                # In the enumeration of types, but missing from the mapping.
                node["discriminator"]["mapping"]["signed_nonce"] = f"{_URI}#/components/schemas/UserFactor"
        for value in node.values():
            _relax(value)
    elif isinstance(node, list):
        for value in node:
            _relax(value)


@cache
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(SCHEMA_FILE.read_text(encoding="utf-8"), yaml.CSafeLoader)
    _relax(loaded)
    return loaded


@cache
def _registry() -> Registry[Any]:
    empty: Registry[Any] = Registry()
    filled: Registry[Any] = empty.with_resource(_URI, Resource.from_contents(schema(), default_specification=DRAFT4))
    return filled


def complaints(template: str, method: str, answer: httpx.Response) -> list[str]:
    """Return what the official schema has against an answer; the operation must be described there."""
    operation = schema()["paths"][template][method.lower()]
    described = operation["responses"][str(answer.status_code)]
    if "$ref" in described:
        described = schema()["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
    content = described.get("content", {}).get("application/json")
    if content is None:
        return [] if answer.content in {b"", b"{}"} else [f"a body was not expected: {answer.text[:200]}"]
    validator = OAS30Validator(content["schema"], registry=_registry())
    found = [
        f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in validator.iter_errors(answer.json())
    ]
    return [complaint for complaint in found if not _KNOWN_WRONG.search(complaint)]
