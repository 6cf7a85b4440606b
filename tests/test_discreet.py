"""What a value keeps to itself stands in no repr, and rich, which Textual's tools ask, does not tell it either."""

from __future__ import annotations

from rich.pretty import pretty_repr

from tui import wiring  # noqa: F401 - with it all values with secrets are known
from tui.desk.perform import result  # noqa: F401 - as above
from tui.discreet import Discreet
from tui.okta.answers import Answer
from tui.okta.network import Network
from tui.okta.token_answers import Token

SECRET = "s3cr3t-value"


def test_each_discreet_value_names_fields_that_it_has() -> None:
    kinds = Discreet.__subclasses__()
    assert len(kinds) > 5
    for kind in kinds:
        assert kind.hidden
        assert kind.hidden <= set(kind.__struct_fields__), kind


def test_a_hidden_field_is_in_no_repr_and_all_others_are() -> None:
    token = Token(SECRET, scope="okta.users.read")
    for text in (repr(token), f"{token}", pretty_repr(token), pretty_repr([token]), repr({"a": token})):
        assert SECRET not in text
        assert "okta.users.read" in text
    assert repr(Network(f"http://ann:{SECRET}@proxy:1", "/ca.pem")) == "Network(ca_bundle='/ca.pem')"
    answer = Answer(200, {"authorization": SECRET}, SECRET.encode(), "req1")
    assert repr(answer) == "Answer(status=200, request_id='req1')"
    assert pretty_repr(answer) == repr(answer)
