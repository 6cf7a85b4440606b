"""A proof as text: whether the credentials work for each capability, and the steps of the proof."""

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
    """Shows the steps while the proof runs; afterwards the table of capabilities with the steps beneath it."""

    DEFAULT_CSS = "Findings { height: auto; }"

    lines: Sequence[ProofLine] = ()
    proof: Proof | None = None

    def show(self, lines: Sequence[ProofLine], proof: Proof | None = None) -> None:
        """Show the steps so far, or the finished proof.

        Args:
            lines: The steps so far.
            proof: The proof, once it is finished.
        """
        self.lines, self.proof = tuple(lines), proof
        self.redraw()

    def paragraphs(self) -> Iterable[Paragraph]:
        """Yield the table, if the proof is finished, and the steps."""
        if self.proof is not None:
            yield from _table(self.proof)
            if self.lines:
                yield Paragraph(Content(""), Content(""))
                yield Paragraph(Content(""), Content.styled("What was asked", "bold"))
        for line in self.lines:
            mark, tone = _STEP[line.ok]
            detail = f"  {plain(line.detail)}" if line.detail else ""
            yield _line(mark, tone, Content.assemble(plain(line.text), (detail, "$muted")))


def _table(proof: Proof) -> Iterable[Paragraph]:
    if proof.fault:
        yield _line("✗", Tone.BAD, Content.styled(plain(proof.fault), STYLE[Tone.BAD]))
        failed = (
            finding.cure for finding in proof.findings if finding.verdict is CapabilityVerdict.FAILED and finding.cure
        )
        for cure in list(failed)[:1]:
            yield _indented(cure)
    for finding in proof.findings:
        tone = _TONE.get(finding.verdict, Tone.BAD)
        name = f"{CAPABILITY[finding.capability].ljust(_NAME)}  "
        yield _line(_MARK.get(finding.verdict, "✗"), tone, Content.assemble(name, (finding.verdict, STYLE[tone])))
        if finding.verdict is CapabilityVerdict.OFF or (proof.fault and finding.verdict is CapabilityVerdict.FAILED):
            continue  # the fault above says why
        for text in filter(None, (finding.reason, finding.cure)):
            yield _indented(text)
    for title, advice in proof.warnings:
        yield _line("!", Tone.WARN, Content.styled(plain(title), STYLE[Tone.WARN]))
        yield _indented(advice)


def _line(mark: str, tone: Tone, text: Content) -> Paragraph:
    return Paragraph(Content.styled(f"{mark} ", STYLE[tone]), text)


def _indented(text: str) -> Paragraph:
    return Paragraph(Content("    "), Content.styled(plain(text), "$muted"))
