"""Okta's own answers, recorded from real orgs, as a wire that serves them as they were."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import httpx
import pytest

from tests.conftest import SHARED
from tests.okta.support import ORG
from tui.okta.endpoints import ENDPOINTS

if TYPE_CHECKING:
    from tui.okta.endpoints import Endpoint

FOLDER = SHARED / "okta" / "recorded"
needs_recordings = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the recordings are not at {FOLDER}")
_NAME = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Recording:
    """One recorded answer.

    Attributes:
        name: The operation.
        endpoint: Ours, if we have it.
        status: As recorded, but where the recording says that somebody edited it.
        headers: Each line of them.
        body: What was in it.
        path: The path that was asked for.
    """

    name: str
    endpoint: Endpoint | None
    status: int
    headers: tuple[tuple[str, str], ...]
    body: Any
    path: str

    @property
    def failed(self) -> bool:
        return self.status >= 400

    @property
    def events(self) -> list[dict[str, Any]]:
        return self.body if self.endpoint is not None and self.endpoint.id == "logs" else []

    @property
    def code(self) -> str:
        return str(self.body.get("errorCode") or self.body.get("error") or "") if isinstance(self.body, dict) else ""

    @property
    def next_target(self) -> str | None:
        """Path and query of the next link, as they stand there."""
        for name, value in self.headers:
            if name == "link" and 'rel="next"' in value:
                return value[1 : value.index(">")].removeprefix(ORG)
        return None

    @property
    def path_values(self) -> dict[str, str]:
        """What stood in the place of each name in our template."""
        assert self.endpoint is not None
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.endpoint.template))
        found = re.fullmatch(pattern, self.path)
        assert found is not None
        return {name: unquote(value) for name, value in found.groupdict().items()}

    def response(self) -> httpx.Response:
        content = b"" if self.body is None else json.dumps(self.body).encode()
        return httpx.Response(self.status, headers=list(self.headers), content=content)

    def __str__(self) -> str:
        return self.name


def _rewritten(value: str) -> str:
    return value.replace("https://example.okta.com", ORG).replace("https://example-admin.okta.com", ORG)


def _endpoint(method: str, template: str) -> Endpoint | None:
    for endpoint in ENDPOINTS.values():
        if endpoint.method == method and _NAME.sub("{id}", endpoint.template) == template:
            return endpoint
    return None


@cache
def recordings() -> tuple[Recording, ...]:
    """All that our client would ever ask for, and every error, which any call can meet."""
    if not FOLDER.is_dir():
        return ()
    found = []
    for entry in json.loads((FOLDER / "_index.json").read_text()):
        endpoint = _endpoint(entry["method"], entry["path_template"])
        if endpoint is None and not entry["operation"].startswith("error_"):
            continue
        raw = json.loads((FOLDER / f"{entry['operation']}.json").read_text())
        doctored = entry["grade"] == "recorded_body_status_doctored"
        headers = tuple((name, _rewritten(value)) for name, values in raw["headers"].items() for value in values)
        body = json.loads(_rewritten(json.dumps(raw["body"])))
        status = 403 if doctored and entry["code_or_type"] == "E0000006" else raw["status"]
        found.append(Recording(entry["operation"], endpoint, status, headers, body, raw["request"]["path"]))
    return tuple(found)
