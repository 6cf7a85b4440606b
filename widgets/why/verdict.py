"""A verdict as text, and its evidence line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui.desk.actions.catalogue import ACTIONS
from tui.desk.people.answer import SURE_SIGNS
from tui.desk.text import okta_terms
from tui.desk.text.tone import Tone
from tui.desk.why.verdict import Blocker
from widgets.hanging_text import HangingText, Paragraph
from widgets.tones import STYLE, keys

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tui.desk.why.verdict import Verdict

LABEL = 11
TIME = 13


class VerdictText(HangingText):
    """Shows what keeps a person out, how sure that is, and the next step."""

    verdict: Verdict | None = None
    now: datetime | None = None

    def show(self, verdict: Verdict, now: datetime) -> None:
        """Show a verdict; ages are counted from `now`."""
        self.verdict, self.now = verdict, now
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the text."""
        verdict, now = self.verdict, self.now
        if verdict is None or now is None:
            yield Paragraph(Content(""), Content("Reading what Okta knows …"))
            return
        tone = Tone.GOOD if verdict.blocker is Blocker.NOTHING else Tone.BAD
        yield Paragraph(
            Content(""), Content.styled(f"{verdict.headline}.", f"bold {STYLE[tone].removeprefix('bold ')}")
        )
        if verdict.since:
            yield labelled(
                "Since", f"{verdict.since.astimezone():%a %Y-%m-%d %H:%M}, {okta_terms.ago(verdict.since, now)}"
            )
        if verdict.why:
            yield labelled("Why", f"{verdict.why}.")
        yield labelled("How sure", f"{SURE_SIGNS[verdict.sure.value]} {verdict.sure.value}")
        yield labelled("", "")
        yield labelled("Next step", verdict.step.text, "bold")
        if verdict.step.detail:
            yield labelled("", verdict.step.detail)
        if verdict.step.action:
            does = ACTIONS[verdict.step.action].title.lower()
            yield Paragraph(Content(" " * LABEL), Content.assemble(*keys(("enter", does))))
        for text in verdict.also:
            yield labelled("Also", text, STYLE[Tone.WARN])


class EvidenceText(HangingText):
    """Shows the evidence of a verdict, and what could not be read."""

    verdict: Verdict | None = None

    def show(self, verdict: Verdict) -> None:
        """Show the evidence of a verdict."""
        self.verdict = verdict
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the text."""
        if self.verdict is None:
            return
        if self.verdict.evidence:
            yield Paragraph(Content(""), Content.styled("Evidence", "bold"))
        for item in self.verdict.evidence:
            when = f"{item.at.astimezone():%m-%d %H:%M}" if item.at else ""
            where = " · ".join(part for part in (item.client, item.place, item.network) if part)
            fact = Content.assemble(item.text, (f"  {where}" if where else "", "$muted"))
            yield Paragraph(Content.styled(f"{when:<{TIME}}", "$muted"), fact)
        for text in self.verdict.missing:
            yield labelled("Missing", text, STYLE[Tone.WARN])


def labelled(label: str, text: str, style: str = "") -> Paragraph:
    """Return a text behind a label of fixed width."""
    return Paragraph(Content.styled(f"{label:<{LABEL}}", "$muted"), Content.styled(text, style))
