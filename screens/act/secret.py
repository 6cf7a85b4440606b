"""The dialog for a secret that Okta returns once: masked, copied on request, forgotten after a time or on closing."""

from __future__ import annotations

import time
from math import ceil
from typing import TYPE_CHECKING, ClassVar, Final

from textual import work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.clipboard import Arrival, copy
from tui.desk.text.named_keys import key_of
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from tui.trouble import Trouble
from widgets.dialog import Dialog
from widgets.notice import Notice
from widgets.tones import STYLE, keys

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tui.desk.actions.grammar import Plan
    from tui.desk.connectors.secrets import Secret
    from tui.desk.perform.result import Performed

LIFETIME: Final = 120
"""Seconds until the secret is forgotten by itself."""
STEP: Final = 10
MASK: Final = "•" * 12


class SecretScreen(Dialog[None]):
    """Shows a secret, and leaves nothing of it in the widgets, in the app's clipboard or on the screen.

    Args:
        plan: The plan that was performed; its action names the secret and how to hand it over.
        secret: The secret, which only this screen holds.
        lifetime: Seconds until the secret is forgotten.
        withdraw: Withdraws the secret at Okta, and returns what came of it; `None` where that is not possible.
    """

    CSS_PATH = "secret.tcss"
    AUTO_FOCUS = ""
    shows_secret = True  # so no picture is made of it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "reveal", "Show or hide"),
        Binding("c", "copy", "Copy"),
        Binding("delete,backspace", "withdraw", "Withdraw it"),
        Binding("escape", "leave", "Forget it"),
    ]

    def __init__(
        self,
        plan: Plan,
        secret: Secret,
        *,
        lifetime: int = LIFETIME,
        withdraw: Callable[[], Awaitable[Performed]] | None = None,
    ) -> None:
        super().__init__()
        self._withdraw = withdraw
        self._plan = plan
        self._secret: Secret | None = secret
        self._left = lifetime
        self._until = time.time() + lifetime
        self._revealed = False
        self._shown_or_copied = False
        self._warned = False
        self._copied = ""
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """Yield the secret, the seconds left, how to hand it over, and the keys."""
        plan, reveals = self._plan, self._plan.action.reveals
        title = reveals.title if reveals else ""
        user = plan.person.user
        with VerticalScroll(id="box") as box:
            box.can_focus = False
            box.border_title = Content(plain(f"{title}: {user.name} · {user.login}", limit=70))
            yield Static(id="secret", markup=False)
            yield Static(id="left", markup=False)
            handover = reveals.handing if reveals else ""
            text = Content.assemble(handover, "\n", (f"What they do next: {plan.action.after}", "$muted"))
            yield Static(text, id="handing")
            withdraws = (("del", "withdraws it at Okta"),) if self._withdraw is not None else ()
            line = keys(("v", "shows or hides it"), ("c", "copies it"), *withdraws, ("esc", "forgets it"))
            yield Static(Content.assemble(*line), id="keys")
            yield Notice()

    def on_mount(self) -> None:
        """Start the countdown, in coarse steps so that little is drawn."""
        self._timer = self.set_interval(STEP, self._count_down)
        self._draw()

    def _count_down(self) -> None:
        # The clock decides where more time has passed: a sleeping machine and a stopped program count no steps.
        by_clock = ceil((self._until - time.time()) / STEP) * STEP
        self._left = min(self._left - STEP, by_clock)
        if self._left <= 0:
            self._wipe()
        self._draw()

    def _draw(self) -> None:
        shown, left = self.query_one("#secret", Static), self.query_one("#left", Static)
        if self._secret is None:
            shown.update(Content.styled("It is forgotten.", STYLE[Tone.MUTED]))
            left.update(Content.styled("Do it once more if it is still needed: a new one takes its place.", "$muted"))
            return
        text = plain(self._secret.reveal()) if self._revealed else MASK
        shown.update(Content.styled(text, "bold" if self._revealed else ""))
        left.update(Content.styled(f"It is forgotten in {self._left} seconds, and shown nowhere again.", "$muted"))

    def action_reveal(self) -> None:
        """Show the secret, or hide it again."""
        if self._secret is not None:
            self._revealed = not self._revealed
            self._shown_or_copied = True
            self._draw()

    def action_copy(self) -> None:
        """Copy the secret, and say where it arrived."""
        if self._secret is None:
            return
        self._copied = self._secret.reveal()
        copy(self, self._copied, self._tell_copied)
        self._shown_or_copied = True

    def _tell_copied(self, arrival: Arrival) -> None:
        buffer = " tmux delete-buffer empties tmux's." if arrival is Arrival.TMUX else ""
        self.query_one(Notice).show(arrival.sentence, f"Empty your clipboard afterwards.{buffer}")

    @work(exclusive=True)
    async def action_withdraw(self) -> None:
        """Withdraw the secret at Okta; once that is done it is forgotten here too."""
        if self._withdraw is None:
            return
        notice = self.query_one(Notice)
        notice.show("Withdrawing it at Okta …")
        try:
            performed = await self._withdraw()
        except Trouble as trouble:
            notice.show(trouble.title, trouble.advice, Tone.BAD)
            return
        if performed.clean or performed.settled:
            self._withdraw = None
            self._wipe()
            self._draw()
            notice.show(f"{performed.sentence}, ledger entry {performed.entry}", "", Tone.GOOD)
        else:
            notice.show(performed.sentence, str(performed.trouble or ""), Tone.BAD)

    def action_leave(self) -> None:
        """Forget the secret and close; a secret that was neither shown nor copied needs a second try."""
        if self._may_forget("esc once more forgets it for good."):
            self._wipe()
            self.dismiss()

    def may_leave(self) -> bool:
        """Return whether keydesk may end now; a secret that was neither shown nor copied needs a second try."""
        return self._may_forget(f"{key_of('app.quit')} once more leaves, and it is forgotten for good.")

    def _may_forget(self, how: str) -> bool:
        if self._secret is None or self._shown_or_copied or self._warned:
            return True
        self._warned = True
        self.query_one(Notice).show("It was neither shown nor copied", how, Tone.WARN)
        return False

    def on_unmount(self) -> None:
        """Forget the secret, however the dialog was closed."""
        self._wipe()

    def _wipe(self) -> None:
        self._secret, self._revealed = None, False
        if self._timer is not None:
            self._timer.stop()
        if self._copied and self.app.clipboard == self._copied:
            # Textual keeps what was copied for pasting inside the app; the terminal's own clipboard is the agent's.
            self.app._clipboard = ""  # noqa: SLF001 - there is no public way to empty it
        self._copied = ""
        for shown in self.query("#secret").results(Static):
            shown.update("")
