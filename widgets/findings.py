"""A proof as text: its steps as they happened, then capability by capability what the credentials can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from tui.desk.card import Tone
from tui.desk.plain import plain
from tui.desk.proof import Verdict
from tui.desk.words import CAPABILITY
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.desk.proof import Line, Proof

_TONE: Final = {
    Verdict.WORKS: Tone.GOOD,
    Verdict.NOT_PROVABLE: Tone.WARN,
    Verdict.OFF: Tone.MUTED,
}
_MARK: Final = {
    Verdict.WORKS: "✓",
    Verdict.NOT_PROVABLE: "?",
    Verdict.OFF: "–",
}
_NAME: Final = max(len(name) for name in CAPABILITY.values())
_STEP: Final = {True: ("✓", Tone.GOOD), False: ("✗", Tone.BAD), None: ("·", Tone.MUTED)}


class Findings(Static):
    """Shows the steps while they come, and the table once it is there."""

    DEFAULT_CSS = "Findings { height: auto; }"

    def show(self, lines: Sequence[Line], proof: Proof | None = None) -> None:
        """Show what is known so far.

        Args:
            lines: The steps until now; left out once the table is there, unless it was not reached.
            proof: The whole proof, when it is done.
        """
        self.update(told(lines, proof))


def told(lines: Sequence[Line], proof: Proof | None = None) -> Content:
    """The text of `Findings`, without markup."""
    parts: list[Content] = []
    for line in lines:
        mark, tone = _STEP[line.ok]
        detail = f"  {plain(line.detail)}" if line.detail else ""
        parts.append(Content.assemble((f"{mark} ", STYLE[tone]), plain(line.text), (detail, "$foreground-muted")))
    if proof is None:
        return Content("\n").join(parts)
    if parts:
        parts.append(Content(""))
    if proof.fault:
        parts.append(Content.assemble(("✗ ", STYLE[Tone.BAD]), (plain(proof.fault), STYLE[Tone.BAD])))
    for finding in proof.findings:
        tone = _TONE.get(finding.verdict, Tone.BAD)
        name = CAPABILITY[finding.capability].ljust(_NAME)
        parts.append(
            Content.assemble(
                (f"{_MARK.get(finding.verdict, '✗')} ", STYLE[tone]), f"{name}  ", (finding.verdict, STYLE[tone])
            )
        )
        if finding.verdict is Verdict.OFF or (proof.fault and finding.verdict is Verdict.FAILED):
            continue  # said once, above
        parts.extend(
            Content.assemble(("    ", ""), (plain(text), "$foreground-muted"))
            for text in (finding.reason, finding.cure)
            if text
        )
    for title, advice in proof.warnings:
        parts.append(Content.assemble(("! ", STYLE[Tone.WARN]), (plain(title), STYLE[Tone.WARN])))
        parts.append(Content.assemble(("    ", ""), (plain(advice), "$foreground-muted")))
    return Content("\n").join(parts)
