"""The cast: fixed, memorable people at the start of the list, so that documents and tests can name them.

Every login ends in ``@acme.example``. The cast is the same for every seed; the crowd behind it is not.
"""

from __future__ import annotations

from typing import NamedTuple

DOMAIN = "acme.example"
AD_DOMAIN = "corp.acme.example"
LDAP_DOMAIN = "ldap.acme.example"
OWN_STORY = "own-story"
"""The trouble of those for whom ``story.history`` has a story of their own."""


class Member(NamedTuple):
    """One fixed person.

    Attributes:
        trouble: The story behind a lock or a change, see ``sources.TROUBLES``; ``OWN_STORY`` for one of their own;
            empty for none.
        flaws: What is missing or odd about them, words that ``people.make_member`` understands.
        kit: What they have enrolled, names of ``kits.KITS``, each with ``:STATUS`` unless it is active; empty to leave
            it to chance.
    """

    name: str
    first: str | None
    last: str | None
    status: str = "ACTIVE"
    provider: str = "OKTA"
    department: str | None = "Sales"
    title: str | None = None
    phone: str | None = None
    trouble: str = ""
    flaws: tuple[str, ...] = ()
    note: str = ""
    kit: tuple[str, ...] = ()

    @property
    def login(self) -> str:
        """The full login."""
        return f"{self.name}@{DOMAIN}"


CAST: tuple[Member, ...] = (
    Member(
        "ann.lee",
        "Ann",
        "Lee",
        "LOCKED_OUT",
        department="Sales",
        title="Account Executive",
        phone="+1 415 555 0132",
        trouble="mail",
        note="a phone's mail client goes on sending her old password",
    ),
    Member("bob.martin", "Bob", "Martin", department="Engineering", title="Developer", phone="(415) 555-0133"),
    Member(
        "carla.diaz",
        "Carla",
        "Diaz",
        department="Marketing",
        title="Campaign Manager",
        phone="415.555.0134",
        trouble="unknown-device",
        flaws=("blocked",),
        note="ACTIVE, but blocked from unknown devices",
    ),
    Member(
        "dev.patel",
        "Dev",
        "Patel",
        "PASSWORD_EXPIRED",
        department="Finance",
        title="Controller",
        phone="+91 98765 43210",
    ),
    Member(
        "erik.larsen",
        "Erik",
        "Larsen",
        "LOCKED_OUT",
        "ACTIVE_DIRECTORY",
        "Operations",
        "Dispatcher",
        "+47 22 55 01 35",
        "radius",
        note="sourced from Active Directory corp.acme.example; the VPN's RADIUS agent locked him",
    ),
    Member(
        "fatima.khan",
        "Fatima",
        "Khan",
        "SUSPENDED",
        department="Support",
        title="Agent",
        phone="+44 20 7946 0958",
        trouble="suspended",
    ),
    Member("george.wu", "George", "Wu", "DEPROVISIONED", department="Engineering", title="Developer", trouble="gone"),
    Member(
        "hana.sato",
        "Hana",
        "Sato",
        "RECOVERY",
        department="Design",
        title="Illustrator",
        phone="+81 3 5550 0136",
        trouble="reset",
    ),
    Member("ivan.petrov", "Ivan", "Petrov", provider="FEDERATION", department="Partners", title="Partner Manager"),
    Member("julia.novak", "Julia", "Novak", provider="LDAP", department="Research", title="Scientist"),
    Member("kim.park", "Kim", "Park", "PROVISIONED", department="Sales", flaws=("never-in",)),
    Member("liam.obrien", "Liam", "O'Brien", "STAGED", department="Support", flaws=("never-in",)),
    Member("maria.silva", "Maria", "Silva", department="IT", title="Identity Lead", note="a super admin"),
    Member("nina.rossi", "Nina", "Rossi", department="IT", title="Service Desk", note="a help desk admin"),
    Member(
        "ann.lee2",
        "Ann",
        "Lee",
        department="Finance",
        title="Auditor",
        note="the other Ann Lee; she refused pushes that she did not ask for",
        kit=("email", "verify"),
    ),
    Member(
        "omar.haddad",
        "Omar",
        "Haddad",
        department="IT",
        title="Org Administrator",
        note="the VPN's RADIUS agent gets the right password and wrong codes",
    ),
    Member("pia.jensen", "Pia", "Jensen", department="Support", title="Desk Lead"),
    Member(
        "quinn.baker",
        "Quinn",
        "Baker",
        department="Legal",
        title="Auditor",
        note="a read-only admin; too many wrong e-mail codes rest",
    ),
    Member(
        "rosa.mendez",
        "Rosa",
        "Mendez",
        department="Finance",
        title="Analyst",
        note="a report admin; FastPass stopped a phishing site",
    ),
    Member(
        "sven.olsen",
        "Sven",
        "Olsen",
        department="IT",
        title="Access Manager",
        note="asked for an app that is not assigned to him",
    ),
    Member(
        "tara.singh",
        "Tara",
        "Singh",
        department="IT",
        title="Application Owner",
        note="tapped another number than the page showed",
    ),
    Member(
        "uma.rao",
        "Uma",
        "Rao",
        department="IT",
        title="Group Administrator",
        note="left a push unanswered and got in by a security key",
    ),
    Member("viktor.kovacs", "Viktor", "Kovács", department="IT", note="his API token has been revoked"),
    Member("wade.cooper", "Wade", "Cooper", "STAGED", department="Sales", flaws=("transitioning", "never-in")),
    Member("xenia.popov", "Xenia", "Popov", provider="SOCIAL", department="Partners"),
    Member(
        "yusuf.demir",
        "Yusuf",
        "Demir",
        provider="IMPORT",
        department="Operations",
        note="his phone is lost: right password, and no answer to the push; he has FastPass on a laptop too",
        kit=("email", "verify", "laptop"),
    ),
    Member("zoe.martin", "Zoë", "Martin", department="Design", flaws=("never-in", "no-password-date")),
    Member(
        "adam.brooks",
        "Adam",
        "Brooks",
        "LOCKED_OUT",
        department="IT",
        title="Platform Lead",
        trouble="spray",
        note="a super admin, locked: only another super admin may unlock him; he reports a sign-in that was not his",
    ),
    Member(
        "grace.kim",
        "Grace",
        "Kim",
        department="IT",
        title="Service Desk",
        note="an admin only through the group Service Desk Admins",
    ),
    Member(
        "henry.stone",
        "Henry",
        "Stone",
        "LOCKED_OUT",
        department="Sales",
        title="Contractor",
        phone="0041 44 555 01 37",
        trouble="typing",
        flaws=("contractor",),
        note="locked under a policy that never unlocks by itself",
    ),
    Member("iris.blanc", "Iris", "Blanc", provider="ACTIVE_DIRECTORY", department="Legal", title="Counsel"),
    Member(
        "jack.frost", "Jack", "Frost", department="Finance", flaws=("old-password",), note="his password is too old"
    ),
    Member("sync.agent", None, None, department=None, flaws=("bare",), note="a service account without a name"),
    Member(
        "leo.fischer", "Leo", "Fischer", "LOCKED_OUT", "LDAP", "Research", "Librarian", trouble="vpn", note="from LDAP"
    ),
    Member("mei.tanaka", "Mei", "Tanaka", "PASSWORD_EXPIRED", "LDAP", "Research", "Analyst", note="from LDAP"),
    Member("noah.berg", "Noah", "Berg", "RECOVERY", "LDAP", "Research", "Technician", note="from LDAP"),
    Member("olga.ivanova", "Olga", "Ivanova", "PASSWORD_EXPIRED", "ACTIVE_DIRECTORY", "Operations", "Planner"),
    Member("paul.dubois", "Paul", "Dubois", "RECOVERY", "ACTIVE_DIRECTORY", "Legal", "Paralegal"),
    Member(
        "rita.costa",
        "Rita",
        "Costa",
        "LOCKED_OUT",
        "FEDERATION",
        "Partners",
        trouble="typing",
        note="federated, and locked all the same",
    ),
    Member("sam.taylor", "Sam", "Taylor", "LOCKED_OUT", "SOCIAL", "Partners", trouble="typing", kit=("email",)),
    Member(
        "una.walsh",
        "Una",
        "Walsh",
        department="Design",
        title="Art Director",
        note="Okta Verify on two phones",
        kit=("email", "verify", "verify-again"),
    ),
    Member(
        "vera.lind",
        "Vera",
        "Lind",
        department="Marketing",
        title="Editor",
        note="texts and calls to one number, two security keys, Google Authenticator, Duo",
        kit=("email", "sms", "call", "google", "duo", "keys", "question"),
    ),
    Member(
        "will.adams",
        "Will",
        "Adams",
        department="Engineering",
        title="Auditor",
        note="every kind of token",
        kit=("email", "rsa", "symantec", "yubikey", "hotp", "u2f"),
    ),
    Member(
        "yara.nasser",
        "Yara",
        "Nasser",
        department="Support",
        title="Trainee",
        note="enrolments in every state but the right one",
        kit=(
            "email",
            "sms:PENDING_ACTIVATION",
            "call:INACTIVE",
            "push:PENDING_ACTIVATION",
            "google:EXPIRED",
            "duo:NOT_SETUP",
            "rsa:DISABLED",
            "hotp:ENROLLED",
        ),
    ),
    Member(
        "zack.moore",
        "Zack",
        "Moore",
        department="Sales",
        title="Account Executive",
        note="the three entries of Okta Verify, on one phone",
        kit=("email", "verify", "question"),
    ),
)

# Names that try something: whoever shows them must show them as text. First and last names keep to the 50 characters
# of Okta's schema; a display name and a title have no such limit.
HOSTILE: tuple[Member, ...] = (
    Member("ansi.colour", "\x1b[31mRed\x1b[0m", "Alert", title="\x1b[2J\x1b[H"),
    Member("osc.clip", "\x1b]52;c;cm0gLXJm\x07Clip", "Board", department="IT"),
    Member("osc.link", "\x1b]8;;http://evil.example\x07Click\x1b]8;;\x07", "Here"),
    # Else theirs would be the first password to run out, and so the first row of a scan that somebody sees.
    Member("bell.ringer", "Bell\x07\x07", "Ringer", flaws=("later",)),
    Member("c1.control", "\x9b31mC1", "\x9d0;title\x9c", "LOCKED_OUT", trouble="typing"),
    Member("mark.up", "[bold red]Mark[/]", "[/]Up[", "LOCKED_OUT", trouble="mail", title="[@click=app.quit]Quit[/]"),
    Member("link.up", "[link=http://evil.example]Link[/link]", "[@click=app.bell]Up[/]"),
    Member("rtl.override", "\u202eevil", "\u202dgood\u202c"),
    Member("rtl.marks", "\u200fMarks\u200e", "\u2067Isolated\u2069"),
    Member("zero.width", "Ze\u200bro\u200d", "Wi\ufeffdth"),
    Member("zalgo", "Z\u0351\u036b\u0343\u036a\u0302\u0369" * 6, "a\u0300\u0301\u0302\u0303\u0304" * 8),
    Member(
        "sheet.formula", '=HYPERLINK("http://evil.example","Pay")', "+cmd|' /C calc'!A0", "LOCKED_OUT", trouble="spray"
    ),
    Member("sheet.sum", "@SUM(1+1)*cmd|' /C calc'!A0", "-2+3"),
    Member("new.line", "New\nLine", "Tab\tbed\r\nreturn"),
    Member("back.space", "Back\x08\x08\x08space", "Delete\x7f"),
    Member("html.script", "<script>alert(1)</script>", "&amp;"),
    Member("quote.name", 'Quo"te\\', "D'Arcy; DROP TABLE users;--"),
    Member(
        "long.name",
        "Maximiliana-Alexandrina-Charlotte-Elisabeth-Viktor",
        "von und zu Hohenstaufen-Lichtenberg-Sachsen-Coburg",
        "LOCKED_OUT",
        trouble="vpn",
        flaws=("long",),
    ),
    Member("long.word", "X" * 50, "Y" * 50, flaws=("long",)),
    Member("emoji.family", "👨\u200d👩\u200d👧\u200d👦", "🇺🇳🏴\u200d☠️"),
    Member("blank.name", " ", "\u3164"),
    Member("no.first", None, "Lastonly"),
    Member("no.last", "Firstonly", None),
    Member("wide.name", "ＡＢＣ", "ｱｲｳ"),
)

# People who cannot sign in, one for each reason that the others leave open.
STUCK: tuple[Member, ...] = (
    Member(
        "kai.nguyen",
        "Kai",
        "Nguyen",
        "LOCKED_OUT",
        department="Operations",
        title="Dispatcher",
        trouble=OWN_STORY,
        note="locked for too many lockouts: that does not heal by itself",
    ),
    Member(
        "lena.hoff",
        "Lena",
        "Hoff",
        "LOCKED_OUT",
        department="Finance",
        title="Bookkeeper",
        trouble=OWN_STORY,
        note="locked by codes from a phone whose clock is wrong",
        kit=("email", "google"),
    ),
    Member(
        "milo.grant",
        "Milo",
        "Grant",
        "LOCKED_OUT",
        department="Sales",
        title="Trainee",
        trouble=OWN_STORY,
        note="locked a moment ago by typing; the policy unlocks him in a few minutes",
    ),
    Member(
        "nora.blum",
        "Nora",
        "Blum",
        department="Design",
        title="Photographer",
        flaws=("blocked",),
        note="ACTIVE, but blocked from unknown devices: she mistyped on a borrowed one",
    ),
    Member(
        "otto.reyes",
        "Otto",
        "Reyes",
        department="Support",
        title="Agent",
        note="asked for a second factor, and none of his works",
        kit=("sms:PENDING_ACTIVATION",),
    ),
    Member(
        "petra.vogel",
        "Petra",
        "Vogel",
        "LOCKED_OUT",
        department="Legal",
        title="Paralegal",
        trouble=OWN_STORY,
        flaws=("contractor",),
        note="locked for weeks, so that nothing tells why any more",
    ),
)
