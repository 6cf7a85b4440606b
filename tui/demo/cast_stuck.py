"""More of the cast: people who cannot sign in, one for each reason that the others leave open."""

from __future__ import annotations

from tui.demo.cast import Member

STUCK: tuple[Member, ...] = (
    Member(
        "kai.nguyen",
        "Kai",
        "Nguyen",
        "LOCKED_OUT",
        department="Operations",
        title="Dispatcher",
        trouble="told",
        note="locked for too many lockouts: that does not heal by itself",
    ),
    Member(
        "lena.hoff",
        "Lena",
        "Hoff",
        "LOCKED_OUT",
        department="Finance",
        title="Bookkeeper",
        trouble="told",
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
        trouble="told",
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
        trouble="told",
        flaws=("contractor",),
        note="locked for weeks, so that nothing tells why any more",
    ),
)
