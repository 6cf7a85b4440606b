"""An intent to record, apart from the tests: processes that only write a ledger need neither pytest nor Hypothesis."""

from __future__ import annotations

from tui.desk.ledger.entry import Intent
from tui.okta.calls import Call

UNLOCK = Call("POST", "/api/v1/users/00u1/lifecycle/unlock")
INTENT = Intent(
    action="unlock",
    title="Unlock",
    connector="acme",
    org="https://acme.okta.com",
    person_id="00u1",
    person_login="ada@acme.example",
    person_name="Ada Lovelace",
    status="LOCKED_OUT",
    calls=(UNLOCK,),
    reason="called from her desk",
    ticket="INC-7",
    agent="grace",
    origin="192.0.2.7",
)
