"""
Detectors: the detectors that a configuration asks for.

Patterns are compiled once for all that share them; conditions on text differ by policy, so each gets its own.
"""

from yett.compose.classifier import loaded_classifier
from yett.compose.encoder import shipped_encoder
from yett.compose.feeds import feed_rules
from yett.compose.patterns import PatternCache
from yett.compose.personal import allowed_values, configured_names, configured_rules
from yett.compose.settings import BannedTerms, Security, Settings
from yett.compose.texts import read_text
from yett.detectors.catalogue import answering, built
from yett.detectors.leakage import Leakage
from yett.detectors.lifted import TextTests
from yett.detectors.links import Links, link_rules
from yett.detectors.patterns import PatternSet
from yett.detectors.rule import Rule
from yett.detectors.topics import category, shipped_category
from yett.model.kinds import family
from yett.ports.decider import TextTest
from yett.ports.detector import Detector, Informed

__all__ = ["Detectors", "configured_detectors"]


class Detectors:
    """The detectors that all policies share."""

    def __init__(self, shared: tuple[Detector, ...], informed: tuple[Informed, ...] = ()) -> None:
        """Share *shared*, and *informed*, which make one for each exchange."""
        self._shared = shared
        self.informed = informed

    def for_tests(self, tests: tuple[TextTest, ...]) -> tuple[Detector, ...]:
        """Return the detectors for a policy that asks for *tests* on text."""
        return (*self._shared, TextTests(tests)) if tests else self._shared


def configured_detectors(settings: Settings, cache: PatternCache) -> Detectors:
    """
    Return what *settings* ask for, its patterns loaded from *cache* where they are.

    Raises:
        OperatorError: a file of banned terms, of rules or a feed is wrong, or a model is not as it was published.
    """
    protection = settings.security.pii_protection
    models = settings.security.prompt_injection.detection_models
    extra = (*_banned(settings.security.banned_terms), *feed_rules(settings))
    rules = configured_rules(protection, extra)
    if "rule_based" not in models:
        rules = tuple(rule for rule in rules if family(rule.kind) != "injection")
    saved = cache.load(rules)
    longest = settings.server.max_prompt_length
    detectors = built(rules, saved=saved, longest=longest, allowed=allowed_values(protection))
    _keep(next(each for each in detectors if isinstance(each, PatternSet)), saved, cache)
    answers = _answering(settings.security, cache)
    scorer = shipped_encoder() if "transformer" in models else None
    classifiers = (loaded_classifier(scorer=scorer),) if scorer or "ml_based" in models else ()
    dear = (*classifiers, *configured_names(protection))
    return Detectors((*detectors, *answers, *dear), (Leakage(),) if settings.security.prompt_leakage.enabled else ())


def _answering(security: Security, cache: PatternCache) -> tuple[Detector, ...]:
    exfiltration = security.exfiltration
    saved = cache.load(link_rules(only_allowed=exfiltration.only_allowed))
    detectors = answering(
        exfiltration.allowed_domains,
        only_allowed=exfiltration.only_allowed,
        planted=[canary.get_secret_value() for canary in security.canaries],
        saved=saved,
    )
    _keep(next(each.patterns for each in detectors if isinstance(each, Links)), saved, cache)
    return detectors


def _keep(patterns: PatternSet, saved: bytes, cache: PatternCache) -> None:
    """Keep what was compiled of *patterns*, unless it is what was *saved* before."""
    if (compiled := patterns.dump()) != saved:
        cache.keep(patterns.rules, compiled)


def _banned(terms: BannedTerms) -> tuple[Rule, ...]:
    shipped = [rule for name in terms.categories for rule in shipped_category(name)]
    return (*shipped, *(rule for file in terms.files for rule in category(read_text(file), str(file))))
