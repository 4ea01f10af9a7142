"""Complaints name the key, the place and the cure."""

import pytest
from pydantic import ValidationError

from yett.compose.complaints import Places, complain, dotted, meant
from yett.compose.settings import Settings
from yett.model.errors import Place, Problem

ROOT = Place("f.yaml")
LONG = "0123456789abcdef-not-a-credential"


def complaints(places: Places | None = None, **given: object) -> tuple[Problem, ...]:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(given)
    return complain(caught.value.errors(include_url=False), places or Places(ROOT, {}))


@pytest.mark.parametrize(
    ("given", "code", "message", "hint"),
    [
        ({"sever": {}}, "unknown-key", "unknown key `sever`", "did you mean `server`?"),
        ({"server": {"prot": 1}}, "unknown-key", "unknown key `prot` in `server`", "did you mean `port`?"),
        ({"access": {"keys": [{"id": "a", "secret": LONG, "rolls": []}]}}, "unknown-key", "unknown key `rolls` in `access.keys[0]`", "did you mean `roles`?"),
        ({"llm_providers": {"x": {"kind": "stub", "modell": "m"}}}, "unknown-key", "unknown key `modell` in `llm_providers.x`", "did you mean `model`?"),
        ({"server": {"mode": "prodution"}}, "unknown-value", "`server.mode` cannot be `prodution`", "did you mean `production`?"),
        ({"server": {"mode": LONG}}, "unknown-value", "`server.mode` is not one of its words", "there are `development`, `production`"),
        ({"server": {"port": "many"}}, "wrong-type", "`server.port` must be a whole number, not `many`", ""),
        ({"server": {"port": []}}, "wrong-type", "`server.port` must be a whole number", ""),
        ({"server": {"port": 1.5}}, "wrong-type", "`server.port` must be a whole number", ""),
        ({"server": {"drain_timeout": True}}, "wrong-type", "`server.drain_timeout` must be a number, not `true`", ""),
        ({"server": []}, "wrong-type", "`server` must be a mapping of keys and values", ""),
        ({"llm_providers": []}, "wrong-type", "`llm_providers` must be a mapping of keys and values", ""),
        ({"allowed_models": 5}, "wrong-type", "`allowed_models` must be a list", ""),
        ({"app_name": 5}, "wrong-type", "`app_name` must be text", ""),
        ({"app_name": ""}, "out-of-range", "`app_name` must not be empty", ""),
        ({"server": {"workers": 0}}, "out-of-range", "`server.workers` must be at least 1", ""),
        ({"server": {"port": 70000}}, "out-of-range", "`server.port` must be at most 65535", ""),
        ({"server": {"drain_timeout": 0}}, "out-of-range", "`server.drain_timeout` must be more than 0", ""),
        ({"policies": {"files": [5]}}, "wrong-type", "`policies.files[0]` must be a path", ""),
        ({"security": {"pii_protection": {"enabled": "perhaps"}}}, "wrong-type", "`security.pii_protection.enabled` must be true or false, not `perhaps`", ""),
        ({"access": {"keys": [{"id": "a"}]}}, "missing-key", "`access.keys[0].secret` is missing", ""),
        ({"llm_providers": {"x": {}}}, "missing-key", "`llm_providers.x.kind` is missing", "write `kind: openai` for any OpenAI-compatible server; there are openai, anthropic, stub"),
        ({"access": {"keys": [{"id": "a", "secret": "vault:x#y"}]}}, "not-available", "`access.keys[0].secret` cannot be read: a secret in a vault cannot be read by this version", "use `${NAME}` or `file:/run/secrets/name`"),
    ],
)  # fmt: skip
def test_a_complaint_says_what_is_wrong_and_what_would_be_right(
    given: dict[str, object], code: str, message: str, hint: str
) -> None:
    (problem,) = complaints(**given)
    assert (problem.code, problem.message, problem.hint) == (code, message, hint)


def test_complaints_come_in_the_order_of_their_places() -> None:
    places = Places(ROOT, {("server", "port"): Place("f.yaml", 9), ("app_name",): Place("f.yaml", 2)})
    found = complaints(places, server={"port": "x"}, app_name=5)
    assert [problem.place.line for problem in found] == [2, 9]


def test_what_came_out_of_a_reference_is_not_repeated() -> None:
    hidden = Places(ROOT, {}, frozenset({("server", "port")}))
    assert "hunter2" in complaints(server={"port": "hunter2"})[0].message
    assert "hunter2" not in str(complaints(hidden, server={"port": "hunter2"})[0])


def test_a_place_is_the_nearest_that_is_known() -> None:
    places = Places(ROOT, {("a",): Place("f.yaml", 1), ("a", "b"): Place("f.yaml", 2)})
    assert places.of(("a", "b", "c")).line == 2
    assert places.of(("a", "x")).line == 1
    assert places.of(("z",)) == ROOT


def test_paths_are_written_as_people_do() -> None:
    assert dotted(("a", 0, "b")) == "a[0].b"
    assert dotted(()) == ""


def test_a_hint_guesses_or_lists() -> None:
    assert meant("Emial", ("email", "phone")) == "did you mean `email`?"
    assert meant("zzz", ("b", "a")) == "there are `a`, `b`"
