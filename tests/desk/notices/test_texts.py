"""What notices say, whatever is in a profile; and what an admin is told of a text that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.lockouts.casework import when
from tests.desk.support import harmful
from tui.desk.actions.catalogue import ACTIONS
from tui.desk.connectors.settings import BadSettings
from tui.desk.notices import due
from tui.desk.notices.notice import Occasion, Topic
from tui.desk.notices.rules import example, load, load_for
from tui.desk.notices.texts import DEFAULTS, FIELDS, BadTemplate, Wording, message, parse, templates
from tui.okta.models import User

if TYPE_CHECKING:
    from pathlib import Path

    from tui.desk.notices.rules import NoticeRules

WAY = """
[way.mail]
kind = "mail"
host = "smtp.example.com"
sender = "it@example.com"
"""


def rules(folder: Path, text: str = "", connector: str = "acme") -> NoticeRules:
    path = folder / "notices.toml"
    path.write_text(text + WAY, "utf-8")
    return load(path, connector)


def ann(**profile: str) -> User:
    return User(
        id="00u1", profile={"login": "ann@example.com", "email": "ann@example.com", "firstName": "Ann"} | profile
    )


def lockout(user: User, **fields: str) -> Occasion:
    return Occasion(Topic.LOCKOUT, "lockout/00u1@x", when(0), user, fields)


def test_the_example_is_taken_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notices.toml"
    path.write_text(example(), "utf-8")
    found = load(path)
    assert (found.lockouts, found.days, found.ways["mail"].host) == ("mail", (14, 7, 3, 1), "smtp.example.com")
    assert found.ways["mail"].secret is not None


@pytest.mark.parametrize(("topic", "language"), DEFAULTS)
def test_each_text_of_ours_says_something_and_asks_for_no_password(topic: Topic, language: str) -> None:
    template = parse(DEFAULTS[topic, language], topic, language, "ours")
    assert template.subject
    assert template.body
    assert "http" not in template.body


def test_a_text_in_their_language_else_the_desks_else_english(tmp_path: Path) -> None:
    found = rules(tmp_path)
    texts = [
        message(lockout(ann(preferredLanguage=name)), found.wording, "x").language for name in ("de-CH", "de", "fr", "")
    ]
    assert texts == ["de", "de", "en", "en"]


def test_own_texts_take_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "lockout.en.txt").write_text("Subject: Locked, {first_name}\n\nCall {desk}.\n", "utf-8")
    made = message(lockout(ann()), rules(tmp_path, '[notices]\ndesk = "Sam"\n').wording, "x")
    assert (made.subject, made.body) == ("Locked, Ann", "Call Sam.")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("lockout.en.txt", "Hello", "has no subject"),
        ("lockout.en.txt", "Subject: x\n\n{password}", "names {password}"),
        ("lockout.en.txt", "Subject: {days}\n\nx", "names {days}"),
        ("hello.txt", "Subject: x\n\ny", "is not named as a text"),
    ],
)
def test_a_text_that_cannot_be_used_is_named(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(BadTemplate) as caught:
        templates(tmp_path)
    assert told in caught.value.title


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[notices]\ndays = 7\n", "days"),
        ('[notices]\nquiet = ["x", "y"]\n', "quiet"),
        ('[notices]\nlockouts = "chat"\n', "lockouts"),
        ("[notices]\nper_hour = -1\n", "per_hour"),
        ("[notices]\nsecond_mail = true\n", "second_mail"),
        ('[way.x]\nkind = "fax"\n', "way.x.kind"),
        ('[way.x]\nkind = "mail"\nhost = "smtp.example.com"\ntls = "none"\nsender = "a@b.example"\n', "way.x.tls"),
        ('[way.x]\nkind = "mail"\nhost = "h"\nsender = "a@b.example\\nBcc: c@d.example"\n', "way.x.sender"),
        ('[way.x]\nkind = "apprise"\nurl = "slack"\n', "way.x.url"),
        ("[notices\n", "TOML"),
    ],
)
def test_a_rule_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadSettings) as caught:
        rules(tmp_path, text)
    assert told in caught.value.title
    assert caught.value.advice


def test_without_a_file_it_is_said_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as caught:
        load(tmp_path / "notices.toml")
    assert "notify --init" in caught.value.advice


def test_a_connectors_own_rules_come_over_the_others(tmp_path: Path) -> None:
    text = "[notices]\nper_hour = 9\n[connector.Acme]\nper_hour = 5\n"
    assert rules(tmp_path, text).per_hour == 5
    assert rules(tmp_path, text, "other").per_hour == 9


@pytest.mark.parametrize(
    ("quiet", "hour", "held"),
    [
        ('["20:00", "07:00"]', 21, True),
        ('["20:00", "07:00"]', 6, True),
        ('["20:00", "07:00"]', 7, False),
        ('["12:00", "13:00"]', 12, True),
        ('["12:00", "13:00"]', 13, False),
    ],
)
def test_quiet_hours_go_over_midnight(tmp_path: Path, quiet: str, hour: int, held: bool) -> None:
    found = rules(tmp_path, f"[notices]\nquiet = {quiet}\n")
    assert found.is_quiet(when(0).astimezone().replace(hour=hour)) is held


def test_what_looks_like_a_field_in_a_name_stays_a_name(tmp_path: Path) -> None:
    made = message(lockout(ann(firstName="{login}{desk}")), rules(tmp_path).wording, "x")
    assert "Hello {login}{desk}," in made.body


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_profile_brings_a_line_or_a_control_character(first: str, login: str, where: str) -> None:
    found = Wording(templates={key: parse(text, *key, "ours") for key, text in DEFAULTS.items()})
    plain = message(lockout(ann(), where="there"), found, "x")
    made = message(lockout(ann(firstName=first, login=login), where=f"there {where}"), found, "x")
    assert harmful(made.subject + made.body.replace("\n", "")) == []
    assert "\n" not in made.subject
    assert made.body.count("\n") == plain.body.count("\n")


def test_every_topic_has_its_fields() -> None:
    assert set(FIELDS) == set(Topic)


def test_the_texts_about_what_the_desk_did_name_the_desk_and_what_it_means(tmp_path: Path) -> None:
    wording = Wording(desk="the IT help desk", templates=templates(tmp_path / "none"))
    for topic, actions in due.DONE.items():
        for action, what in actions.items():
            for language in ("en", "de"):
                text = message(due.done(topic, ann(preferredLanguage=language), when(0), action), wording, "")
                assert text.language == language
                assert "the IT help desk" in text.body
                assert "{" not in text.body
                assert (what in text.body) == (language == "en" and topic is not Topic.UNLOCKED)


def test_every_action_that_is_told_about_is_in_the_catalogue_and_in_one_topic() -> None:
    told = [action for actions in due.DONE.values() for action in actions]
    assert len(told) == len(set(told))
    assert set(told) <= set(ACTIONS)


def test_a_demo_org_without_rules_writes_to_an_outbox_and_others_say_that_there_are_none(tmp_path: Path) -> None:
    path = tmp_path / "notices.toml"
    assert load_for(path, "demo", made_up=True).ways["outbox"].kind == "outbox"
    with pytest.raises(BadSettings):
        load_for(path, "acme")
    path.write_text(WAY, "utf-8")
    assert list(load_for(path, "demo", made_up=True).ways) == ["mail"]


def test_an_outbox_needs_no_server(tmp_path: Path) -> None:
    found = rules(tmp_path, '[way.try]\nkind = "outbox"\nfolder = "~/out"\n')
    assert (found.ways["try"].folder, found.ways["try"].stays_here, found.ways["try"].to_address) == (
        "~/out",
        True,
        True,
    )
