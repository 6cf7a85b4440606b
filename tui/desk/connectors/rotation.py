"""Replace a connector's token or key: store the new secret and read it back, switch to it, then remove the old one."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.local_file import read_given
from tui.okta.tokens import kind_of_token
from tui.trouble import BadInput, Trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tui.desk.connectors.profiles import Profile
    from tui.desk.connectors.secrets import Secret
    from tui.okta.keys import ClientKey

OWN = frozenset({Keep.KEYRING, Keep.FILE})
"""The kinds of place where keydesk can store a secret; from the others it only reads."""


LARGEST = 64_000
"""The most characters that are read of a file: no secret is longer."""
PATIENCE = 60.0
"""The most seconds that a command may take to print a secret: a password manager may ask its user first."""
REVOKE = "Now revoke the old one in Okta."


def kind_of_secret(profile: Profile) -> str:
    """Return `token` or `key`: what the connector signs in with."""
    return "token" if profile.sign_in.kind is SignInKind.API_TOKEN else "key"


def refuse_early(profile: Profile, *, key_wanted: bool) -> None:
    """Check that a profile's secret can be replaced, before the admin is asked for the new one.

    Args:
        profile: The profile whose secret is to be replaced.
        key_wanted: Whether the admin named a key or wants keydesk to make one.

    Raises:
        BadInput: The profile signs in with an API token, which has no key; or keydesk can only read its secret.
    """
    if key_wanted and kind_of_secret(profile) == "token":
        raise BadInput(f"{profile.name} signs in with an API token, which has no key", field="make_key")
    candidate(profile, "any")


def read_secret_file(name: str, *, patience: float = PATIENCE) -> str:
    """Read the text of a file that holds a token or key, or of the pipe that `<(pass okta)` makes.

    Args:
        name: The file, as it was named on the command line.
        patience: The most seconds that a pipe may take.

    Raises:
        BadInput: The file cannot be read.
    """
    try:
        return read_given(Path(name).expanduser(), LARGEST, patience).decode("utf-8")
    except (OSError, UnicodeDecodeError, RuntimeError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else ""
        raise BadInput(
            f"{name} cannot be read",
            advice="Give a regular file, the standard input with -, or what a command prints with <(command).",
            detail=why or type(error).__name__,
            field="from_file",
        ) from None


def load_key(text: str, ask: Callable[[], str] | None) -> ClientKey:
    """Return the private key in a text.

    Args:
        text: The key as PEM or JWK.
        ask: Asks the admin for the passphrase of an encrypted key; `None` where nobody can be asked.

    Raises:
        NeedsPassphrase: The key is encrypted, and nobody can be asked.
        BadInput: The text is no private key, or the passphrase is wrong.
    """
    from tui.okta.keys import ClientKey, NeedsPassphrase  # noqa: PLC0415 - brings cryptography

    try:
        return ClientKey.load(text)
    except NeedsPassphrase:
        if ask is None:
            raise
    return ClientKey.load(text, ask())


def candidate(profile: Profile, key_id: str = "", *, now: float | None = None) -> Profile:
    """Return the profile with another place for the new secret, so that the old secret stays until the new one works.

    Args:
        profile: The profile as it is.
        key_id: The new key's id; empty for an API token.
        now: The time in seconds since the epoch, for the new place's name; `None` for the present.

    Raises:
        BadInput: keydesk can only read the profile's secret; or the key id is missing, or is a secret by mistake.
    """
    old = profile.sign_in.secret
    if old is None or old.keep not in OWN:
        where = "a command" if old is not None and old.keep is Keep.COMMAND else "the environment"
        raise BadInput(
            f"keydesk only reads this secret, from {where}",
            advice="Change it there; `keydesk check` then proves it. `keydesk connect --change` takes another key id.",
            field="secret",
        )
    sign_in = replace(profile.sign_in, secret=_new_place(old, time.time() if now is None else now), passphrase=None)
    if sign_in.kind is SignInKind.PRIVATE_KEY_JWT:
        if not key_id:
            raise BadInput("The key id is missing", advice="Okta shows it beside the public key.", field="key_id")
        if kind := kind_of_token(key_id):
            raise BadInput(f"This looks like {kind}, not like a key id", advice="Copy the kid.", field="key_id")
        sign_in = replace(sign_in, key_id=key_id)
    return replace(profile, sign_in=sign_in)


def _new_place(place: SecretPlace, now: float) -> SecretPlace:
    # With microseconds, so that two rotations in one second have different places.
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(now)) + f"-{int(now % 1 * 1_000_000):06}"
    if place.keep is Keep.FILE:
        path = Path(place.where).expanduser()
        stem = path.stem.rpartition("~")[0] or path.stem
        return SecretPlace(Keep.FILE, str(path.with_name(f"{stem}~{stamp}{path.suffix}")))
    return SecretPlace(Keep.KEYRING, f"{place.where.rpartition('~')[0] or place.where}~{stamp}")


async def prove_and_rotate(
    path: Path, old: Profile, new: Profile, secret: Secret, prove: Callable[[Profile, Secret], Awaitable[None]]
) -> str:
    """Switch to a new secret after it has signed in; on any failure the old secret stays in use.

    Args:
        path: The profiles' file.
        old: The profile as it was.
        new: The profile that `candidate` returned.
        secret: The new token or key.
        prove: Signs in with the new secret; raises where that fails.

    Returns:
        What the admin still has to do, in a sentence.

    Raises:
        Trouble: The new secret does not sign in or cannot be stored, or the profile cannot be written.
    """
    await prove(new, secret)
    return await asyncio.to_thread(rotate, path, old, new, secret) or REVOKE


def rotate(path: Path, old: Profile, new: Profile, secret: Secret) -> str:
    """Switch to a new secret; on any failure the old secret stays in use.

    Args:
        path: The profiles' file.
        old: The profile as it was.
        new: The profile that `candidate` returned.
        secret: The new token or key.

    Returns:
        What the admin still has to do; empty where nothing is left.

    Raises:
        Trouble: The new secret cannot be stored, or the profile cannot be written.
    """
    place, was = new.sign_in.secret, old.sign_in.secret
    if place is None or was is None:
        raise AssertionError
    secrets.store(place, secret)
    try:
        now = profiles.require(profiles.load(path), old.name)  # another keydesk may have changed it in the meantime
        kept = profiles.save(path, replace(now, sign_in=new.sign_in), replacing=old.name)
    except Trouble:
        secrets.forget(place)
        raise
    used = {place for profile in kept.profiles for place in (profile.sign_in.secret, profile.sign_in.passphrase)}
    left = []
    for gone in (was, old.sign_in.passphrase):
        if gone is None or gone in used or gone.keep not in OWN:
            continue
        try:
            secrets.forget(gone)
        except Trouble as trouble:
            left.append(f"The old secret is still in {gone.where}: {trouble.title.lower()}.")
    return " ".join(left)
