"""`keydesk doctor` and `keydesk paths`: what they find, what they say to do, and that no secret is among it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.color import ColorSystem

from tests.commands.act.support import at_a_terminal
from tests.conftest import ORIGIN, token_of
from tests.desk.support import WrongClock
from tests.each import each
from tui import wiring
from tui.commands.codes import Code
from tui.commands.doctor.drawing import look_at_drawing
from tui.commands.doctor.finding import Health
from tui.commands.doctor.terminal import look_at_terminal
from tui.commands.paths import STORED
from tui.desk.connectors import profiles, secrets
from tui.desk.connectors.connector import SignInKind, parse_address
from tui.desk.connectors.profiles import Profile, SignIn
from tui.desk.connectors.secrets import Keep, Secret, SecretPlace
from tui.desk.connectors.settings import Places
from tui.terminal.rules import CAREFUL, FULL, GNU_SCREEN
from tui.terminal.sample import sample_size

if TYPE_CHECKING:
    from tests.commands.conftest import Shell
    from tests.conftest import FakeClock
    from tui.demo.org import Org

GOOD = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PATH": "/nowhere"}
MUX = GOOD | {"TMUX": "/tmp/tmux,1,0", "TERM": "tmux-256color"}  # noqa: S108 - the variable's form, no file


OFF = {"KEYDESK_CELL_DIFF": "0"}


def terminal(environ: dict[str, str], what: str, **tmux: str) -> Any:  # noqa: ANN401 - one line
    size = (80, 24)
    lines = look_at_terminal(
        environ, size, platform="linux", tmux=lambda option: tmux.get(option.replace("-", "_"), "")
    )
    (line,) = [line for line in lines if line.what == what]
    return line


@each(
    ("environ", "what", "health"),
    [
        (GOOD, "kind", Health.OK),
        (GOOD | {"TERM": "dumb"}, "kind", Health.BAD),
        ({}, "kind", Health.BAD),
        (MUX, "kind", Health.OK),
        (MUX | {"TERM": "xterm-256color"}, "kind", Health.WARN),
        (GOOD, "colours", Health.OK),
        (GOOD | {"COLORTERM": "", "TERM": "xterm"}, "colours", Health.WARN),
        (GOOD | {"COLORTERM": "", "TERM": "foot"}, "colours", Health.UNKNOWN),
        (GOOD, "characters", Health.OK),
        (GOOD | {"LANG": "de_DE.ISO-8859-1"}, "characters", Health.WARN),
        (GOOD, "locale", Health.OK),
        (GOOD | {"LC_ALL": "xx_XX.UTF-8"}, "locale", Health.WARN),
        ({"TERM": "xterm"}, "locale", Health.WARN),
        (GOOD, "copying", Health.UNKNOWN),
        (GOOD | {"STY": "1.tty"}, "copying", Health.WARN),
        (GOOD, "Esc", Health.OK),
        (GOOD | {"ESCDELAY": "1000"}, "Esc", Health.WARN),
    ],
)
def test_the_terminal_is_looked_at(environ: dict[str, str], what: str, health: Health) -> None:
    line = terminal(environ, what)
    assert line.health is health
    assert line.advice or health is Health.OK


def test_the_colours_that_there_are_are_said_with_the_way_to_more() -> None:
    fewer = GOOD | {"COLORTERM": ""}
    assert terminal(fewer, "colours").found == "256"
    assert "AcceptEnv" in terminal(fewer | {"SSH_TTY": "/dev/pts/0"}, "colours").advice
    assert terminal(GOOD | {"NO_COLOR": "1"}, "colours").found == "none, since NO_COLOR is set"


def test_tmux_is_asked_for_its_clipboard_and_its_delay() -> None:
    assert terminal(MUX, "copying", set_clipboard="off").health is Health.BAD
    assert terminal(MUX, "copying", set_clipboard="external").health is Health.OK
    assert terminal(MUX, "copying").health is Health.UNKNOWN
    slow = terminal(MUX, "Esc", escape_time="500")
    assert (slow.health, slow.found) == (Health.WARN, "tmux waits 500 ms")
    assert terminal(MUX, "Esc", escape_time="10").health is Health.OK


def drawn(environ: dict[str, str], platform: str = "linux") -> dict[str, tuple[Health, str]]:
    return {line.what: (line.health, line.found) for line in look_at_drawing(environ, platform=platform)}


def test_what_is_sent_and_what_lies_in_between_is_said(home: Path) -> None:
    here = GOOD | {"KEYDESK_HOME": str(home)}
    found = drawn(here)
    assert found["drawing"] == (Health.OK, "only what changed is sent, cell by cell")
    assert "on this machine" in found["line"][1]
    assert found["animations"][1].startswith("none")
    assert found["whole frames"][0] is Health.UNKNOWN
    assert "waits 25 ms" in terminal(here, "Esc").found

    away = here | {"SSH_CONNECTION": "192.0.2.7 50022 10.0.0.1 22", "TEXTUAL_ANIMATIONS": "full"}
    assert "over SSH (SSH_CONNECTION)" in drawn(away)["line"][1]
    assert drawn(away)["animations"] == (Health.WARN, "full, as TEXTUAL_ANIMATIONS says")
    assert "192.0.2.7" not in str(drawn(away))
    assert terminal(away, "Esc").found == "waits 50 ms over SSH"
    assert terminal(away | {"ESCDELAY": "7"}, "Esc").found == "waits 7 ms (ESCDELAY)"

    whole = {what: drawn(here | more)["drawing"] for what, more in (("TERM", {"TERM": ""}), ("by", OFF))}
    assert {health for health, _ in whole.values()} == {Health.WARN}
    assert "TERM does not say" in whole["TERM"][1]
    assert "KEYDESK_CELL_DIFF says so" in whole["by"][1]
    assert "Windows" in drawn(here, "win32")["drawing"][1]
    assert "bce" in drawn(here | {"TERM": "screen"})["asked of it"][1]
    assert "nobody tried vt100" in drawn(here | {"TERM": "vt100"})["asked of it"][1]


def test_the_sample_screen_is_far_smaller_where_only_changes_are_sent() -> None:
    sizes = [sample_size(rules, ColorSystem.TRUECOLOR) for rules in (FULL, GNU_SCREEN, CAREFUL)]
    assert sizes[0].changed < sizes[1].changed <= sizes[2].changed
    assert all(size.changed < size.whole / 2 for size in sizes)


@each(
    ("size", "health"), [((80, 24), Health.OK), ((79, 24), Health.WARN), ((60, 14), Health.BAD), (None, Health.UNKNOWN)]
)
def test_a_small_terminal_is_said(size: tuple[int, int] | None, health: Health) -> None:
    (line,) = [line for line in look_at_terminal(GOOD, size, platform="linux") if line.what == "size"]
    assert line.health is health


@pytest.fixture
def desk(keydesk: Shell, clock: FakeClock, home: Path, org: Org) -> Shell:
    """A connector with its token in a file, and no other trouble."""
    place = SecretPlace(Keep.FILE, str(home / "secrets" / "Acme.token"))
    secrets.store(place, Secret(token_of(org)))
    profiles.save(home / "connectors.toml", Profile("Acme", parse_address(ORIGIN), SignIn(SignInKind.API_TOKEN, place)))
    real = wiring.client

    def client(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - passes on what it gets
        return real(*arguments, **{**more, "clock": clock, "transport": keydesk.line})

    keydesk.patch.setattr(wiring, "client", client)
    keydesk.patch.delenv("KEYDESK_ORG")
    keydesk.patch.delenv("KEYDESK_API_TOKEN")
    for name, value in GOOD.items():
        keydesk.patch.setenv(name, value)
    keydesk.patch.setattr(secrets, "keyring_trouble", lambda: "There is no D-Bus session.")
    return keydesk


def checks(shell: Shell, *more: str, code: Code = Code.OK) -> dict[str, dict[str, str]]:
    ran = shell("doctor", "--json", *more)
    assert ran.code == code, ran.out
    assert ran.json["ok"] is (code is Code.OK)
    return {one["what"]: one for one in ran.json["checks"]}


def test_all_is_well_and_no_credentials_were_sent(desk: Shell) -> None:
    found = checks(desk)
    assert found["connector"]["found"] == "Acme (from connectors.toml): 127.0.0.1:9"
    assert found["org"]["state"] == found["clock"]["state"] == found["files"]["state"] == "ok"
    assert found["keyring"]["found"].startswith("not usable, and no connector needs it")
    assert [request.url.path for request in desk.line.sent] == ["/.well-known/okta-organization"]
    assert "authorization" not in desk.line.sent[0].headers


def test_a_wrong_clock_is_told_by_the_orgs_answer(desk: Shell, clock: FakeClock) -> None:
    real = wiring.public_client

    def client(*arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - passes on what it gets
        made = real(*arguments, **more)
        made.clock.local = WrongClock(clock, -3600)
        return made

    desk.patch.setattr(wiring, "public_client", client)
    found = checks(desk, code=Code.FAILED)["clock"]
    assert (found["state"], found["found"]) == ("bad", "60 min behind Okta's")
    assert "NTP" in found["advice"]


def test_without_an_answer_the_clock_is_not_known(desk: Shell) -> None:
    assert checks(desk, "--offline").keys().isdisjoint({"org", "clock"})
    desk.patch.setenv("KEYDESK_CONNECTOR", "Akme")
    found = checks(desk)
    assert found["clock"]["state"] == "not known"
    assert "Did you mean Acme?" in found["connector"]["advice"]


def test_rights_that_let_others_in_are_bad(desk: Shell, home: Path) -> None:
    (home / "secrets" / "Acme.token").chmod(0o644)
    found = checks(desk, "--offline", code=Code.FAILED)
    assert found["secret of Acme"]["found"].startswith("others can read ")
    assert "chmod go-rwx" in found["secret of Acme"]["advice"]
    (home / "connectors.toml").chmod(0o666)
    assert checks(desk, "--offline", code=Code.FAILED)["connectors.toml"]["state"] == "bad"


def test_a_keyring_that_is_needed_and_missing_is_bad(desk: Shell, home: Path) -> None:
    sign_in = SignIn(SignInKind.API_TOKEN, SecretPlace(Keep.KEYRING, "Acme Two"))
    profiles.save(home / "connectors.toml", Profile("Acme Two", parse_address(ORIGIN), sign_in))
    found = checks(desk, "--offline", code=Code.FAILED)["keyring"]
    assert "Acme Two keeps its secret there" in found["found"]


def test_no_secret_and_no_proxys_password_is_printed(desk: Shell, org: Org, home: Path) -> None:
    desk.patch.setenv("HTTPS_PROXY", "http://sam:pa55word@proxy.invalid:8080")
    desk.patch.setenv("KEYDESK_ORG", "https://127.0.0.2")
    desk.patch.setenv("KEYDESK_API_TOKEN", token_of(org))
    desk.patch.setenv("NO_PROXY", "")

    async def names(*_: object) -> list[object]:
        raise OSError

    desk.patch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", names)
    for command in (("doctor",), ("doctor", "--json"), ("paths",), ("paths", "--json")):
        ran = desk(*command)
        assert "pa55word" not in ran.out + ran.err
        assert token_of(org) not in ran.out + ran.err
    desk.patch.setenv("HTTPS_PROXY", "socks5://sam:pa55word@proxy.invalid")
    assert "pa55word" not in desk("doctor").out


def test_the_text_says_what_to_do_and_fits_a_terminal(desk: Shell) -> None:
    desk.patch.setenv("TERM", "dumb")
    ran = desk("doctor", "--offline")
    assert ran.code == Code.FAILED
    assert "-> export TERM=xterm-256color" in ran.out
    assert ran.out.splitlines()[-1].endswith("not known.")


def test_at_a_terminal_no_line_is_longer_than_it_is_wide(desk: Shell) -> None:
    desk.patch.setenv("COLUMNS", "80")
    desk.patch.setenv("NO_COLOR", "1")
    screen = at_a_terminal(desk)
    desk("doctor", "--offline")
    assert max(map(len, screen.getvalue().splitlines())) <= 80


def test_paths_tells_where_everything_lies_and_what_wins(desk: Shell, home: Path) -> None:
    told = desk("paths", "--json").json
    assert told["settings"] == told["state"] == str(home)
    assert {one["name"] for one in told["files"] if one["exists"]} >= {"connectors.toml", "secrets"}
    rules = {rule["what"]: rule for rule in told["precedence"]}
    assert (rules["connector"]["value"], rules["connector"]["from"]) == ("Acme", "connectors.toml")
    assert (rules["mode"]["value"], rules["mode"]["from"]) == ("read-only", "the connector")
    assert rules["folders"]["from"] == "KEYDESK_HOME"
    desk.patch.setenv("KEYDESK_CONNECTOR", "environment")
    desk.patch.setenv("KEYDESK_ORG", ORIGIN)
    told = desk("paths", "--read-only", "--json").json
    rules = {rule["what"]: rule for rule in told["precedence"]}
    assert rules["connector"]["from"] == "KEYDESK_CONNECTOR"
    assert rules["mode"] | {"order": 0} == {
        "what": "mode", "value": "read-only", "from": "--read-only or KEYDESK_READ_ONLY", "order": 0,
    }  # fmt: skip
    text = desk("paths").out
    assert str(home) in text
    assert "--demo > --connector > KEYDESK_CONNECTOR" in text


def test_paths_survives_broken_files_and_says_so(desk: Shell, home: Path) -> None:
    (home / "settings.toml").write_text("[desk\n")
    (home / "connectors.toml").write_text("x = [\n")
    ran = desk("paths")
    assert ran.code == Code.OK
    assert "none: " in ran.out
    assert checks(desk, "--offline", code=Code.FAILED)["settings.toml"]["state"] == "bad"


def test_every_file_that_keydesk_writes_is_in_the_list(home: Path) -> None:
    places = Places(Path("/config"), Path("/state"))
    listed = {stored.path(places) for stored in STORED}
    own = {value for name in dir(Places) if isinstance(value := getattr(places, name), Path)}
    assert own - {places.config, places.state} <= listed
    assert os.environ["KEYDESK_HOME"] == str(home)
