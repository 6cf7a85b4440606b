"""`keydesk paths`: where everything lies, and what wins over what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tui.commands.codes import Code
from tui.commands.output import print_hanging, print_json, print_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from tui.desk.connectors.settings import Places
    from tui.switchboard import Switchboard


class StoredFile(NamedTuple):
    """A file or folder that keydesk keeps.

    Attributes:
        name: Its name in its folder.
        about: What it holds.
        in_config: Whether it lies in the settings folder, which people edit, and not in the state folder.
        secret: Whether only its owner may read it, since it is, or may hold, a secret.
    """

    name: str
    about: str
    in_config: bool = False
    secret: bool = False

    def path(self, places: Places) -> Path:
        """Return where it lies."""
        return (places.config if self.in_config else places.state) / self.name


STORED: Final = (
    StoredFile("settings.toml", "the settings of this desk: agent, region", in_config=True),
    StoredFile("connectors.toml", "the connectors, without their secrets", in_config=True),
    StoredFile("notices.toml", "the rules of notices to employees", in_config=True),
    StoredFile("secrets", "secrets kept in files, where that was chosen", in_config=True, secret=True),
    StoredFile("ledger.sqlite3", "the ledger: every change, by whom, with what outcome", secret=True),
    StoredFile("ledger.sqlite3.head", "the ledger's newest hash, by which a cut end is found", secret=True),
    StoredFile("ledger.sqlite3.words", "the index for searching the ledger; may be deleted", secret=True),
    StoredFile("feed.sqlite3", "the System Log of the last days, as the lockouts read it; may be deleted", secret=True),
    StoredFile("proofs.json", "what the last check of each connector found", secret=True),
    StoredFile("nonces.json", "the newest nonce of each service app; no secret", secret=True),
    StoredFile("expiry-scan.json", "a scan of expiring passwords that was stopped", secret=True),
    StoredFile("notify.json", "how far the notices have come", secret=True),
    StoredFile("left-off.json", "the last view, and whom the agent looked at of late; may be deleted", secret=True),
    StoredFile("draft.json", "what was typed into an unfinished set-up; no secret", secret=True),
)
"""Everything that keydesk keeps; it writes no log file and has no cache folder."""


class Precedence(NamedTuple):
    """One thing that several places can decide.

    Attributes:
        what: The thing.
        order: The places that can decide it, the one that wins first.
        value: What it is now, in words; never a secret.
        source: Which place decided that.
    """

    what: str
    order: tuple[str, ...]
    value: str
    source: str


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], common: argparse.ArgumentParser) -> None:
    """Declare the command."""
    sub = commands.add_parser(
        "paths",
        parents=[common],
        help="where everything lies, and what wins over what",
        description="Prints every file and folder that keydesk keeps, and for each setting that several places can "
        "decide the order in which they win and what holds now. It reads no secret and sends nothing.",
    )
    sub.add_argument("--json", action="store_true", help="print JSON")
    sub.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the places and the precedence."""
    from tui.commands.sessions import switchboard

    board = switchboard(arguments)
    decided = precedence(board)
    if arguments.json:
        print_json(_as_json(board.places, decided))
        return Code.OK
    sizes = {stored: _size_words(stored.path(board.places)) for stored in STORED}
    widest = max(map(len, sizes.values()))
    for title, in_config, folder in (
        ("Settings", True, board.places.config),
        ("State", False, board.places.state),
    ):
        print_line(f"{title}: {folder}")
        for stored, size in sizes.items():
            if stored.in_config is in_config:
                print_hanging(f"  {stored.name:<22}{size:<{widest}}  ", stored.about)
        print_line()
    print_line("Logs: none; keydesk writes no log file.   Cache: none beside the state folder.")
    if not board.demo:
        print_line(f"The demo org writes apart: {board.places.demo.state}")
    print_line()
    print_line("What holds now, from where, and what wins over what:")
    for rule in decided:
        print_line(f"  {rule.what:<13} {rule.value}{'' if rule.source == '–' else f'  (from {rule.source})'}")
        print_hanging(f"  {'':<13} ", " > ".join(rule.order))
    return Code.OK


def precedence(board: Switchboard) -> list[Precedence]:
    """Return for each thing that several places can decide their order, what holds now, and which place decided."""
    environ = board.environ
    home = environ.get("KEYDESK_HOME", "")
    return [
        Precedence(
            "folders",
            ("KEYDESK_HOME", "the platform's own"),
            str(board.places.config),
            "KEYDESK_HOME" if home else "the platform's own",
        ),
        *_of_connector(board),
        *_of_desk(board),
    ]


def _of_connector(board: Switchboard) -> list[Precedence]:
    """Return what the connector that keydesk would start with decides, or why there is none."""
    from tui.desk.text.plain import plain
    from tui.okta.network import AS_FOUND
    from tui.okta.policy import Mode
    from tui.trouble import Trouble

    environ = board.environ
    network, mode, where = AS_FOUND, "", ""
    try:
        choice = board.start_choice()
    except Trouble as trouble:
        name, source = f"none: {plain(trouble.title)}", "–"
    else:
        name, source, network = plain(choice.name), choice.source, choice.network
        where = "the connector" if choice.profile else source
        mode = str(choice.profile.mode if choice.profile else Mode.READ_WRITE)
    if board.read_only:
        mode, where = str(Mode.READ_ONLY), "--read-only or KEYDESK_READ_ONLY"
    elif board.verify_only and mode != str(Mode.READ_ONLY):
        mode, where = str(Mode.VERIFY_ONLY), "--verify-only or KEYDESK_VERIFY_ONLY"
    proxy = next((name for name in _PROXIES if environ.get(name, "").strip()), "")
    certificates = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if environ.get(name)), "")
    own = "the connector's own"
    return [
        Precedence(
            "connector",
            ("--demo", "--connector", "KEYDESK_CONNECTOR", "KEYDESK_ORG", "default in the file"),
            name,
            source,
        ),
        Precedence(
            "mode",
            (
                "--read-only",
                "KEYDESK_READ_ONLY",
                "--verify-only",
                "KEYDESK_VERIFY_ONLY",
                "the connector (the strictest wins)",
            ),
            mode or "–",
            where or "–",
        ),
        Precedence(
            "proxy",
            (own, "HTTPS_PROXY", "ALL_PROXY", "none (NO_PROXY excepts from the environment's)"),
            "set" if network.proxy.strip() or proxy else "none",  # its URL may hold a password
            own if network.proxy.strip() else proxy or "–",
        ),
        Precedence(
            "certificates",
            (own, "SSL_CERT_FILE and SSL_CERT_DIR", "the system's alone"),
            "beside the system's" if network.ca_bundle or certificates else "the system's",
            own if network.ca_bundle else certificates or "–",
        ),
    ]


_PROXIES: Final = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


def _of_desk(board: Switchboard) -> list[Precedence]:
    """Return what `settings.toml` decides."""
    from tui.desk.connectors import settings
    from tui.desk.connectors.agent import find_agent
    from tui.desk.connectors.desk_settings import Desk
    from tui.desk.text.plain import plain
    from tui.trouble import Trouble

    try:
        desk, trouble = settings.load(board.places.settings), ""
    except Trouble as error:
        desk, trouble = Desk(), plain(error.title)
    file = trouble or "settings.toml"
    agent = find_agent(desk.agent, board.environ).name
    system, default = "the system's user", Desk()
    return [
        Precedence("agent", ("agent in settings.toml", system), agent, file if desk.agent or trouble else system),
        Precedence(
            "region",
            ("region in settings.toml", default.region),
            desk.region,
            file if desk.region != default.region or trouble else "the default",
        ),
    ]


def _size_words(path: Path) -> str:
    """Return how large a file is, or that it is not there."""
    try:
        if path.is_dir():
            return "folder"
        size = path.stat().st_size
    except OSError:
        return "–"
    return f"{size:,} B" if size < 10_000 else f"{size // 1000:,} kB"  # noqa: PLR2004 - five digits are enough


def _as_json(places: Places, decided: Sequence[Precedence]) -> dict[str, Any]:
    files = []
    for stored in STORED:
        path = stored.path(places)
        files.append({"name": stored.name, "path": str(path), "exists": path.exists(), "about": stored.about})
    return {
        "settings": str(places.config),
        "state": str(places.state),
        "logs": None,
        "cache": None,
        "files": files,
        "precedence": [
            {"what": rule.what, "value": rule.value, "from": rule.source, "order": list(rule.order)} for rule in decided
        ],
    }
