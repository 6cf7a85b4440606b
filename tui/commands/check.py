"""`keydesk check`: prove what a connector can do, by reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.commands.codes import Code
from tui.commands.output import columns, complain, document, line
from tui.desk.text.plain import plain

if TYPE_CHECKING:
    import argparse

    from tui.desk.proof.proof import Proof, ProofLine
    from tui.desk.session import Session

_MARK: Final = {True: "ok   ", False: "FAIL ", None: "  -  "}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "check",
        parents=[common],
        help="prove what the connector can do",
        description="Proves by cheap reads, capability by capability, what the connector's credentials can do, and "
        "says what is missing and where to put it right. Nothing is changed in Okta. The exit code is 0 only if "
        "all that is switched on works.",
    )
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prove, print, remember."""
    from tui.commands.sessions import with_session

    async def work(session: Session) -> Proof:
        return await _prove(session, quiet=arguments.json)

    proof = with_session(arguments, work)
    if arguments.json:
        from tui.desk.proof.store import as_json

        steps = [{"step": step.text, "ok": step.ok, "detail": step.detail} for step in proof.lines]
        document({**as_json(proof), "steps": steps})
    else:
        _table(proof)
    demo = getattr(arguments, "demo", False)  # another org each time
    if not demo and not proof.fault:  # what could not be asked tells nothing new about what it may do
        _remember(proof)
    return Code.OK if proof.works else Code.FAILED


async def _prove(session: Session, *, quiet: bool) -> Proof:
    from tui.desk.proof.proof import Proof
    from tui.desk.proof.prove import prove

    found: Proof | None = None
    if not quiet:
        connector = session.connector
        line(f"{plain(connector.name)}: {connector.org.host}, {connector.mode}. Reads only; nothing is changed.")
        line()
    async for step in prove(session.client, session.connector):
        if isinstance(step, Proof):
            found = step
        elif not quiet:
            _step(step)
    if found is None:
        raise AssertionError
    return found


def _step(step: ProofLine) -> None:
    line(f"{_MARK[step.ok]}{plain(step.text)}" + (f"  {plain(step.detail)}" if step.detail else ""))


def _table(proof: Proof) -> None:
    from tui.desk.proof.proof import CapabilityVerdict
    from tui.desk.text.okta_terms import CAPABILITY

    line()
    columns(("CAPABILITY", "VERDICT"), [(CAPABILITY[one.capability], str(one.verdict)) for one in proof.findings])
    told: dict[tuple[str, str, str], list[str]] = {}  # what several have in common is said once
    for one in proof.findings:
        if one.verdict is not CapabilityVerdict.OFF and (one.reason or one.cure):
            told.setdefault((one.verdict, one.reason, one.cure), []).append(CAPABILITY[one.capability])
    for (verdict, *texts), names in told.items():
        line()
        line(f"{', '.join(names)}: {verdict}")
        for text in filter(None, texts):
            line(f"  {plain(text)}")
    for title, advice in proof.warnings:
        line()
        line(f"Warning: {plain(title)}.")
        line(f"  {plain(advice)}")
    line()
    line(f"{proof.verdict[0].upper()}{proof.verdict[1:]}.")


def _remember(proof: Proof) -> None:
    """Keep it for the next start; that it cannot be kept changes nothing about what was found."""
    from tui.desk.connectors import settings
    from tui.desk.proof import store
    from tui.trouble import Trouble

    try:
        store.remember(settings.places().proofs, proof)
    except Trouble as trouble:
        complain(trouble)
