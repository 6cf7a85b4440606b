"""All rules of the verdict in their order: the account itself first, then its sign-ins. The last one always fits."""

from __future__ import annotations

from typing import Final

from tui.desk.why_rules_sign_in import SIGN_INS
from tui.desk.why_rules_state import STATE

RULES: Final = STATE + SIGN_INS
