"""What the tests of groups, rules and apps share: how to name things, and what the log says of them."""

# ruff: noqa: ANN401 - JSON is what it is
from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.demo.support import World

# Longer than any event takes to arrive.
LATE = 60.0
# Longer than the slow app takes.
LONG = 180.0


def app(world: World, label: str) -> str:
    return next(known.id for known in world.org.apps.all if known.row.label == label)


def group(world: World, name: str) -> str:
    return world.org.groups.named(name).id


async def members(world: World, identifier: str) -> set[str]:
    return {user["id"] for user in await world.pages(f"/api/v1/groups/{identifier}/users?limit=200")}


async def events(world: World, *kinds: str) -> list[Any]:
    """Return the events of these types since the org began, after letting the late ones arrive."""
    world.clock.at += LATE
    found = await world.pages("/api/v1/logs?since=2026-09-21T14:13:00.000Z&until=2027-01-01T00:00:00.000Z&limit=1000")
    return [event for event in found if event["eventType"] in kinds]


def told(event: Any) -> tuple[str, str, list[str]]:
    """Return type and actor of an event and the names of what it is about."""
    return event["eventType"], event["actor"]["type"], [target["displayName"] for target in event["target"] or []]


async def assignment(world: World, label: str, person: str) -> tuple[str, str, str] | None:
    """Return scope, status and syncState of a person's assignment, None for none."""
    answer = await world.get(f"/api/v1/apps/{app(world, label)}/users/{person}")
    if answer.status_code == 404:
        return None
    found = answer.json()
    return found["scope"], found["status"], found["syncState"]
