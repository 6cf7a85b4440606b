"""All rules of the verdict in their order: the account itself first, then its sign-ins. The last one always fits."""

from __future__ import annotations

from typing import Final

from tui.desk.why.rules_account import STATE
from tui.desk.why.rules_sign_in import SIGN_INS

RULES: Final = STATE + SIGN_INS
