"""One person: the user as Okta returns it, and the parts of the card that are read beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from tui.desk.text import okta_terms
from tui.okta.errors import FeatureOff
from tui.trouble import Trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from tui.desk.people.admins import AdminRole
    from tui.desk.people.password_policies import Applied
    from tui.okta.log_events import LogEvent
    from tui.okta.models import AppLink, Block, Device, Factor, Group, User, UserRisk

T = TypeVar("T")
P = ParamSpec("P")


class Part(Struct, Generic[T], frozen=True):
    """A part of a person's card: pending, read, or failed.

    Attributes:
        value: The value that was read; `None` while pending or where the read failed.
        trouble: Why the part could not be read.
    """

    value: T | None = None
    trouble: Trouble | None = None

    @property
    def pending(self) -> bool:
        """Whether the read has not ended yet."""
        return self.value is None and self.trouble is None


async def read_part(read: Callable[P, Awaitable[T]], *arguments: P.args, **options: P.kwargs) -> Part[T]:
    """Read something and return its value, or its trouble, as a part.

    Args:
        read: What reads. It is called once this runs: where this is cancelled before, nothing was begun.
        arguments: What `read` is called with.
        options: What `read` is called with by name.
    """
    try:
        return Part(value=await read(*arguments, **options))
    except Trouble as error:
        return Part(trouble=error)


class Person(Struct, frozen=True):
    """A user with the parts of their card; a new value each time a part arrives.

    Attributes:
        user: The user as Okta returned it.
        read_at: The time of that read by Okta's clock, seconds since the epoch.
        blocks: The device blocks.
        groups: The groups.
        apps: The apps on the person's dashboard.
        factors: The enrolled factors.
        devices: The devices with Okta Verify on them; pending where the connector does not handle devices.
        risk: How risky Okta holds the person; pending where the connector does not read that.
        events: The latest events of the System Log.
        admin: The admin role of Okta's that the person has; an empty one for none.
        policy: The settings of the password policy, as far as an action needs them; an empty tuple where none applies.
    """

    user: User
    read_at: float
    blocks: Part[tuple[Block, ...]] = field(default_factory=Part)
    groups: Part[tuple[Group, ...]] = field(default_factory=Part)
    apps: Part[tuple[AppLink, ...]] = field(default_factory=Part)
    factors: Part[tuple[Factor, ...]] = field(default_factory=Part)
    devices: Part[tuple[Device, ...]] = field(default_factory=Part)
    risk: Part[UserRisk] = field(default_factory=Part)
    events: Part[tuple[LogEvent, ...]] = field(default_factory=Part)
    admin: Part[AdminRole] = field(default_factory=Part)
    policy: Part[tuple[Applied, ...]] = field(default_factory=Part)

    def with_part(self, name: str, part: Part[Any]) -> Person:
        """Return the same person with one part read, which is named as its attribute is."""
        parts: dict[str, Any] = {name: part}
        return replace(self, **parts)

    @property
    def blocked(self) -> bool:
        """Whether Okta blocks devices beside the status."""
        return bool(self.blocks.value)

    @property
    def blocks_known(self) -> bool:
        """Whether the blocks are known; an org without that feature has no blocks."""
        return self.blocks.value is not None or isinstance(self.blocks.trouble, FeatureOff)

    @property
    def locked(self) -> bool:
        """Whether the status is LOCKED_OUT."""
        return self.user.status == "LOCKED_OUT"

    @property
    def changing(self) -> bool:
        """Whether Okta is changing the status asynchronously; keydesk does not act on such a person."""
        return bool(self.user.transitioning_to_status)

    def headline(self, now: datetime) -> str:
        """Return in one sentence what keeps the person from signing in, or that the status does not."""
        user = self.user
        state = okta_terms.status_words(user.status)
        changed = user.when("status_changed")
        since = okta_terms.ago(changed, now) if changed else ""
        text = f"{state}: {okta_terms.MEANING.get(user.status or '', 'a state that keydesk does not know')}"
        if since and user.status != "ACTIVE":
            text += f", for {since.removesuffix(' ago')}" if since != "just now" else ", just now"
        if user.status == "ACTIVE" and self.blocks.trouble and not self.blocks_known:
            text = f"{state} by status; whether devices are blocked cannot be read"
        if self.blocked:
            if user.status == "ACTIVE":
                text = f"{state} by status, but"
            else:
                text += "; also"
            kinds = {block.applies_to for block in self.blocks.value or ()}
            which = "any device" if "ANY_DEVICES" in kinds else "devices that Okta does not know"
            text += f" blocked from {which}, after failed sign-ins from there"
        if self.changing:
            text += f". Okta is changing it to {okta_terms.status_words(user.transitioning_to_status)}"
        return text
