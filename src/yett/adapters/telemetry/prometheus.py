"""
PrometheusTelemetry: counts in Prometheus' text format.

Labels come from closed sets and from what the operator has named, never from a request, so their number is bounded.
"""

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest

from yett.model.record import Record

__all__ = ["PrometheusTelemetry"]

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class PrometheusTelemetry:
    """Counts of one house."""

    def __init__(self) -> None:
        """Begin at zero, in a registry of its own."""
        self._registry = CollectorRegistry()
        self._known: dict[tuple[object, ...], Counter] = {}
        self._exchanges = Counter(
            "yett_exchanges", "Sealed exchanges", ["operation", "outcome", "status"], registry=self._registry
        )
        self._decisions = Counter("yett_decisions", "Decisions of policy", ["stage", "effect"], registry=self._registry)
        self._findings = Counter(
            "yett_findings", "Findings by family and origin", ["family", "origin"], registry=self._registry
        )
        self._tokens = Counter(
            "yett_tokens", "Tokens as upstreams counted them", ["direction"], registry=self._registry
        )
        self._seconds = Histogram(
            "yett_exchange_seconds", "How long exchanges took", buckets=_SECONDS, registry=self._registry
        )
        self._reloads = Counter("yett_reloads", "Changed configurations", ["result"], registry=self._registry)

    def _count(self, counter: Counter, *labels: str) -> Counter:
        """Return the one of *counter* that bears *labels*; the library's own look-up takes several microseconds."""
        key = (counter, *labels)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = counter.labels(*labels)
        return known

    def exchange(self, record: Record) -> None:
        """Count one sealed exchange."""
        self._count(self._exchanges, record.operation, record.outcome, str(record.status)).inc()
        self._seconds.observe(record.duration)
        for judgement in record.judgements:
            self._count(self._decisions, judgement.stage, judgement.effect).inc()
            for kind, origin, count in judgement.findings:
                self._count(self._findings, kind.partition(".")[0], origin).inc(count)
        if record.usage.input_tokens or record.usage.output_tokens:
            self._count(self._tokens, "input").inc(record.usage.input_tokens)
            self._count(self._tokens, "output").inc(record.usage.output_tokens)

    def reload(self, *, well: bool) -> None:
        """Count one attempt to load a changed configuration."""
        self._reloads.labels("swapped" if well else "kept").inc()

    def render(self) -> bytes:
        """Return the counts in Prometheus' text format."""
        return generate_latest(self._registry)
