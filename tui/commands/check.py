"""`keydesk check`: prove what a connector can do, by reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.commands.codes import Code
from tui.commands.output import clock_json, print_hanging, print_json, print_line, print_table, print_trouble
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
    """Prove the connector, print the proof and store it."""
    from tui.commands.sessions import with_session

    async def work(session: Session) -> tuple[Proof, dict[str, int | None]]:
        return await _prove(session, quiet=arguments.json), clock_json(session)

    proof, clock = with_session(arguments, work)
    if arguments.json:
        from tui.desk.proof.store import as_json

        steps = [{"step": step.text, "ok": step.ok, "detail": step.detail} for step in proof.lines]
        print_json({**as_json(proof), "steps": steps, **clock})
    else:
        _print_proof(proof)
    demo = getattr(arguments, "demo", False)  # the demo org is another one each time
    if not demo and not proof.fault:  # a proof that broke off says nothing new about the credentials' rights
        _store(proof)
    return Code.OK if proof.works else Code.FAILED


async def _prove(session: Session, *, quiet: bool) -> Proof:
    from tui.desk.proof.proof import Proof
    from tui.desk.proof.prove import prove
    from tui.desk.verification.facts import connector_now

    proof: Proof | None = None
    if not quiet:
        connector = session.connector
        print_line(f"{plain(connector.name)}: {connector.org.host}, {connector.mode}. Reads only; nothing is changed.")
        print_line()
    async for step in prove(session.client, await connector_now(session)):
        if isinstance(step, Proof):
            proof = step
        elif not quiet:
            _print_step(step)
    if proof is None:
        raise AssertionError
    return proof


def _print_step(step: ProofLine) -> None:
    print_hanging(_MARK[step.ok], plain(step.text) + (f"  {plain(step.detail)}" if step.detail else ""))


def _print_proof(proof: Proof) -> None:
    from tui.commands.colour import Toned
    from tui.desk.proof.proof import CapabilityVerdict
    from tui.desk.text.okta_terms import CAPABILITY
    from tui.desk.text.tone import Tone

    tones = {
        CapabilityVerdict.WORKS: Tone.GOOD,
        CapabilityVerdict.NOT_PROVABLE: Tone.WARN,
        CapabilityVerdict.OFF: Tone.MUTED,
    }
    print_line()
    print_table(
        ("CAPABILITY", "VERDICT"),
        [
            (CAPABILITY[finding.capability], Toned(str(finding.verdict), tones.get(finding.verdict, Tone.BAD)))
            for finding in proof.findings
        ],
    )
    names_by_reason: dict[tuple[str, str, str], list[str]] = {}  # a reason that several share is printed once
    for finding in proof.findings:
        if finding.verdict is not CapabilityVerdict.OFF and (finding.reason or finding.cure):
            key = (finding.verdict, finding.reason, finding.cure)
            names_by_reason.setdefault(key, []).append(CAPABILITY[finding.capability])
    for (verdict, *texts), names in names_by_reason.items():
        print_line()
        print_hanging("", f"{', '.join(names)}: {verdict}")
        for text in filter(None, texts):
            print_hanging("  ", plain(text))
    for title, advice in proof.warnings:
        print_line()
        print_line(f"Warning: {plain(title)}.")
        print_hanging("  ", plain(advice))
    print_line()
    print_line(f"{proof.verdict[0].upper()}{proof.verdict[1:]}.")


def _store(proof: Proof) -> None:
    """Store the proof for the next start; a failure to store it is printed and does not change the exit code."""
    from tui.desk.connectors import settings
    from tui.desk.proof import store
    from tui.trouble import Trouble

    try:
        store.remember(settings.places().proofs, proof)
    except Trouble as trouble:
        print_trouble(trouble)
