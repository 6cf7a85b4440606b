"""A verdict as text: the headline, since when, why, how sure, the next step; and its evidence, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.text import okta_terms
from tui.desk.text.tone import Tone
from tui.desk.why.verdict import Blocker
from widgets.hanging_text import HangingText, Paragraph
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.desk.why.verdict import Verdict

LABEL = 11
TIME = 13


class VerdictText(HangingText):
    """What keeps somebody out, and what to do."""

    found: Verdict | None = None
    now: datetime | None = None

    def show(self, found: Verdict, now: datetime) -> None:
        """Show a verdict as of a time."""
        self.found, self.now = found, now
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """The text, without markup."""
        found, now = self.found, self.now
        if found is None or now is None:
            yield Paragraph(Content(""), Content("Reading what Okta knows …"))
            return
        tone = Tone.GOOD if found.blocker is Blocker.NOTHING else Tone.BAD
        yield Paragraph(Content(""), Content.styled(f"{found.headline}.", f"bold {STYLE[tone].removeprefix('bold ')}"))
        if found.since:
            yield labelled("Since", f"{found.since.astimezone():%a %Y-%m-%d %H:%M}, {okta_terms.ago(found.since, now)}")
        if found.why:
            yield labelled("Why", f"{found.why}.")
        yield labelled("How sure", found.sure.value)
        yield labelled("", "")
        yield labelled("Next step", found.step.text, "bold")
        if found.step.detail:
            yield labelled("", found.step.detail)
        if found.step.action:
            yield labelled("", f"Enter: {ACTIONS[found.step.action].title.lower()}", "$text-primary")
        for text in found.also:
            yield labelled("Also", text, STYLE[Tone.WARN])


class EvidenceText(HangingText):
    """What a verdict stands on, and what could not be read."""

    found: Verdict | None = None

    def show(self, found: Verdict) -> None:
        """Show a verdict's evidence."""
        self.found = found
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """The text, without markup."""
        if self.found is None:
            return
        if self.found.evidence:
            yield Paragraph(Content(""), Content.styled("Evidence", "bold"))
        for one in self.found.evidence:
            when = f"{one.at.astimezone():%m-%d %H:%M}" if one.at else ""
            where = " · ".join(part for part in (one.client, one.place, one.network) if part)
            told = Content.assemble(one.text, (f"  {where}" if where else "", "$foreground-muted"))
            yield Paragraph(Content.styled(f"{when:<{TIME}}", "$foreground-muted"), told)
        for text in self.found.missing:
            yield labelled("Missing", text, STYLE[Tone.WARN])


def labelled(label: str, text: str, style: str = "") -> Paragraph:
    """A text behind a label in its column."""
    return Paragraph(Content.styled(f"{label:<{LABEL}}", "$foreground-muted"), Content.styled(text, style))
