"""Prove one connector: ask what its credentials can do, and judge the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.desk.proof.probes import Inquiry
from tui.desk.proof.verdicts import judge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tui.desk.connectors.connector import Connector
    from tui.desk.proof.proof import Proof, ProofLine
    from tui.okta.client import OktaClient


async def prove(client: OktaClient, connector: Connector) -> AsyncIterator[ProofLine | Proof]:
    """Prove one connector: yield each line as it happens, and the whole proof last.

    Only reads are sent, and the token request of a service app. No OktaError is raised: an error becomes a line.
    """
    inquiry = Inquiry(client, connector)
    async for line in inquiry.ask():
        yield line
    yield judge(inquiry.answers, connector, client.clock.time())
