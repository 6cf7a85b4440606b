"""A new token or key in the place of the old: stored and read back, then switched to, then the old one dropped."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.secrets import Secret
    from tui.okta.keys import ClientKey

OWN = frozenset({Keep.KEYRING, Keep.FILE})
"""Where keydesk can put a secret; from the other places it only reads."""


LARGEST = 64_000
"""Characters that are read of a file: more is no secret."""
REVOKE = "Now revoke the old one in Okta."


def kind_of_secret(profile: Profile) -> str:
    """What it signs in with, in a word."""
    return "token" if profile.sign_in.kind is SignInKind.API_TOKEN else "key"


def refuse_early(profile: Profile, *, key_wanted: bool) -> None:
    """Stop before anything is asked for that would be of no use.

    Args:
        profile: Whose secret is to be changed.
        key_wanted: Whether a key was named or is to be made.

    Raises:
        BadInput: It signs in with an API token, which has no key; or its secret is only read by keydesk.
    """
    if key_wanted and kind_of_secret(profile) == "token":
        raise BadInput(f"{profile.name} signs in with an API token, which has no key", field="make_key")
    candidate(profile, "any")


def read_secret_file(name: str) -> str:
    """The text of a file that holds a token or key.

    Raises:
        BadInput: It cannot be read.
    """
    try:
        return Path(name).expanduser().read_text("utf-8")[:LARGEST]
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        raise BadInput(
            f"{name} cannot be read", advice="Check the path.", detail=type(error).__name__, field="from_file"
        ) from None


def load_key(text: str, ask: Callable[[], str] | None) -> ClientKey:
    """A private key from its text.

    Args:
        text: PEM or JWK.
        ask: Asks for the passphrase of an encrypted one; `None` where nobody can be asked.

    Raises:
        NeedsPassphrase: It is encrypted, and nobody can be asked.
        BadInput: It is no private key, or the passphrase is wrong.
    """
    from tui.okta.keys import ClientKey, NeedsPassphrase  # noqa: PLC0415 - brings cryptography

    try:
        return ClientKey.load(text)
    except NeedsPassphrase:
        if ask is None:
            raise
    return ClientKey.load(text, ask())


def candidate(profile: Profile, key_id: str = "", *, now: float | None = None) -> Profile:
    """The profile as it will be: another place for the new secret, so that the old one stays until all is well.

    Args:
        profile: As it is.
        key_id: Of the new key; empty for an API token.
        now: Seconds since the epoch; makes the new place's name.

    Raises:
        BadInput: Its secret is only read by keydesk.
    """
    old = profile.sign_in.secret
    if old is None or old.keep not in OWN:
        where = "a command" if old is not None and old.keep is Keep.COMMAND else "the environment"
        raise BadInput(
            f"keydesk only reads this secret, from {where}",
            advice="Change it there; `keydesk check` then proves it. `keydesk connect --change` takes another key id.",
            field="secret",
        )
    sign_in = replace(profile.sign_in, secret=_next(old, time.time() if now is None else now), passphrase=None)
    if sign_in.kind is SignInKind.PRIVATE_KEY_JWT:
        if not key_id:
            raise BadInput("The key id is missing", advice="Okta shows it beside the public key.", field="key_id")
        sign_in = replace(sign_in, key_id=key_id)
    return replace(profile, sign_in=sign_in)


def _next(place: SecretPlace, now: float) -> SecretPlace:
    # Two rotations in one second have places of their own too.
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now)) + f"-{int(now % 1 * 1_000_000):06}"
    if place.keep is Keep.FILE:
        path = Path(place.where).expanduser()
        stem = path.stem.rpartition("~")[0] or path.stem
        return SecretPlace(Keep.FILE, str(path.with_name(f"{stem}~{stamp}{path.suffix}")))
    return SecretPlace(Keep.KEYRING, f"{place.where.rpartition('~')[0] or place.where}~{stamp}")


async def prove_and_rotate(
    path: Path, old: Profile, new: Profile, secret: Secret, prove: Callable[[Profile, Secret], Awaitable[None]]
) -> str:
    """Put a new secret to use once it is proved to sign in; on any failure the old one stays in use.

    Args:
        path: The profiles' file.
        old: The profile as it was.
        new: What `candidate` made of it.
        secret: The new token or key.
        prove: Signs in with it; raises where that fails.

    Returns:
        What is left to be done by hand, in a sentence.

    Raises:
        Trouble: It does not sign in, cannot be kept, or the profile cannot be written.
    """
    await prove(new, secret)
    return await asyncio.to_thread(rotate, path, old, new, secret) or REVOKE


def rotate(path: Path, old: Profile, new: Profile, secret: Secret) -> str:
    """Put the new secret to use; on any failure the old one stays in use.

    Args:
        path: The profiles' file.
        old: The profile as it was.
        new: What `candidate` made of it.
        secret: The new token or key.

    Returns:
        What is left to be done by hand; empty when nothing is.

    Raises:
        Trouble: The new secret cannot be kept, or the profile cannot be written.
    """
    place, was = new.sign_in.secret, old.sign_in.secret
    if place is None or was is None:
        raise AssertionError
    secrets.store(place, secret)
    try:
        now = profiles.require(profiles.load(path), old.name)  # it may have been changed meanwhile
        kept = profiles.save(path, replace(now, sign_in=new.sign_in), replacing=old.name)
    except Trouble:
        secrets.forget(place)
        raise
    used = {one for profile in kept.profiles for one in (profile.sign_in.secret, profile.sign_in.passphrase)}
    left = []
    for gone in (was, old.sign_in.passphrase):
        if gone is None or gone in used or gone.keep not in OWN:
            continue
        try:
            secrets.forget(gone)
        except Trouble as trouble:
            left.append(f"The old secret is still in {gone.where}: {trouble.title.lower()}.")
    return " ".join(left)
