"""The help page, its topics, mistyped words, the manual page, and completion in the shells themselves."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands.act.killing import ROOT, script
from tests.each import each
from tui.commands.codes import Code
from tui.commands.completion import SHELLS
from tui.commands.help import TOPICS, subparsers
from tui.commands.man import manual
from tui.commands.run import module_typed, parser
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.text.nearest import did_you_mean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from tests.commands.conftest import Shell

MAN_PAGE = ROOT / "docs" / "keydesk.1"


def test_the_help_is_one_page_of_eighty_columns(keydesk: Shell) -> None:
    told = keydesk("--help").out
    lines = told.splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 60  # a printed page
    assert keydesk("help").out == told


def test_every_command_stands_on_the_page_with_its_summary(keydesk: Shell) -> None:
    told = keydesk("--help").out
    for name in subparsers(parser()):
        assert re.search(rf"^    {name} +\S", told, re.MULTILINE), name


def test_the_parser_of_one_command_says_of_it_what_the_parser_of_all_says() -> None:
    every = subparsers(parser())
    alone = {name: module_typed(["-c", "x", "--demo", name, "--json"]) for name in every}
    assert {name for name, module in alone.items() if not module} == {"completion", "help", "man", "demo-org"}
    for name, module in alone.items():
        if module:
            few = subparsers(parser(module))
            assert len(few) == (1 if name not in ACTIONS else len(ACTIONS))
            assert few[name].format_help() == every[name].format_help()
    for words in ([], ["--help"], ["-h"], ["unlok"], ["act"], ["-c"], ["--fresh", "find"], ["-cx", "find"], ["--demo"]):
        assert module_typed(words) == "", words


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_explained(keydesk: Shell, topic: str) -> None:
    ran = keydesk("help", topic)
    assert ran.code == Code.OK
    assert len(ran.out.splitlines()) > 3


def test_help_on_a_command_is_the_commands_own(keydesk: Shell) -> None:
    assert keydesk("help", "unlock").out == keydesk("unlock", "--help").out
    assert keydesk("help", "ledger", "verify").out == keydesk("ledger", "verify", "--help").out
    assert "7  " in keydesk("help", "exit-codes").out


@each(
    ("typed", "said"),
    [
        (["unlok"], "keydesk: there is no command “unlok”. Did you mean unlock?"),
        (["reset"], "Did you mean reset-password, reset-link or reset-mfa?"),
        (["xyzzy"], "keydesk: there is no command “xyzzy”\n"),
        (["ledger", "lst"], "keydesk ledger: there is no command “lst”. Did you mean list?"),
        (["ledger", "export", "--format", "cvs"], "--format: “cvs” is no choice. Did you mean csv?"),
        (["ledger", "export", "--format", "7"], "--format: “7” is no choice. There are: jsonl, csv."),
        (["unlock", "ann", "--reson", "x"], "keydesk unlock: there is no option “--reson”. Did you mean --reason?"),
        (["find", "ann", "--jsno"], "keydesk find: there is no option “--jsno”. Did you mean --json?"),
        (["check", "now"], "keydesk check: “now” is one argument too many"),
        (["help", "unlok"], "keydesk: there is no help on “unlok”. Did you mean unlock?"),
        (["un\x1b[31mlock"], "“un␛[31mlock”. Did you mean unlock?"),
    ],
)
def test_a_mistyped_word_gets_the_likely_one(keydesk: Shell, typed: list[str], said: str) -> None:
    ran = keydesk(*typed)
    assert (ran.code, ran.out) == (Code.USAGE, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 2


def test_a_token_typed_in_the_wrong_place_is_not_repeated(keydesk: Shell) -> None:
    token = f"00{'aB3dE5gH7jK9mN1pQ3sT' * 2}"
    for typed in ([token], ["find", "ann", f"--token={token}"], ["check", token], ["help", token]):
        ran = keydesk(*typed)
        assert ran.code == Code.USAGE
        assert token not in ran.err


@each(
    ("typed", "said"),
    [("UNLOCK", "Did you mean unlock?"), ("", ""), ("qqq", ""), ("ledgr", "Did you mean ledger?")],
)
def test_nothing_alike_is_nothing_said(typed: str, said: str) -> None:
    assert did_you_mean(typed, ["unlock", "ledger", "check"]) == said


# -- the manual page


def made() -> str:
    top = parser()
    return manual(top, top.get_default("headings"))


def test_the_page_in_the_docs_is_made_from_the_parser() -> None:
    """`keydesk man > docs/keydesk.1` makes it anew; the wheel installs it."""
    assert MAN_PAGE.read_text("utf-8") == made()


def all_options(top: argparse.ArgumentParser) -> Iterator[str]:
    for action in top._actions:
        yield from action.option_strings
    for below in subparsers(top).values():
        yield from all_options(below)


def test_the_manual_knows_every_command_option_and_exit_code() -> None:
    page = made().replace("\\-", "-")
    assert page.isascii()
    for name in subparsers(parser()):
        assert f"\\fBkeydesk {name}" in page
    for option in {*all_options(parser())} - {"-h", "--help"}:
        assert f"\\fB{option}\\fR" in page, option
    for code in Code:
        assert f"\\fB{code.value}\\fR\n" in page


def test_every_sentence_of_the_manual_ends_once() -> None:
    # An abbreviation or an ellipsis would need a look; there is none, and a line of an example is no sentence.
    assert [line for line in made().splitlines() if re.search(r"[.:;,?!]\.$", line)] == []


def test_what_a_command_does_unless_told_otherwise_is_said() -> None:
    page = made().replace("\\-", "-")
    assert "Also revoke OAuth tokens, unless --no-oauth-tokens. Apps that" in page
    assert "Also end their sessions. They are signed out" in page  # chosen by whoever wants it


def test_no_line_of_the_manual_is_taken_for_a_command_of_roff() -> None:
    known = {".TH", ".SH", ".SS", ".PP", ".TP", ".IP", ".RS", ".RE", ".B", ".nf", ".fi"}
    assert {line.split()[0] for line in made().splitlines() if line[:1] in {".", "'"}} <= known


@pytest.mark.skipif(not shutil.which("groff"), reason="no groff")
def test_groff_has_nothing_to_say_against_it() -> None:
    done = subprocess.run(
        [str(shutil.which("groff")), "-man", "-ww", "-Tascii"], input=made(), capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert "keydesk unlock" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)


def test_into_a_pipe_the_manual_is_roff(keydesk: Shell) -> None:
    assert keydesk("man").out == made()


# -- completion


@pytest.fixture
def scripts(keydesk: Shell, home: Path) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    names = ["Acme", "Acme Test", "Über", "$(touch x)", "a;b"]
    (home / "connectors.toml").write_text("".join(f'[connectors."{name}"]\n' for name in names), "utf-8")
    keydesk.patch.delenv("KEYDESK_ORG")
    return {shell: keydesk("completion", shell).out for shell in SHELLS}


def run_in(shell: str, source: str, tmp_path: Path) -> list[str]:
    """Run a script in a shell, in which `keydesk` is this one."""
    program = tmp_path / "bin" / "keydesk"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {shlex.quote(sys.executable)} -m tui "$@"\n')
    program.chmod(0o755)
    file = tmp_path / f"script.{shell}"
    file.write_text(f"{source}\n", "utf-8")
    done = subprocess.run(
        [str(shutil.which(shell)), str(file)],
        env=dict(os.environ) | {"PATH": f"{program.parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def installed(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not shutil.which(shell), reason=f"{shell} is not installed")


@installed("bash")
def test_bash_completes_commands_options_choices_and_connectors(scripts: dict[str, str], tmp_path: Path) -> None:
    asked = 'ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_keydesk; (IFS="|"; echo "${COMPREPLY[*]}"); }'
    source = f"{scripts['bash']}\n{asked}\n" + "\n".join(
        f"ask keydesk {words}"
        for words in ("unl", "unlock --rea", "ledger export --format ''", "-c Ac", "connectors use ''", "help exit")
    )
    assert run_in("bash", source, tmp_path) == [
        "unlock",
        "--read-only|--reason",
        "jsonl|csv",
        "Acme|Acme\\ Test",
        "Acme|Acme\\ Test|Über",
        "exit-codes",
    ]


@installed("fish")
def test_fish_completes_commands_options_choices_and_connectors(scripts: dict[str, str], tmp_path: Path) -> None:
    source = scripts["fish"] + "\nfor line in 'keydesk unl' 'keydesk -c Ac'\n  complete -C $line\nend"
    assert [line.partition("\t")[0] for line in run_in("fish", source, tmp_path)] == ["unlock", "Acme", "Acme Test"]


@installed("zsh")
def test_zsh_takes_the_script_and_completes_connectors(scripts: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "_keydesk").write_text(scripts["zsh"], "utf-8")
    source = (
        "autoload -U compinit; compinit -u -d ./dump\n"
        'eval "$(<_keydesk)"\n'
        "print $_comps[keydesk]\n"
        "compadd() { print -rl -- ${(P)2} }\n"  # in the place of the line editor's
        "_keydesk_connectors"
    )
    assert run_in("zsh", source, tmp_path) == ["_shtab_keydesk", "Acme", "Acme Test", "Über"]


@installed("tcsh")
def test_tcsh_reads_the_script(scripts: dict[str, str], tmp_path: Path) -> None:
    assert run_in("tcsh", f"{scripts['tcsh']}\ncomplete keydesk", tmp_path)


def test_every_script_knows_every_command_and_where_connectors_are_asked(scripts: dict[str, str]) -> None:
    """Also where the shell is not installed: the script is for it, whole, and asks for the names."""
    for shell, text in scripts.items():
        for name in subparsers(parser()):
            assert name in text, f"{name} in {shell}"
        assert "keydesk completion connector-names" in text
        assert "touch" not in text
        assert text.count("{") == text.count("}") or shell in {"fish", "tcsh"}
    for line in scripts["fish"].splitlines():
        if line.startswith("complete -c keydesk"):
            assert shlex.split(line)[:3] == ["complete", "-c", "keydesk"]


def test_the_names_load_nothing_that_takes_time(scripts: dict[str, str]) -> None:
    del scripts  # the connectors' file is written
    told = script(
        "import sys\n"
        "from tui.cli import main\n"
        "main(['completion', 'connector-names'])\n"
        "print(sorted({'argparse', 'asyncio', 'httpx', 'msgspec', 'textual', 'rich'} & set(sys.modules)))"
    )
    assert told.splitlines() == ["Acme", "Acme Test", "Über", "[]"]


def test_a_broken_file_completes_nothing_and_says_nothing(keydesk: Shell, home: Path) -> None:
    home.mkdir(exist_ok=True)
    for text in ("[x", "connectors = 3", "\x00"):
        (home / "connectors.toml").write_text(text)
        keydesk.patch.delenv("KEYDESK_ORG", raising=False)
        ran = keydesk("completion", "connector-names")
        assert (ran.code, ran.out, ran.err) == (Code.OK, "", "")
