"""Policies for those who decide by them: four documents in two namespaces, and a guard that knows keys and curses."""

from dataclasses import replace
from decimal import Decimal

from tests.services.staged import CURSE, SECRET, StagedAnswer, StagedUpstream, snapshot
from yett.detectors.lifted import TextTests
from yett.guard.guard import Guard
from yett.limits.prices import Price, Prices
from yett.policy.compiler import compile_documents
from yett.policy.parser import PolicyParser
from yett.services.estimating import Estimator
from yett.services.snapshots import Snapshot

__all__ = ["COSTLY", "DOCUMENTS", "FREE", "PRICES", "deciding_by"]

DOCUMENTS = PolicyParser().parse_all("""
metadata: {id: cost-limit, name: Cost, version: 1.0.0, namespace: production, priority: 100}
rules:
  - id: expensive
    when: llm.estimatedCost > 1.0 && team.tier == "free"
    action: {decision: deny, reason: "too expensive for the free tier"}
---
metadata: {id: keys, version: 2.0.0, namespace: default}
rules:
  - id: no-keys
    when: secrets.found
    action: {decision: deny, reason: "no keys, please"}
  - id: polite
    when: content.user.count > 0
    action: {decision: warn, reason: "mind your words"}
---
metadata: {id: words, version: 1.0.0, namespace: default}
rules:
  - id: magic
    when: llm.prompt.contains("open sesame")
    action: {decision: deny, reason: "that word is not to be said"}
  - id: late
    when: request.hour >= 22
    on_missing: skip
    action: {decision: warn, reason: "it is late"}
---
metadata: {id: sleeping, version: 1.0.0, namespace: asleep}
rules: [{id: never, action: {decision: deny}}]
status: draft
""")

FREE = {"team": {"tier": "free"}}
COSTLY = {**FREE, "llm": {"estimatedCost": 2.5}}
PRICES = Prices({"known": Price(Decimal(1_000), Decimal(1_000))})


def deciding_by(text: str = "", *, documents: int = 4) -> Snapshot:
    """Make a snapshot that decides by the first *documents*, and by those in *text*."""
    chosen = (*DOCUMENTS[:documents], *(PolicyParser().parse_all(text) if text else ()))
    program = compile_documents(chosen)
    detectors = (SECRET, CURSE, *([TextTests(program.text_tests)] if program.text_tests else []))
    base = snapshot(StagedUpstream(StagedAnswer([])), Guard(detectors, program))
    return replace(base, program=program, documents=chosen, estimator=Estimator(PRICES))
