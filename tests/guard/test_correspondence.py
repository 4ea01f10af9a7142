"""An answer goes on from its request, and learns nothing of other answers."""

from yett.guard.correspondence import RESTORED, Correspondence


def test_what_was_done_is_told_in_order() -> None:
    shared = Correspondence()
    shared.applied["pii.phone", "mask"] += 1
    shared.applied["pii.email", RESTORED] += 2
    assert shared.told == (("pii.email", "restore", 2), ("pii.phone", "mask", 1))


def test_an_answer_is_offered_the_kinds_that_may_come_back() -> None:
    shared = Correspondence()
    mail, phone = shared.pseudonyms.of("pii.email", "jane@doe"), shared.pseudonyms.of("pii.phone", "12345")
    text = f"{mail.text} {phone.text}"
    assert not shared.returning
    assert [each.stand_in for each in shared.offering(["pii.email"]).returning.found(text)] == [mail]
    assert [each.stand_in for each in shared.offering(["pii"]).returning.found(text)] == [mail, phone]
    assert not shared.offering([]).returning


def test_answers_go_on_apart() -> None:
    begun = Correspondence()
    mail = begun.pseudonyms.of("pii.email", "jane@doe")
    offered = begun.offering(["pii"])
    one, other = offered.fork(), offered.fork()
    one.applied["pii.email", "mask"] += 1
    invented = one.pseudonyms.of("pii.email", "joe@doe")
    assert other.told == offered.told == ()
    assert invented.text not in other.pseudonyms.given(["pii"])
    assert [each.stand_in for each in one.returning.found(f"{mail.text} {invented.text}")] == [mail]
