"""Agents of one account, named by the command that belongs to the SSH key of each; a real sshd, where there is one."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desk.team.test_faults import free_port, until
from tui.desk.connectors import profiles, settings
from tui.desk.connectors.agent import Agent, recording_agent
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, SecretPlace
from tui.desk.connectors.store_address import BadStore, StoreAddress
from tui.desk.setup.form import Form
from tui.desk.setup.parse import parse_place
from tui.trouble import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

SSHD = "/usr/sbin/sshd"
SETTINGS = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/keys
PidFile none
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AcceptEnv KEYDESK_AGENT
ExposeAuthInfo yes
"""
SAYS_WHO = "from tui.desk.connectors.agent import *; from tui.desk.connectors.store_address import *; \
print(recording_agent(StoreAddress('user=jump', machine=True, by_ssh_key=True), 'somebody').name)"


def test_who_an_agent_of_a_machine_is() -> None:
    account, keyed = StoreAddress("user=jump", machine=True), StoreAddress("user=jump", machine=True, by_ssh_key=True)
    me, ann = getpass.getuser(), {"KEYDESK_AGENT": " ann "}
    assert recording_agent(keyed, "bob", ann).name == "jump:ann"
    assert recording_agent(keyed, "bob", ann).names >= {"ann"}
    assert recording_agent(account, "bob", ann) == Agent(f"jump:{me}", at_home=me)  # neither settings nor environment
    assert recording_agent(StoreAddress("user=ann"), "bob", ann) == Agent("ann", at_home="bob")
    assert recording_agent(None, "bob", ann) == Agent("bob")
    for nobody in ({}, {"KEYDESK_AGENT": " \t"}):
        with pytest.raises(BadStore, match="Who works here is not known"):
            recording_agent(keyed, "bob", nobody)


def test_what_a_connector_says_of_it_is_kept_and_no_program_can_be_set_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, sign_in = tmp_path / "connectors.toml", SignIn(SignInKind.API_TOKEN, SecretPlace(Keep.FILE, "/x"))
    for store in (StoreAddress("user=jump", machine=True, by_ssh_key=True), StoreAddress("user=ann")):
        profile = Profile("Acme", parse_address("https://acme.okta.com"), sign_in, store=store)
        profiles.save(path, profile, replacing="Acme" if path.exists() else "")
        assert profiles.load(path).profiles[0].store == store
        assert ("by_ssh_key = true" in path.read_text()) is store.by_ssh_key
    form, places = Form(keep=Keep.COMMAND, place_command="sh -c id"), settings.places()
    assert parse_place(form, places) == SecretPlace(Keep.COMMAND, "sh -c id")
    monkeypatch.setenv("KEYDESK_AGENT", "ann")
    with pytest.raises(BadInput, match="No command can be set up here"):
        parse_place(form, places)


@contextmanager
def sshd(folder: Path, commands: dict[str, str]) -> Iterator[int]:
    """An sshd on the loopback, which lets in a key for each name, and runs the command of that key; yields its port."""
    if not Path(SSHD).exists() or not shutil.which("ssh"):
        pytest.skip("this machine has no sshd (apt-get install openssh-server)")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host", *commands):
        subprocess.run(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    (folder / "keys").write_text(
        "".join(f'restrict,command="{line}" {(folder / f"{name}.pub").read_text()}' for name, line in commands.items())
    )
    port = free_port()
    (folder / "config").write_text(SETTINGS.format(port=port, folder=folder))
    with subprocess.Popen(
        [SSHD, "-D", "-e", "-f", folder / "config"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as server:
        try:
            told = server.stderr
            assert told is not None
            until(lambda: b"listening" in told.readline())
            yield port
        finally:
            server.kill()


def test_the_command_of_a_key_names_the_agent_and_nothing_that_they_send_does(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    lines = {
        name: f"KEYDESK_AGENT={name} PYTHONPATH={root} exec {sys.executable} {tmp_path}/who.py"
        for name in ("ann", "bob")
    }
    (tmp_path / "who.py").write_text(SAYS_WHO)
    with sshd(tmp_path, lines) as port:
        for name in lines:
            ssh: list[str | Path] = [
                "ssh",
                "-F",
                "none",
                "-p",
                str(port),
                "-i",
                tmp_path / name,
                "-o",
                "StrictHostKeyChecking=no",
            ]
            mine = [
                "-o",
                f"UserKnownHostsFile={tmp_path}/hosts",
                "-o",
                "SetEnv=KEYDESK_AGENT=eve",
                "-o",
                "BatchMode=yes",
            ]
            told = subprocess.run(
                [*ssh, *mine, f"{getpass.getuser()}@127.0.0.1", "KEYDESK_AGENT=eve id"],
                capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]},
            )  # fmt: skip
            assert (told.stdout, told.returncode) == (f"jump:{name}\n", 0), told.stderr
