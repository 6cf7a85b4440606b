"""The system keyring: used when it is there, told plainly when it is not, and never replaced by something else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null
from keyring.errors import KeyringLocked

from tui.desk.connectors import secrets
from tui.desk.connectors.secrets import Keep, NoSecret, Secret, SecretPlace

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACE = SecretPlace(Keep.KEYRING, "Acme key")
SECRET = Secret("-----BEGIN PRIVATE KEY-----\nMIIsecretsecretsecretsecret\n-----END PRIVATE KEY-----\n")


class Kept(KeyringBackend):
    """A keyring in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}
        self.most = 10**6

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password[: self.most]

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


class Locked(Kept):
    """One that nobody unlocks; what it says holds what it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked(SECRET.reveal())


# keyring keeps a list of all backends that were ever defined; no other test is to find these.
KeyringBackend._classes -= {Kept, Locked}


@pytest.fixture(autouse=True)
def ring() -> Iterator[Kept]:
    before = keyring.get_keyring()
    ring = Kept()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_secret_is_kept_read_back_and_forgotten(ring: Kept) -> None:
    assert secrets.keyring_trouble() == ""
    secrets.store(PLACE, SECRET)
    assert ring.held[("keydesk", "Acme key")] == SECRET.reveal()
    assert secrets.fetch(PLACE).reveal() == SECRET.reveal().rstrip()
    with pytest.raises(NoSecret, match="already"):
        secrets.store(PLACE, SECRET)
    secrets.store(PLACE, Secret("00another"), replace=True)
    secrets.forget(PLACE)
    secrets.forget(PLACE)
    assert ring.held == {}
    with pytest.raises(NoSecret, match="does not hold"):
        secrets.fetch(PLACE)


def test_one_that_cuts_the_secret_keeps_the_old(ring: Kept) -> None:
    secrets.store(PLACE, Secret("00old"))
    ring.most = 10
    with pytest.raises(NoSecret, match="whole"):
        secrets.store(PLACE, SECRET, replace=True)
    assert secrets.fetch(PLACE).reveal() == "00old"


def test_one_that_keeps_nothing_whole_is_told_once(ring: Kept) -> None:
    ring.held["keydesk", "Acme key"] = "00before"
    ring.most = 3
    with pytest.raises(NoSecret, match="whole"):
        secrets.store(PLACE, SECRET, replace=True)


def test_a_locked_one_says_so_and_quotes_nothing() -> None:
    keyring.set_keyring(Locked())
    with pytest.raises(NoSecret, match="Unlock it") as caught:
        secrets.fetch(PLACE)
    assert "secretsecret" not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_without_one_nothing_else_takes_its_place(
    backend: type[KeyringBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    keyring.set_keyring(backend())
    assert secrets.keyring_trouble()
    with pytest.raises(NoSecret, match="Choose another place"):
        secrets.store(PLACE, SECRET)


def test_a_chain_is_as_good_as_its_best(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chainer.ChainerBackend()  # type: ignore[no-untyped-call]
    bare: KeyringBackend = fail.Keyring()  # type: ignore[no-untyped-call]
    for backends, good in (([], False), ([bare], False), ([Kept()], True)):
        monkeypatch.setattr(chainer.ChainerBackend, "backends", backends)
        keyring.set_keyring(chain)
        assert (secrets.keyring_trouble() == "") is good


def test_one_that_writes_a_plain_file_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kept, "__module__", "keyrings.alt.file")
    assert "plain file" in secrets.keyring_trouble()


def test_windows_takes_no_long_key(ring: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(NoSecret, match="too long"):
        secrets.store(PLACE, Secret("x" * 1300))
    assert ring.held == {}
