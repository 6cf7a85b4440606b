"""What an answer gives away once: the agent gets it, and nothing else does."""

from __future__ import annotations

import logging
import pickle
import re
import traceback
from typing import TYPE_CHECKING

import pytest

from tests.desk.support import aim, choose, someone_for
from tests.each import each
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.ledger.entry import Outcome
from tui.desk.perform.perform import perform

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

    from tests.conftest import Desk
    from tests.desk.support import Line
    from tui.demo.org import Org

REVEALING = [action.id for action in ACTIONS.values() if action.reveals]
KIND = {
    "reset-link": r"https?://.*/(signin/reset-password|reset_password)/\S{16,}",
    "temp-password": r"\S{8,12}",
    "access-code": r"\S{8,64}",
}


def holding(folder: Path, text: str) -> list[Path]:
    """The files that hold a text."""
    return [file for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]


def test_every_action_that_reveals_is_known_here() -> None:
    assert set(REVEALING) == set(KIND)


@pytest.mark.parametrize("action", REVEALING)
async def test_it_reaches_the_agent_and_no_file_log_or_repr(
    desk: Desk, org: Org, home: Path, caplog: pytest.LogCaptureFixture, action: str
) -> None:
    caplog.set_level(logging.DEBUG)
    session = desk.session()
    who = someone_for(org, action)
    performed = await perform(session, await aim(session, action, who), reason="forgot it")
    assert performed.outcome is Outcome.DONE
    assert performed.clean
    assert performed.secret is not None
    secret = performed.secret.reveal()
    assert re.fullmatch(KIND[action], secret)
    session.ledger.close()
    assert not holding(home, secret)
    told = [repr(performed), str(performed), performed.sentence, performed.hint, repr(performed.secret), caplog.text]
    told += [repr(session), repr(session.client)]
    assert not [text for text in told if secret in text]
    assert performed.hint == ""
    with pytest.raises(TypeError):
        pickle.dumps(performed.secret)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'"%s"', b'{"%s', b'{"resetPasswordUrl": 7, "tempPassword": null}', b"<html>%s</html>", b""]
)
@each("action", REVEALING)
async def test_an_answer_without_it_is_no_success_and_shows_nothing_of_itself(
    desk: Desk, org: Org, line: Line, action: str, body: bytes
) -> None:
    import httpx as wire  # noqa: PLC0415 - the type alone is needed above

    session = desk.session()
    line.watch = None
    line.sent.clear()
    who = someone_for(org, action)
    plan = await aim(session, action, who, choose(org, action, who))
    hidden = "Xq7-do-not-show"

    async def odd(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST":
            return None
        await line.inner.handle_async_request(request)
        content = body.replace(b"%s", hidden.encode())
        return wire.Response(200, content=content, headers={"x-okta-request-id": "b" * 32})

    line.watch = odd
    performed = await perform(session, plan, reason="forgot it")
    # A page instead of JSON may not be Okta's at all, so that nothing is known for sure.
    assert performed.outcome is (Outcome.UNKNOWN if body.startswith(b"<") else Outcome.DONE)
    assert performed.secret is None
    assert not performed.clean
    assert performed.trouble is not None
    assert performed.trouble.title.startswith("Okta's answer")
    assert "a new one takes its place" in performed.hint
    shown = "".join(traceback.format_exception(performed.trouble)) + performed.sentence + repr(performed)
    assert hidden not in shown
    assert len(line.writes) == 1
