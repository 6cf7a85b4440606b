"""What a directory agent says about a refused password, as an error code of Windows or as Okta's `loginResult`."""

from __future__ import annotations

import re
from typing import Final

from tui.desk.lockouts.ends import End
from tui.patterns import late_pattern

CODES: Final = {
    1326: End.WRONG_PASSWORD,
    1328: End.DIRECTORY_HOURS,
    1329: End.DIRECTORY_WORKSTATION,
    1330: End.DIRECTORY_PASSWORD_EXPIRED,
    1331: End.DIRECTORY_DISABLED,
    1793: End.DIRECTORY_ACCOUNT_EXPIRED,
    1907: End.DIRECTORY_MUST_CHANGE,
    1909: End.DIRECTORY_LOCKED,
}
"""Windows' system error codes of a failed logon. Okta's support pages list 1326 to 1330 and 1793; the others are
Windows' own. 1328, 1329, 1330 and 1793 come only with the right password."""
LOGIN_RESULTS: Final = {
    "INVALID_CREDENTIALS": End.WRONG_PASSWORD,
    "LOCKED_OUT": End.WHILE_LOCKED,
    "PASSWORD_EXPIRED": End.EXPIRED,
    "USER_ACCOUNT_EXPIRED": End.DIRECTORY_ACCOUNT_EXPIRED,
    "VERIFICATION_ERROR": End.NO_SUCH_NAME,
    "DEL_AUTH_TIMEOUT": End.DIRECTORY_SILENT,
    "DEL_AUTH_NO_CONNECTED_AGENTS": End.DIRECTORY_SILENT,
    "SERVICE_NOT_AVAILABLE": End.DIRECTORY_SILENT,
    "PASSWORD_BASED_LOGIN_DISALLOWED": End.DENIED,
}
"""Okta's words for the result of a sign-in with a password (catalogue of event types, `DelAuthDebugData`)."""
OF_DIRECTORY: Final = {End.WHILE_LOCKED: End.DIRECTORY_LOCKED, End.EXPIRED: End.DIRECTORY_PASSWORD_EXPIRED}
"""What the same word means where a directory's agent says it: the directory's own lock and expiry."""
_HEX: Final = late_pattern(r"\bdata ([0-9a-f]{3,4})\b", re.IGNORECASE)
_NUMBER: Final = late_pattern(r"\b(1326|1328|1329|1330|1331|1793|1907|1909)\b")


def end_by_code(*texts: str) -> End | None:
    """Return how an attempt ended by the error code in a text: `1326`, or as LDAP writes it, `data 52e`.

    Args:
        texts: The error code, the reason, the error message: untrusted, the first text with a known code counts.
    """
    for text in texts:
        if (number := _NUMBER.search(text[:500])) is not None:
            return CODES[int(number[1])]
        if (data := _HEX.search(text[:500])) is not None and int(data[1], 16) in CODES:
            return CODES[int(data[1], 16)]
    return None


def end_by_word(*texts: str) -> End | None:
    """Return how an attempt ended by Okta's word for it, such as `LOCKED_OUT`; `None` for an unknown one."""
    for text in texts:
        words = text.upper().replace(" ", "_")
        for name, end in LOGIN_RESULTS.items():
            if words.startswith(name):
                return end
    return None
