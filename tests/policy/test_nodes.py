"""What a scalar means follows from how it is written."""

import pytest

from yett.model.errors import Place
from yett.policy.nodes import Items, Scalar, Table, resolved


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", None), ("~", None), ("null", None), ("nil", "nil"), ("true", True), ("FALSE", False), ("no", "no"), ("10", 10),
        ("-10", -10), ("0o17", 15), ("0x1f", 31), ("1.5", 1.5), ("-.5e1", -5.0), ("1_000", "1_000"), ("-", "-"), ("٣", "٣"),
        ("2027-01-01", "2027-01-01"),
    ],
)  # fmt: skip
def test_a_plain_scalar_means_what_it_looks_like(text: str, meaning: object) -> None:
    assert resolved(text) == meaning
    assert type(resolved(text)) is type(meaning)


def test_a_number_of_too_many_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="too many digits"):
        resolved("1" * 401)


def test_nodes_know_their_places() -> None:
    key, value = (Scalar(Place("f", 1, column), text, text) for column, text in ((1, "a"), (4, "b")))
    table = Table(Place("f", 1, 1), ((key, Items(Place("f", 1, 3), (value,))),))
    assert [str(each.place) for each in (table, table.entries[0][1])] == ["f:1:1", "f:1:3"]
