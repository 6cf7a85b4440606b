"""The rules in a connector's file: what it says is what holds, what is wrong names its line, and nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.desk.connectors.profile import BadProfiles
from tui.desk.connectors.profiles_toml import parse, read, write
from tui.desk.rules.rules import DEFAULT_RULES, DeskRules, Protected, _fits
from tui.desk.rules.strength import Attested, Measured, Strength
from tui.desk.rules.tiers import TIERS, Alarm, Tier
from tui.desk.rules.written import AS_THEY_COME, as_written, differences, rules_from

HEAD = """[connectors.acme]
org = "https://acme.okta.com"
[connectors.acme.sign_in]
kind = "api-token"
"""
RULES = """[connectors.acme.rules]
proof = "code"
stop_on = ["denied"]
attested = ["in-person"]
also_count = ["message"]
per_agent = 6
tiers = { expire-password = 3 }
[connectors.acme.rules.protected]
logins = ["ceo@*"]
groups = ["Board"]
"""


def test_what_the_file_says_is_what_holds() -> None:
    profiles, _ = parse(Path("c.toml"), HEAD + RULES)
    rules = profiles.profiles[0].rules.made()
    assert rules.proof is Strength.CODE
    assert (set(rules.attested), set(rules.weak)) == ({Attested.IN_PERSON}, {Measured.MESSAGE})
    assert rules.stop_on == {Alarm.DENIED}
    assert (rules.per_agent, rules.tier_of("expire-password")) == (6, Tier.PROOF)
    assert rules.protected.why("CEO@acme.example", (), "") == "The desk's rules protect this login"
    assert parse(Path("c.toml"), HEAD)[0].profiles[0].rules.made() == DEFAULT_RULES


def test_the_rules_are_written_back_and_only_where_they_differ(tmp_path: Path) -> None:
    path = tmp_path / "connectors.toml"
    path.write_text(HEAD + RULES)
    path.chmod(0o600)
    profiles, extra = read(path)
    again = write(profiles, extra)
    assert again.profiles[0].rules == profiles.profiles[0].rules
    assert "proof_minutes" not in path.read_text().partition("[connectors.acme]")[2]
    path.write_text(HEAD)
    profiles, extra = read(path)
    assert profiles.profiles[0].rules == AS_THEY_COME
    write(profiles, extra)
    assert "rules]" not in path.read_text().partition("[connectors.acme]")[2]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('proof = "hope"', "rules.proof"),
        ("cool_off_hours = 1", "cool_off_hours must be between 24"),
        ("per_agent = 0", "per_agent must be between"),
        ("tiers = { explode = 3 }", "There is no action explode"),
        ("tiers = { unlock = 9 }", "rules.tiers"),
        ('attested = ["a nice voice"]', "rules.attested"),
        ('also_count = ["push"]', "rules.also_count"),
        ('protected = { attribute = "title" }', "go together"),
        ('protected = { attribute = "a b", values = ["x"] }', "name of an attribute"),
        ('protected = { logins = [" "] }', "protected.logins"),
        ('place = "a\\u001bb"', "rules.place"),
    ],
)
def test_what_is_wrong_names_its_line(line: str, says: str) -> None:
    with pytest.raises(BadProfiles) as refused:
        parse(Path("c.toml"), f"{HEAD}[connectors.acme.rules]\n{line}\n")
    assert says in str(refused.value)
    assert "line 6" in str(refused.value)


def test_a_rule_that_a_connector_without_challenges_can_never_meet_is_refused_at_the_start() -> None:
    sign_in = "[connectors.acme.sign_in]"
    writes = HEAD.replace(sign_in, f"read_only = false\n{sign_in}")
    asks = HEAD.replace(sign_in, f'read_only = false\ncapabilities = ["identify", "verification"]\n{sign_in}')
    for line, says in (("attested = []", "rules.proof"), ("attested_top = []", "rules.attested_top")):
        with pytest.raises(BadProfiles) as refused:
            parse(Path("c.toml"), f"{writes}[connectors.acme.rules]\n{line}\n")
        assert says in str(refused.value)
        assert "it asks no phone" in str(refused.value)
        for head in (asks, HEAD):  # one asks, the other only reads
            assert parse(Path("c.toml"), f"{head}[connectors.acme.rules]\n{line}\n")[0].profiles


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_a_star_stands_for_any_characters(pattern: str, text: str) -> None:
    expected = re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None
    assert _fits(pattern, text) is expected


def test_who_is_protected() -> None:
    protected = Protected(("ceo@*", "root"), ("Board",), "title", ("CFO", "CEO"))
    assert protected.why("ceo2@acme.example", (), "") == ""
    assert protected.why("Root", (), "")
    assert protected.why("ann", ("Everyone", "board"), "") == "The desk's rules protect the group board"
    assert protected.why("ann", (), "cfo") == "The desk's rules protect people whose title is cfo"
    assert Protected().why("", (), "") == ""


_protected = st.builds(
    Protected,
    logins=st.lists(st.sampled_from(["ceo@*", "Ä"]), unique=True).map(tuple),
    groups=st.lists(st.sampled_from(["Board", '"'])).map(tuple),
)
_rules = st.builds(
    lambda **given: DeskRules(**given),  # noqa: PLW0108 - hypothesis asks the class for types
    tiers=st.dictionaries(st.sampled_from(sorted(TIERS)), st.sampled_from(Tier), max_size=3),
    proof=st.sampled_from([Strength.PUSH, Strength.NUMBER, Strength.CODE, Strength.TOP]),
    attested=st.frozensets(st.sampled_from(Attested)),
    attested_top=st.frozensets(st.sampled_from(Attested)),
    weak=st.frozensets(st.sampled_from([Measured.MESSAGE, Measured.QUESTION])),
    proof_minutes=st.floats(1, 60),
    per_agent=st.integers(1, 10_000),
    stop_on=st.frozensets(st.sampled_from(Alarm)),
    place=st.sampled_from(["", "Wien"]),
    protected=_protected,
)


@settings(max_examples=30)
@given(_rules, _rules)
def test_rules_as_they_are_written_are_read_again_and_all_differences_are_told(one: DeskRules, two: DeskRules) -> None:
    assert rules_from(tomli_w.dumps(as_written(one))) == one
    assert bool(differences(one, two)) is (one != two)
    assert not any("\n" in line for line in differences(one, two))


def test_a_difference_is_told_by_its_key() -> None:
    text = 'tiers = { unlock = 2 }\nalso_count = ["message"]\nproof_minutes = 5\n[protected]\ngroups = ["Board"]\n'
    assert differences(DEFAULT_RULES, rules_from(text)) == (
        "also_count: none, now message", "proof_minutes: 10, now 5", "protected.groups: none, now Board",
        "tiers.unlock: as it comes, now 2",
    )  # fmt: skip
