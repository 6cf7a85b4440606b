"""What decoding a page of 200 people costs by each candidate; those that are not installed are left out."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
import time
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import msgspec

from tests.bench.people import ROOT, demo_org
from tui.okta.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Plain:
    """The same fields as a plain dataclass."""

    id: str
    status: str | None = None
    created: str | None = None
    activated: str | None = None
    statusChanged: str | None = None  # noqa: N815 - Okta's name
    lastLogin: str | None = None  # noqa: N815
    lastUpdated: str | None = None  # noqa: N815
    passwordChanged: str | None = None  # noqa: N815
    transitioningToStatus: str | None = None  # noqa: N815
    profile: dict[str, Any] | None = None
    credentials: dict[str, Any] | None = None


NAMES = tuple(field.name for field in fields(Plain))


def _plain(data: list[dict[str, Any]]) -> list[Plain]:
    return [Plain(**{name: item[name] for name in NAMES if name in item}) for item in data]


def _page() -> bytes:
    with demo_org("--people", "400", "--lockouts-per-minute", "0") as (url, token):
        code = (
            "import httpx, sys; sys.stdout.buffer.write(httpx.get(sys.argv[1] + '/api/v1/users?limit=200', "
            "headers={'authorization': 'SSWS ' + sys.argv[2]}).content)"
        )
        command = [sys.executable, "-c", code, url, token]
        return subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout


def _import_ms(module: str) -> float:
    def one(code: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        return (time.perf_counter() - start) * 1000

    return min(one(f"import {module}") for _ in range(5)) - min(one("pass") for _ in range(5))


def main() -> None:
    """Print the table."""
    page = _page()
    typed = msgspec.json.Decoder(list[User])
    candidates: dict[str, tuple[str, Callable[[], object]]] = {
        "msgspec, typed (ours)": ("msgspec", lambda: typed.decode(page)),
        "msgspec, dicts": ("msgspec", lambda: msgspec.json.decode(page)),
        "json, dicts": ("json", lambda: json.loads(page)),
        "json + dataclass": ("json", lambda: _plain(json.loads(page))),
    }
    if importlib.util.find_spec("orjson"):
        orjson = importlib.import_module("orjson")
        candidates["orjson, dicts"] = ("orjson", lambda: orjson.loads(page))
        candidates["orjson + dataclass"] = ("orjson", lambda: _plain(orjson.loads(page)))
    if importlib.util.find_spec("pydantic"):
        adapter = importlib.import_module("pydantic").TypeAdapter(list[Plain])
        candidates["pydantic, typed"] = ("pydantic", lambda: adapter.validate_json(page))
    print(f"Decoding a page of 200 people, {len(page):,} bytes (median of {ROUNDS})")
    for name, (module, decode) in candidates.items():
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            decode()
            times.append((time.perf_counter() - start) * 1000)
        print(f"  {name:<24}{sorted(times)[ROUNDS // 2]:7.2f} ms   import {_import_ms(module):6.1f} ms")


if __name__ == "__main__":
    main()
