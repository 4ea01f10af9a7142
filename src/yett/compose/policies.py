"""
Policies: the documents that a configuration means.

Rules:

1. What `security` of the configuration says is said to the policies that are shipped, by their ids; an operator's own
   documents are taken as they are written.
2. The cases of an operator's documents come along, to be run before the documents decide. The shipped ones have passed
   theirs, and a configuration may have left rules out that they expect.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

from yett.compose.personal import own_kinds, personal_kinds
from yett.compose.settings import PiiProtection, Settings
from yett.compose.texts import Reading, text_of
from yett.detectors.rule import SEEN
from yett.model.kinds import KINDS
from yett.model.obligation import REVERSIBLE, Obligation, Redact, Restore, Transform
from yett.policy.compiler import check_document
from yett.policy.documents import Condition, Constant, Document, Rule
from yett.policy.likeness import documents_in
from yett.policy.problems import Problems
from yett.policy.reading import read_documents

__all__ = [
    "SUITE",
    "configured_constants",
    "configured_documents",
    "is_suite",
    "read_policies",
    "shipped_documents",
    "yaml_below",
]

SUITE = "_test"
"""How the name of a file with the tests of policies ends."""
_ENDINGS = (".yaml", ".yml")

_INJECTION = "yett-injection"
_PERSONAL_DATA = "yett-personal-data"


def configured_documents(settings: Settings) -> tuple[Document, ...]:
    """
    Return the documents that *settings* mean: a shipped variant, adjusted, and the operator's own.

    Raises:
        OperatorError: a file cannot be read, or what it says is wrong; it carries every problem of every file.
    """
    variant = settings.policies.default
    shipped = () if variant == "none" else shipped_documents(variant)
    adjusted = (_adjusted(document, settings) for document in shipped)
    own = read_policies(settings.policies.files)
    return (*(document for document in adjusted if document.rules), *own)


def configured_constants(settings: Settings) -> Mapping[str, Constant]:
    """Return the constants that *settings* override; what they leave open each document says itself."""
    injection = settings.security.prompt_injection
    constants = (
        {"injection_threshold": injection.block_threshold} if "block_threshold" in injection.model_fields_set else {}
    )
    # What a kind's own threshold leaves out is not found, so that of the policies must only be low enough.
    low = min(settings.security.pii_protection.thresholds.values(), default=SEEN)
    return constants | ({"pii_threshold": low} if low < SEEN else {})


def shipped_documents(variant: str) -> tuple[Document, ...]:
    """Return the documents of a variant that is shipped, as they are written."""
    text = files("yett").joinpath("policies", f"{variant}.yaml").read_text("utf-8")
    problems = Problems()
    documents = read_documents(text, f"{variant}.yaml", problems)
    problems.raise_any()
    return documents


def read_policies(paths: tuple[Path, ...], reading: Reading = text_of) -> tuple[Document, ...]:
    """
    Read policy files; *reading* gives what they hold.

    Raises:
        OperatorError: as `configured_documents`.
    """
    problems = Problems()
    texts = [(path, text) for path in paths if (text := reading(path, problems)) is not None]
    found = [document for path, text in texts for document in documents_in(text, str(path), problems)]
    for document in found:
        check_document(document, problems)
    problems.raise_any()
    return tuple(found)


def yaml_below(folder: Path) -> list[Path]:
    """Return the YAML files in *folder* and below it, in order, suites among them."""
    return sorted(each for each in folder.rglob("*") if each.suffix in _ENDINGS)


def is_suite(path: Path) -> bool:
    """Say whether *path* is named as tests of policies are."""
    return path.stem.endswith(SUITE)


def _adjusted(document: Document, settings: Settings) -> Document:
    """Adjust a shipped document; one without rules is left out."""
    rules = document.rules
    if document.id == _INJECTION and not settings.security.prompt_injection.enabled:
        rules = ()
    if document.id == _PERSONAL_DATA:
        protection = settings.security.pii_protection
        kinds = (*personal_kinds(protection), *own_kinds(protection)) if protection.enabled else ()
        written = {rule.id: rule for rule in rules}
        pattern = rules[0]
        rules = tuple(_redacting(written.get(kind) or _about(kind, pattern), protection) for kind in kinds)
    return replace(document, rules=rules, cases=())


def _about(kind: str, pattern: Rule) -> Rule:
    """Return a rule for *kind* that says what *pattern* says of its own, which it is called after."""
    told = f"pii.{kind}"
    name = KINDS.get(told, "Personal data of the operator's own kind.").rstrip(".")
    obligations = tuple(
        replace(obligation, kind=told) if isinstance(obligation, Redact) else obligation
        for obligation in pattern.action.obligations
    )
    condition = pattern.condition and _asked(pattern.condition, pattern.id, kind)
    return replace(
        pattern, id=kind, name=name, condition=condition, action=replace(pattern.action, obligations=obligations)
    )


def _asked(condition: Condition, other: str, kind: str) -> Condition:
    """Return *condition*, asked of *kind* where it asks of *other*."""
    parts = tuple(_asked(part, other, kind) for part in condition.parts)
    return condition._replace(parts=parts, value=kind if condition.value == other else condition.value)


def _redacting(rule: Rule, protection: PiiProtection) -> Rule:
    how = Transform(protection.redaction_strategy)
    keep = protection.keep if how is Transform.MASK else None
    obligations: list[Obligation] = []
    for obligation in rule.action.obligations:
        if not isinstance(obligation, Redact):
            obligations.append(obligation)
            continue
        origins = frozenset(protection.origins) or obligation.origins
        obligations.append(replace(obligation, how=how, keep=keep, origins=origins))
        if protection.restore and how in REVERSIBLE:
            obligations.append(Restore(obligation.kind))
    return replace(rule, action=replace(rule.action, obligations=tuple(obligations)))
