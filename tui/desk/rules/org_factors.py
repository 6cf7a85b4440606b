"""What the factors of an org could prove of a caller at most, by the authenticators that it has switched on.

Okta's descriptions of the authenticators and of enrolment policies name the keys. What a person has, and whether a push
may show a number, is known only when they are asked: so what stands here can rule a proof out, and never promise one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tui.desk.rules.strength import Measured

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_PUSHES: Final = frozenset({Measured.PUSH, Measured.NUMBER})
_CODE: Final = frozenset({Measured.CODE})
_MESSAGE: Final = frozenset({Measured.MESSAGE})
_NOTHING: Final[frozenset[Measured]] = frozenset()
_GIVES: Final[Mapping[str, frozenset[Measured]]] = {
    "okta_verify": _PUSHES | _CODE,
    "custom_app": _PUSHES,
    **dict.fromkeys(("google_otp", "symantec_vip", "yubikey_token", "rsa_token", "onprem_mfa", "custom_otp"), _CODE),
    **dict.fromkeys(("phone_number", "okta_email"), _MESSAGE),
    "security_question": frozenset({Measured.QUESTION}),
    # These answer to a browser or to somebody else, not to a caller's voice.
    **dict.fromkeys(("okta_password", "webauthn", "duo", "external_idp", "smart_card_idp", "tac"), _NOTHING),
}
_SAID: Final = {
    Measured.NUMBER: "a push, with a number where the org has that",
    Measured.CODE: "a code from an app or token",
    Measured.MESSAGE: "a code by text, call or mail",
    Measured.QUESTION: "a security question",
}


def provable(keys: Iterable[str]) -> frozenset[Measured] | None:
    """Return what callers could prove at most; `None` where an authenticator is one that keydesk does not know.

    Args:
        keys: Okta's keys of the authenticators that the org has switched on, such as `okta_verify`.
    """
    found = _NOTHING
    for key in keys:
        gives = _GIVES.get(key)
        if gives is None:
            return None
        found |= gives
    return found


def factors_said(can: Collection[Measured]) -> str:
    """Return in words what callers could prove at most: `a code by text, call or mail`; `nothing` for nothing."""
    return "; ".join(words for kind, words in _SAID.items() if kind in can) or "nothing"
