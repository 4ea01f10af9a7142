"""`yett check` tells what the guard says of one text."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from yett.cli import check
from yett.cli.check import ROLES
from yett.model.decision import Decision, Effect, Reason
from yett.model.finding import Finding
from yett.model.obligation import Redact
from yett.model.segment import Origin, Segment
from yett.model.span import Span
from yett.model.stage import Stage
from yett.model.verdict import Verdict


class Guard:
    """Denies what says `bad`, sanitizes what says `mail`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.opened: list[tuple[Path | None, Path | None]] = []
        self.ways: list[str | None] = []
        self.asked: list[tuple[str, str, str]] = []

    def open(self, config: Path | None, policy: Path | None, redact: str | None) -> "Guard":
        self.opened.append((config, policy))
        self.ways.append(redact)
        return self

    def check(self, text: str, origin: Origin, stage: Stage) -> Verdict:
        self.asked.append((text, origin.value, stage.value))
        effect = Effect.DENY if "bad" in text else Effect.SANITIZE if "mail" in text else Effect.ALLOW
        reasons = () if effect is Effect.ALLOW else (Reason("p", "1.0", "r", effect, "the reason", ("x.y",)),)
        decision = Decision(effect is not Effect.DENY, effect, reasons, (Redact("pii.email"),) if reasons else ())
        found = (Finding(Span("", 0, 4), origin, "pii.email", 0.9, "patterns", "email", "base64"),) if reasons else ()
        return Verdict(
            decision, found, (Segment("", origin, text.replace("mail", "****")),) if decision.allowed else ()
        )

    def why(self, text: str, finding: Finding) -> str:
        return f"beside `{text[finding.span.start : finding.span.end]}`"


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> Guard:
    stand_in = Guard()
    monkeypatch.setattr(check, "open_guard", stand_in.open)
    return stand_in


def test_what_is_found_is_told_with_where_how_sure_and_by_whom(yett: Run, guard: Guard) -> None:
    code, out, _ = yett("check", "mail me")
    assert code == 0
    assert out.splitlines() == [
        "FOUND      SCORE  WHERE  BY              READ AS  WHY",
        "pii.email  0.90   0-4    patterns/email  base64   beside `mail`",
        "",
        "sanitize: the reason",
        "  sanitize by p@1.0/r (possibly: x.y unknown)",
        "  then redact kind=pii.email how=mask",
        "",
        "**** me",
    ]


def test_what_is_denied_leaves_with_one_and_without_its_text(yett: Run, guard: Guard) -> None:
    code, out, _ = yett("check", "bad thing")
    assert code == 1
    assert "deny: the reason" in out
    assert "bad thing" not in out


def test_what_is_allowed_comes_back(yett: Run, guard: Guard) -> None:
    assert yett("check", "good") == (0, "allow\n\ngood\n", "")


@pytest.mark.parametrize(("text", "code", "sanitized"), [("good", 0, "good"), ("bad", 1, None), ("mail", 0, "****")])
def test_machines_get_json(yett: Run, guard: Guard, text: str, code: int, sanitized: str | None) -> None:
    ran = yett("check", text, "--json")
    shape = json.loads(ran.out)
    assert (ran.code, shape["sanitized"]) == (code, sanitized)
    assert shape["decision"]["allowed"] is (code == 0)
    assert all(finding["why"].startswith("beside ") for finding in shape["findings"])


def test_the_text_comes_from_where_it_is_said_to(yett: Run, guard: Guard, tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("from a file\n")
    yett("check", "from an argument")
    yett("check", "--file", "f.txt")
    yett("check", stdin="from ünywhere".encode())
    assert [text for text, _, _ in guard.asked] == ["from an argument", "from a file\n", "from ünywhere"]


@pytest.mark.parametrize(
    ("arguments", "origin", "stage"),
    [
        ((), "user", "request"),
        (("--stage", "context"), "document", "context"),
        (("--stage", "tool"), "tool", "tool"),
        (("--stage", "response"), "model", "response"),
        (("--stage", "response", "--role", "user"), "user", "response"),
        *[(("--role", role), origin.value, "request") for role, origin in ROLES.items()],
    ],
)
def test_who_wrote_it_and_when_it_passes_can_be_said(
    yett: Run, guard: Guard, arguments: tuple[str, ...], origin: str, stage: str
) -> None:
    yett("check", "text", *arguments)
    assert guard.asked == [("text", origin, stage)]


def test_the_policy_and_the_configuration_can_be_named(yett: Run, guard: Guard, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").touch()
    yett("check", "text", "--policy", "p.yaml", "--config", "c.yaml")
    assert guard.opened == [(Path("c.yaml"), Path("p.yaml"))]


@pytest.mark.parametrize(
    ("arguments", "stdin", "word"),
    [
        (("text", "--file", "f.txt"), b"", "not both"),
        ((), b"\xff", "not UTF-8 at byte 0"),
        (("--file", "f.txt"), b"", "f.txt is not UTF-8 at byte 2"),
        (("text", "--role", "king"), b"", "king"),
        (("text", "--stage", "never"), b"", "never"),
    ],
)
def test_what_cannot_be_read_is_a_mistake_of_usage(
    yett: Run, guard: Guard, arguments: tuple[str, ...], stdin: bytes, word: str
) -> None:
    Path("f.txt").write_bytes(b"ab\xff")
    code, out, err = yett("check", *arguments, stdin=stdin)
    assert (code, out, guard.asked) == (2, "", [])
    assert word in err


def test_foreign_text_drives_no_terminal(yett: Run, guard: Guard) -> None:
    assert yett("check", "\x1b[2Jgood").out == "allow\n\n\\x1b[2Jgood\n"


def test_the_real_guard_answers(
    yett: Run, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    code, out, _ = yett("check", "Her address is jane.doe@mail.example.org", "--json")
    assert code == 0
    assert [finding["kind"] for finding in json.loads(out)["findings"]] == ["pii.email"]
    assert "jane.doe" not in json.loads(out)["sanitized"]


def test_how_to_redact_can_be_said_for_the_configured_policies(yett: Run, guard: Guard, tmp_path: Path) -> None:
    assert yett("check", "--redact", "synthetic", "mail me")[0] == 0
    assert guard.ways == ["synthetic"]
    code, _, err = yett("check", "--redact", "blur", "mail me")
    assert (code, "date_shift" in err) == (2, True)
    (tmp_path / "p.yaml").write_text("")
    code, _, err = yett("check", "--redact", "hash", "--policy", str(tmp_path / "p.yaml"), "mail me")
    assert (code, "write `how: …` in the policy" in err) == (2, True)
