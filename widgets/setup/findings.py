"""A proof as text: capability by capability what the credentials can do, and the steps as they happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from tui.desk.proof.proof import CapabilityVerdict
from tui.desk.text.okta_terms import CAPABILITY
from tui.desk.text.plain import plain
from tui.desk.text.tone import Tone
from widgets.hanging_text import HangingText, Paragraph
from widgets.tones import STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tui.desk.proof.proof import Proof, ProofLine

_TONE: Final = {
    CapabilityVerdict.WORKS: Tone.GOOD,
    CapabilityVerdict.NOT_PROVABLE: Tone.WARN,
    CapabilityVerdict.OFF: Tone.MUTED,
}
_MARK: Final = {
    CapabilityVerdict.WORKS: "✓",
    CapabilityVerdict.NOT_PROVABLE: "?",
    CapabilityVerdict.OFF: "–",
}
_NAME: Final = max(len(name) for name in CAPABILITY.values())
_STEP: Final = {True: ("✓", Tone.GOOD), False: ("✗", Tone.BAD), None: ("·", Tone.MUTED)}


class Findings(HangingText):
    """Shows the steps while they come; once it is there the table, and the steps beneath it."""

    DEFAULT_CSS = "Findings { height: auto; }"

    lines: Sequence[ProofLine] = ()
    proof: Proof | None = None

    def show(self, lines: Sequence[ProofLine], proof: Proof | None = None) -> None:
        """Show what is known so far.

        Args:
            lines: The steps until now.
            proof: The whole proof, when it is done.
        """
        self.lines, self.proof = tuple(lines), proof
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """The text, without markup."""
        if self.proof is not None:
            yield from _table(self.proof)
            if self.lines:
                yield Paragraph(Content(""), Content(""))
                yield Paragraph(Content(""), Content.styled("What was asked", "bold"))
        for line in self.lines:
            mark, tone = _STEP[line.ok]
            detail = f"  {plain(line.detail)}" if line.detail else ""
            yield _marked(mark, tone, Content.assemble(plain(line.text), (detail, "$foreground-muted")))


def _table(proof: Proof) -> Iterable[Paragraph]:
    if proof.fault:
        yield _marked("✗", Tone.BAD, Content.styled(plain(proof.fault), STYLE[Tone.BAD]))
        failed = (
            finding.cure for finding in proof.findings if finding.verdict is CapabilityVerdict.FAILED and finding.cure
        )
        for cure in list(failed)[:1]:
            yield _beneath(cure)
    for finding in proof.findings:
        tone = _TONE.get(finding.verdict, Tone.BAD)
        name = f"{CAPABILITY[finding.capability].ljust(_NAME)}  "
        yield _marked(_MARK.get(finding.verdict, "✗"), tone, Content.assemble(name, (finding.verdict, STYLE[tone])))
        if finding.verdict is CapabilityVerdict.OFF or (proof.fault and finding.verdict is CapabilityVerdict.FAILED):
            continue  # said once, above
        for text in filter(None, (finding.reason, finding.cure)):
            yield _beneath(text)
    for title, advice in proof.warnings:
        yield _marked("!", Tone.WARN, Content.styled(plain(title), STYLE[Tone.WARN]))
        yield _beneath(advice)


def _marked(mark: str, tone: Tone, text: Content) -> Paragraph:
    return Paragraph(Content.styled(f"{mark} ", STYLE[tone]), text)


def _beneath(text: str) -> Paragraph:
    return Paragraph(Content("    "), Content.styled(plain(text), "$foreground-muted"))
