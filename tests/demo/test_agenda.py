from __future__ import annotations

from tui.demo.base.agenda import Agenda


def test_what_is_due_runs_in_the_order_of_the_times_and_then_as_it_was_added() -> None:
    agenda, ran = Agenda(), list[tuple[str, float]]()
    for name, when in (("late", 9.0), ("second", 5.0), ("third", 5.0), ("first", 2.0)):
        agenda.at(when, lambda at, name=name: ran.append((name, at)))  # type: ignore[misc]
    agenda.advance(1.9)
    assert ran == []
    agenda.advance(5.0)
    assert ran == [("first", 2.0), ("second", 5.0), ("third", 5.0)]
    agenda.advance(100.0)
    assert ran[-1] == ("late", 9.0)


def test_a_step_may_add_another_that_is_due_already() -> None:
    agenda, ran = Agenda(), list[float]()
    agenda.at(1.0, lambda at: agenda.at(at + 1, ran.append))
    agenda.advance(3.0)
    assert ran == [2.0]


def test_watchers_are_called_first_and_may_add_what_is_due() -> None:
    agenda, ran = Agenda(), list[str]()
    agenda.at(1.0, lambda _: ran.append("step"))
    agenda.watchers.append(lambda now: ran.append(f"watched {now}"))
    agenda.advance(2.0)
    agenda.advance(2.0)
    assert ran == ["watched 2.0", "step", "watched 2.0"]
