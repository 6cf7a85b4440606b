"""A team's database that stops, dies, is locked, hangs or changes hands: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from tests.desk.ledger.one_intent import INTENT
from tests.pooler import PROGRAM, Pooler
from tests.postgres import SOON, Line, Server, prepared, programs
from tui.desk.connectors.store_address import BadStore, StoreAddress
from tui.desk.ledger.entry import Outcome
from tui.desk.ledger.errors import LedgerBusy, LedgerError, LedgerFull
from tui.desk.ledger.finding import Interest
from tui.desk.team.check import check_store
from tui.desk.team.database import TERMS, Database, connection_parameters
from tui.desk.team.following import Follower
from tui.desk.team.ledger import TeamLedger
from tui.desk.team.trouble import StoreAway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.postgres import TeamDatabase
    from tui.desk.ledger.entry import Intent
    from tui.desk.team.database import Connection

PATIENT = replace(SOON, patience=60.0)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@cache
def team() -> tuple[Server, TeamDatabase]:
    """A server of these tests' own, since they stop it; of the oldest version at hand, unlike the shared one."""
    server = Server(programs()[min(programs())], port=free_port())
    return server, prepared(server.dsn())


@pytest.fixture
def intent() -> Intent:
    return replace(INTENT, org=team()[1].new_org())


def until(holds: Callable[[], bool]) -> None:
    """Wait for another thread, however long this machine takes."""
    for _ in range(3000):
        if holds():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came")


def test_while_the_server_is_stopped_nothing_is_recorded_and_afterwards_all_goes_on(intent: Intent) -> None:
    server, database = team()
    with closing(database.ledger(intent.org)) as ledger:
        ledger.intend(intent)
        assert ledger.writable() is None
        server.stop()
        try:
            with pytest.raises(StoreAway) as told:
                ledger.intend(intent)
            assert "no record can be made" in told.value.advice
            with pytest.raises(StoreAway):
                ledger.entries()
            assert isinstance(ledger.writable(), StoreAway)
        finally:
            server.start()
        until(lambda: ledger.writable() is None)  # a thread has looked again; nobody had to ask for it
        assert ledger.intend(intent).entry == 2
        assert ledger.verify().ok


def test_in_the_middle_of_many_appends_none_is_lost_and_none_is_twice(intent: Intent) -> None:
    server, database = team()
    told: list[int] = []
    failed: list[Exception] = []

    def write() -> None:
        with closing(database.ledger(intent.org, terms=PATIENT)) as ledger:
            try:
                for number in range(40):
                    seq = ledger.intend(replace(intent, reason=f"number {number}")).entry
                    ledger.outcome(seq, Outcome.DONE)
                    told.append(seq)
            except LedgerError as error:
                failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    for reached, how in ((5, "cut"), (12, "killed"), (20, "restarted"), (30, "cut")):
        until(lambda reached=reached: len(told) >= reached or not writer.is_alive())  # type: ignore[misc]  # mypy has no type for a default of a lambda
        if how == "cut":
            with closing(psycopg.connect(server.dsn(), autocommit=True)) as db:
                db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'keydesk'")
        else:
            server.stop(signal.SIGQUIT if how == "killed" else signal.SIGINT)
            server.start()
    writer.join()
    with closing(database.ledger(intent.org)) as ledger:
        assert failed == []
        assert ledger.verify().problems == ()
        entries = ledger.entries()
    assert [entry.seq for entry in reversed(entries)] == told
    assert [entry.intent.reason for entry in reversed(entries)] == [f"number {number}" for number in range(40)]


def test_a_lock_that_is_held_is_waited_for_and_no_longer_than_said(intent: Intent) -> None:
    server, database = team()
    brief = replace(SOON, lock=0.2)
    with closing(database.ledger(intent.org, terms=brief)) as ledger, closing(psycopg.connect(server.dsn())) as other:
        other.execute("SELECT 1 FROM keydesk.chain WHERE origin = %s FOR UPDATE", (intent.org,))
        with pytest.raises(LedgerBusy):
            ledger.intend(intent)
        assert ledger.entries() == []  # who reads waits for nobody
        other.rollback()
        assert ledger.intend(intent).entry == 1


def test_a_notice_about_which_another_watcher_is_deciding_is_left_to_that_one(intent: Intent) -> None:
    server, database = team()
    notice = replace(intent, action="notice", calls=())
    with closing(database.ledger(intent.org)) as ledger, closing(psycopg.connect(server.dsn("ann"))) as other:
        first = ledger.claim(notice, "a")
        assert first is not None
        ledger.outcome(first, Outcome.NOT_SENT)
        other.execute("SELECT keydesk.take_notice(%s, %s)", (intent.org, "a#"))
        assert ledger.claim(notice, "a") is None  # at once: it waits for no lock
        assert ledger.claim(notice, "b") is not None
        other.rollback()
        assert ledger.claim(notice, "a") is not None


def test_what_nobody_waits_for_any_more_is_ended_at_the_server(intent: Intent) -> None:
    server, database = team()
    ledger, interest, ended = database.ledger(intent.org), Interest(), list[LedgerError]()

    def read() -> None:
        try:
            ledger.database.read(lambda db: db.execute("SELECT pg_sleep(600)"), interest)
        except LedgerError as error:
            ended.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    with closing(psycopg.connect(server.dsn(), autocommit=True)) as db:
        query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND usename = 'grace'"
        until(lambda: db.execute(query).fetchone() == (1,))
        interest.lose()
        reader.join()
    assert [type(error) for error in ended] == [LedgerBusy]
    ledger.close()


def test_a_full_disk_is_said_to_be_one(intent: Intent) -> None:
    server, database = team()
    with closing(database.ledger(intent.org)) as ledger, closing(psycopg.connect(server.dsn(), autocommit=True)) as db:
        db.execute(
            "CREATE FUNCTION keydesk.full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'could not extend file: no space left' USING ERRCODE = '53100'; END $$"
        )
        db.execute("CREATE TRIGGER full_disk BEFORE INSERT ON keydesk.record EXECUTE FUNCTION keydesk.full()")
        try:
            with pytest.raises(LedgerFull):
                ledger.intend(intent)
            assert isinstance(ledger.writable(), LedgerFull)
        finally:
            db.execute("DROP FUNCTION keydesk.full CASCADE")
        assert ledger.intend(intent).entry == 1


@contextmanager
def small_disk(server: Server) -> Iterator[Path]:
    """A disk of 4 MB on which the server may write; skips where this machine lets nobody mount one."""
    disk = server.folder / "disk"
    disk.mkdir()
    command = ["/bin/mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    shutil.chown(disk, "nobody")
    disk.chmod(0o700)
    try:
        yield disk
    finally:
        subprocess.run(["/bin/umount", disk], check=True)


def test_a_disk_that_is_really_full_loses_nothing(intent: Intent) -> None:
    server, database = team()
    with (
        small_disk(server) as disk,
        closing(database.ledger(intent.org)) as ledger,
        closing(psycopg.connect(server.dsn(), autocommit=True)) as db,
    ):
        db.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
        db.execute("ALTER TABLE keydesk.record SET TABLESPACE small")
        recorded, told = 0, None
        while told is None:
            try:
                recorded = ledger.intend(replace(intent, reason=os.urandom(100_000).hex())).entry
            except LedgerFull as error:
                told = error
        report = ledger.verify()
        assert (report.ok, report.count) == (True, recorded)
        db.execute("ALTER TABLE keydesk.record SET TABLESPACE pg_default")
        db.execute("DROP TABLESPACE small")
        assert ledger.intend(intent).entry == recorded + 1


def test_a_line_that_fell_silent_is_given_up_and_replaced(intent: Intent) -> None:
    server, _ = team()
    line = Line(server.socket)
    address = StoreAddress(f"host={line.path.parent} port={server.port} user=grace dbname=postgres")
    with closing(TeamLedger(Database(address, terms=replace(SOON, connect=2.0)), intent.org, "grace")) as ledger:
        assert ledger.intend(intent).entry == 1
        line.silent.set()
        for idle in ledger.database._spare[True]:
            idle.answer = 0.1  # type: ignore[attr-defined]  # see test_dropped
        with pytest.raises(StoreAway, match="is away"):
            ledger.outcome(1, Outcome.DONE)
        assert isinstance(ledger.writable(), StoreAway)
        line.silent.clear()
        ledger.outcome(1, Outcome.DONE)
        assert (ledger.entry(1).outcome, ledger.verify().count) == (Outcome.DONE, 2)
    line.cut()


def test_a_laptop_that_slept_asks_nothing_of_connections_that_died_meanwhile(
    intent: Intent, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = team()
    rests, wakes, wait = threading.Event(), threading.Event(), Follower._wait

    def waits_until_the_laptop_wakes(follower: Follower, db: Connection, seconds: float) -> None:
        rests.set()  # it asks nothing, so that no answer of the time before is still to come
        wakes.wait(60)
        wait(follower, db, seconds)

    monkeypatch.setattr(Follower, "_wait", waits_until_the_laptop_wakes)
    line, now = Line(server.socket), [time.time()]
    address = StoreAddress(f"host={line.path.parent} port={server.port} user=grace dbname=postgres")
    database = Database(address, terms=replace(SOON, answer=600.0, statement=600.0), clock=lambda: now[0])
    changed = threading.Event()
    with closing(TeamLedger(database, intent.org, "grace")) as ledger:
        assert ledger.intend(intent).entry == 1
        assert len(ledger.entries()) == 1
        ledger.follow(changed.set)
        assert rests.wait(60)
        for slept in (8 * 3600.0, -8 * 3600.0):  # or a clock that was set back
            before = [idle for kind in database._spare.values() for idle in kind]
            assert before
            line.fall_asleep()
            now[0] += slept
            ledger.outcome(ledger.newest(), Outcome.UNKNOWN) if slept > 0 else ledger.settle(1, "seen")
            assert len(ledger.entries(text="ada")) == 1
            assert all(idle.closed for idle in before)
        # The connection that follows the others is dead, too: what they record is seen by looking.
        changed.clear()
        with closing(team()[1].ledger(intent.org, "ann")) as ann:
            ann.intend(replace(intent, agent="ann", person_id="00u2"))
        wakes.set()
        assert changed.wait(60)
        assert ledger.verify().count == 4
    line.cut()


def test_a_record_whose_answer_was_lost_is_not_made_twice(intent: Intent, monkeypatch: pytest.MonkeyPatch) -> None:
    _, database = team()
    with closing(database.ledger(intent.org, terms=PATIENT)) as ledger:
        whole = ledger._append

        def lost_behind_it(*arguments: Any, alone: bool = True) -> int:  # noqa: ANN401 - passes on what it gets
            monkeypatch.undo()
            whole(*arguments, alone=alone)
            raise StoreAway

        def lost(write: Callable[[], object]) -> None:
            monkeypatch.setattr(ledger, "_append", lost_behind_it)
            write()

        lost(lambda: ledger.intend(intent))
        lost(lambda: ledger.outcome(1, Outcome.UNKNOWN))
        lost(lambda: ledger.settle(1, "seen"))
        lost(lambda: ledger.claim(replace(intent, action="notice", calls=()), "a"))
        assert (ledger.verify().count, len(ledger.notices()), ledger.entry(1).settled) == (4, 1, "seen")


def test_a_look_that_ends_after_the_ledger_was_closed_leaves_no_connection(
    intent: Intent, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = team()[1].ledger(intent.org)
    look, began, goes_on = ledger.look, threading.Event(), threading.Event()

    def slowly() -> LedgerError | None:
        began.set()
        assert goes_on.wait(60)
        return look()

    monkeypatch.setattr(ledger, "look", slowly)
    ledger.writable()  # a thread looks
    assert began.wait(60)
    ledger.close()
    goes_on.set()
    until(lambda: not ledger._looking.locked())
    assert ledger.database._spare == {False: [], True: []}


def test_reading_goes_on_at_a_replica_and_writing_where_it_was_made_the_primary(intent: Intent) -> None:
    first, first_team = team()
    second = first.replica()
    hosts = StoreAddress(
        f"host={first.folder},{second.folder} port={first.port},{second.port} user=grace dbname=postgres"
    )
    with closing(TeamLedger(Database(hosts, terms=SOON), intent.org, "grace")) as ledger:
        assert ledger.intend(intent).entry == 1
        with closing(psycopg.connect(second.dsn(), autocommit=True)) as db:
            query = "SELECT seq FROM keydesk.chain WHERE origin = %s"
            until(lambda: db.execute(query, (intent.org,)).fetchone() == (1,))
            lagging = StoreAddress(
                f"host={second.folder},{first.folder} port={second.port},{first.port} user=grace dbname=postgres"
            )
            db.execute("SELECT pg_wal_replay_pause()")
            with closing(TeamLedger(Database(lagging, terms=SOON), intent.org, "grace")) as reads_the_replica:
                assert reads_the_replica.newest() == 1
                number = reads_the_replica.intend(replace(intent, person_id="00u2")).entry
                assert [entry.seq for entry in reads_the_replica.entries()] == [number, 1]  # what a judgement rests on
            db.execute("SELECT pg_wal_replay_resume()")
            until(lambda: db.execute(query, (intent.org,)).fetchone() == (number,))
        by_pooler = Pooler(second).leading_to(first_team) if PROGRAM else None
        if by_pooler:  # it has seen a replica, and goes on saying so when that is none any more
            with closing(by_pooler.ledger(intent.org)) as through, pytest.raises(StoreAway, match="read-only"):
                through.intend(intent)
        first.stop(signal.SIGQUIT)
        assert [entry.seq for entry in ledger.entries(text="ada")] == [number, 1]
        assert ledger.verify().ok
        with pytest.raises(StoreAway):
            ledger.outcome(1, Outcome.DONE)
        second.promote()
        with closing(TeamLedger(Database(hosts, terms=PATIENT), intent.org, "grace")) as again:
            again.outcome(1, Outcome.DONE)
        assert ledger.verify().count == 3
        if by_pooler:
            with closing(by_pooler.ledger(intent.org)) as through:
                assert through.intend(intent).entry == number + 2
    second.remove()
    first.start()


# -- the address


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate for a host that vouches for itself; its file and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(Encoding.PEM))
    files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    files[1].chmod(0o600)
    if os.geteuid() == 0:
        shutil.chown(files[1], "nobody")
    return files


def test_a_server_that_cannot_prove_itself_is_not_told_the_password(intent: Intent, tmp_path: Path) -> None:
    server, _ = team()
    mine, key = make_certificate(server.folder, "localhost")
    others, _ = make_certificate(tmp_path, "elsewhere")
    with closing(psycopg.connect(server.dsn(), autocommit=True)) as db:
        for setting in (f"ssl_cert_file = '{mine}'", f"ssl_key_file = '{key}'", "ssl = on"):
            db.execute(f"ALTER SYSTEM SET {setting}".encode())
        db.execute("SELECT pg_reload_conf()")
    dsn = f"host=localhost port={server.port} user=grace dbname=postgres sslmode=verify-full sslrootcert="

    def trusting(certificate: Path) -> TeamLedger:
        return TeamLedger(Database(StoreAddress(f"{dsn}{certificate}"), terms=SOON), intent.org, "grace")

    with closing(trusting(mine)) as ledger:
        until(lambda: ledger.look() is None)  # the server reads its settings in its own time
        assert ledger.intend(intent).entry == 1
        (tls,) = [one for one in check_store(ledger.database, intent.org) if one.what == "TLS"]
        assert (tls.fine, tls.said.startswith("TLSv1")) == (True, True)
        late = check_store(ledger.database, intent.org, lambda: time.time() - 7200)
        (off,) = [one for one in late if one.what == "Clock"]
        assert (off.fine, off.said.endswith("s ahead"), "NTP" in off.cure) == (False, True, True)
    with closing(trusting(others)) as ledger, pytest.raises(StoreAway, match="certificate verify failed"):
        ledger.intend(intent)


@pytest.mark.parametrize(
    ("dsn", "mode"),
    [
        ("postgresql://ann@db.acme.example/keydesk", "verify-full"),
        ("host=db.acme.example,localhost user=ann", "verify-full"),
        ("host=127.0.0.1.acme.example user=ann", "verify-full"),
        ("host=localhost hostaddr=192.0.2.7 user=ann", "verify-full"),
        ("host=localhost user=ann", None),
        ("host=127.0.0.1,::1 user=ann", None),
        ("host=/run/postgresql user=ann", None),
        ("user=ann", None),
    ],
)
def test_another_machine_has_to_prove_itself(dsn: str, mode: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.evil.example")
    monkeypatch.setenv("PGSSLMODE", "disable")
    parameters = connection_parameters(dsn, TERMS, write=True)
    assert parameters.get("sslmode") == mode
    assert parameters["target_session_attrs"] == "read-write"
    assert "statement_timeout=30000" in parameters["options"]
    assert "evil" not in psycopg.conninfo.make_conninfo("", **parameters)
    if mode:
        with pytest.raises(BadStore, match="sslmode=require"):
            connection_parameters(f"{dsn}{'?' if '//' in dsn else ' '}sslmode=require", TERMS, write=False)


@pytest.mark.parametrize(
    "dsn",
    ["host=a", "postgresql://ann:geheim@db/keydesk", "host=a user=ann password=geheim", "service=x user=ann", "=?"],
)
def test_an_address_with_a_password_or_without_a_role_is_refused(dsn: str) -> None:
    with pytest.raises(BadStore) as told:
        _ = StoreAddress(dsn).role, connection_parameters(dsn, TERMS, write=True)
    assert "geheim" not in str(told.value)


def test_the_environment_leads_nowhere_else(intent: Intent, monkeypatch: pytest.MonkeyPatch) -> None:
    server, _ = team()
    monkeypatch.setenv("PGHOST", str(server.folder))
    with (
        closing(Database(StoreAddress("user=grace dbname=postgres"), terms=SOON)) as database,
        pytest.raises(StoreAway),
    ):
        database.read(lambda _: None)
    assert os.environ["PGHOST"]
