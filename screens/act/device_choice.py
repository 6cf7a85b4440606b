"""The dialog with a person's devices: a lost laptop is seen here, and what can be done with it chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual import on, work
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from screens.list_dialog import ListDialog
from tui.desk.actions.device_actions import ON_A_DEVICE
from tui.desk.actions.targets import device_obstacle
from tui.desk.people.devices import ages_of, kind_of, state_of
from tui.desk.people.parts import SHARED_FOR
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.okta.errors import FeatureOff
from tui.trouble import Trouble
from widgets.columns import Column
from widgets.filter_box import FilterBox
from widgets.notice import Notice
from widgets.rows import Rows
from widgets.tones import keys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from tui.desk.actions.grammar import Action
    from tui.desk.people.person import Person
    from tui.desk.session import Session
    from tui.okta.models import Device

DOES: dict[str, str] = {
    "suspend-device": "suspends it",
    "unsuspend-device": "ends suspension",
    "deactivate-device": "deactivates it",
}
"""What enter does with a device, by the action's id."""


class DeviceChoice(Struct, frozen=True):
    """One thing that can be done with one device; `action` is `None` for a device with which nothing can be done."""

    device: Device
    action: Action | None
    first: bool

    @property
    def id(self) -> str:
        """What tells it from the others."""
        return f"{self.device.id} {self.action.id if self.action else ''}"


def device_choices(devices: Iterable[Device], actions: Iterable[Action] = ON_A_DEVICE) -> tuple[DeviceChoice, ...]:
    """Return what can be done with devices by their status, device by device.

    Args:
        devices: The devices.
        actions: The actions that are offered.
    """
    found: list[DeviceChoice] = []
    for device in devices:
        possible: list[Action | None] = [action for action in actions if device_obstacle(action, device) is None]
        found += [DeviceChoice(device, action, number == 0) for number, action in enumerate(possible or [None])]
    return tuple(found)


class DeviceChoiceScreen(ListDialog["tuple[str, str] | None"]):
    """Dismissed with the id of the chosen action and that of the device, or `None` when the agent cancelled.

    Args:
        session: The session.
        person: The person.
        actions: The actions that are offered.
    """

    CSS_PATH = "device_choice.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", key_display="esc")]

    def __init__(self, session: Session, person: Person, actions: tuple[Action, ...] = ON_A_DEVICE) -> None:
        super().__init__()
        self._session = session
        self._person = person
        self._actions = actions

    def compose(self) -> ComposeResult:
        """Yield the list of devices and the keys."""
        user = self._person.user
        with Vertical(id="box") as box:
            box.border_title = Content(plain(f"Devices: {user.name} · {user.login}", limit=70))
            yield FilterBox("devices", folded=True)
            yield Rows(_columns(self._session.now()), key=lambda row: row.id, empty="Reading …", id="devices")
            yield Static(Content.assemble(*keys(("enter", "chooses"), ("/", "filter"), ("esc", "goes back"))))
            yield Notice()

    def on_mount(self) -> None:
        """Show the devices that the card has read, and read them again unless that was a moment ago."""
        self.query_one(Rows).focus()
        if self._person.devices.value:
            self.query_one(Rows).rows = device_choices(self._person.devices.value, self._actions)
        self.read()

    @work(exclusive=True)
    async def read(self) -> None:
        """Read the person's devices."""
        table: Rows[DeviceChoice] = self.query_one(Rows)
        try:
            devices = await self._session.devices_of(self._person.user.id, younger=SHARED_FOR)
        except FeatureOff:
            table.empty = "This org keeps no devices: that takes Okta Identity Engine."
            return
        except Trouble as trouble:
            table.empty = "The devices could not be read."
            self.query_one(Notice).show(trouble.title, trouble.advice, Tone.BAD)
            return
        table.empty = "Okta knows no device of theirs with Okta Verify on it; a device without it is not known there."
        table.rows = device_choices(devices, self._actions)

    @on(Rows.Selected)
    def selected(self, event: Rows.Selected[DeviceChoice]) -> None:
        """Close with the chosen action and device."""
        row = event.row
        if row.action is None:
            state = state_of(row.device).lower()
            self.query_one(Notice).show(f"It is {state}", "Nothing can be done with it from here.", Tone.WARN)
            return
        self.dismiss((row.action.id, row.device.id))


def _columns(now: datetime) -> tuple[Column[DeviceChoice], ...]:
    """Return the columns; what a device is stands in its first row alone.

    Args:
        now: The time by Okta's clock.
    """

    def once(text: str, row: DeviceChoice) -> str:
        return text if row.first else ""

    return (
        Column("Device", lambda row: plain(row.device.name), 16, grow=1),
        Column("State", lambda row: state_of(row.device), 11),
        Column("Enter", lambda row: DOES[row.action.id] if row.action else "does nothing", 15),
        Column("What it is", lambda row: once(kind_of(row.device), row), 29, grow=1, drop=1),
        Column("Registered", lambda row: once(ages_of(row.device, now), row), 22, drop=2),
    )
