"""
Federating: several sites train one classifier, and none of them shows its texts.

One machine leads: it has the texts on which the outcome is judged, and writes the artefact. The others follow: each has
texts of its own, which stay with it. What goes over the network is the business of `adapters.federation`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import randbits

import numpy as np
from numpy.typing import NDArray

from yett.adapters.federation.flower import Certificates, Meeting, follow, lead
from yett.compose.artefact import read_key, write_artefact
from yett.compose.classifier import loaded_judge
from yett.compose.corpora import read_corpus
from yett.compose.lessons import Lesson, held_out_scores, reported
from yett.compose.training import BITS, Trained, packed, shipped_lexicon
from yett.detectors.features import Features
from yett.detectors.windows import DENSE
from yett.learning.calibration import scales
from yett.learning.evaluation import evaluated
from yett.learning.example import Example
from yett.learning.federation import Site, Terms, Vector, epsilon, joined, parted, shared
from yett.learning.fitting import Fit, Recipe, text_scores, values
from yett.learning.rows import kept, table
from yett.learning.trial import learn
from yett.model.errors import OperatorError, Place, Problem

__all__ = ["Bounds", "Following", "Leading", "begun", "finished", "led", "participated", "site", "sites_share"]

_LOWEST = -20.0
_Told = Callable[[str], None]
_RECIPE = Recipe(epochs=1, step=0.1)
"""How a site goes on in one round: in small steps, since rounds follow each other."""


@dataclass(frozen=True, slots=True)
class Leading:
    """How a federation is led."""

    address: str
    terms: Terms
    data: Sequence[Path]
    """Texts on which the outcome is judged, of sources that no site has."""
    certificates: tuple[Path, Path, Path] | None = None
    """Of the authority, of the server, and the server's key; without them nothing is encrypted."""
    model: Path | None = None
    """The artefact to begin from."""
    wait: float = 600.0
    """Seconds that the sites have, to come and to answer."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Without what a site shares nothing, whatever the server proposes."""

    clip: float
    """An update is no longer than this."""
    noise: float
    """At least so much noise."""
    rounds: int

    def refusal(self, terms: Terms) -> str:
        """Return why *terms* are not agreed to, or nothing."""
        sound = terms.sites >= 1 and terms.rounds >= 1 and np.isfinite([terms.clip, terms.noise]).all()
        if not sound or terms.clip <= 0 or terms.noise < 0:
            return "the terms make no sense"
        if terms.clip > self.clip:
            return f"updates may be {terms.clip:g} long, and this site allows {self.clip:g}"
        if terms.noise < self.noise:
            return f"the noise is {terms.noise:g}, and this site asks for {self.noise:g}"
        if terms.rounds > self.rounds:
            return f"there are to be {terms.rounds} rounds, and this site allows {self.rounds}"
        return ""


@dataclass(frozen=True, slots=True)
class Following:
    """How a site takes part."""

    address: str
    bounds: Bounds
    authority: Path | None = None
    """Whose certificates are trusted; without one nothing is encrypted."""
    wait: float = 60.0
    """Seconds that the server has to be there."""


def led(leading: Leading, folder: Path, *, sign: Path | None = None, tell: _Told = lambda _: None) -> str:
    """
    Lead a federation, write the artefact and its figures to *folder*, and return these as tables.

    Raises:
        OperatorError: something cannot be read or written, or a site does not come, leaves or refuses.
    """
    private = read_key(sign) if sign else None
    certificates = _certificates(leading.certificates)
    examples = read_corpus(leading.data)
    if len({example.attack for example in examples}) == 1:
        message = "holds texts of one label"
        hint = "give attacks and innocent texts to judge by"
        raise OperatorError(Problem(Place(str(leading.data[0])), "too-few", message, hint))
    start, terms = begun(leading.model), leading.terms
    model = lead(Meeting(leading.address, certificates, leading.wait), terms, start, tell)
    trained = finished(model, examples)
    scores = held_out_scores(trained)
    report = evaluated(examples, scores)
    spent = epsilon(terms)
    about: dict[str, object] = {
        "federation": {
            "sites": terms.sites,
            "rounds": terms.rounds,
            "clip": terms.clip,
            "noise": terms.noise,
            "epsilon": spent if np.isfinite(spent) else None,
        },
        "judged_on": sorted({example.source for example in examples}),
        "figures": report["mean_found"],
    }
    # Whose texts were learnt from is not known here, and those that it was judged on were not.
    write_artefact(folder, Trained(trained.model, (), np.zeros(0)), about, private)
    return reported(folder, report, None)


def _certificates(files: tuple[Path, Path, Path] | None) -> Certificates | None:
    return Certificates(*(_read(file) for file in files)) if files else None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = (error.strerror or "cannot be read").lower()
        raise OperatorError(Problem(Place(str(file)), "unreadable-file", f"`{file}` {why}")) from None


def begun(folder: Path | None, bits: int = BITS) -> Vector:
    """
    Return what a federation begins with: the artefact in *folder*, or nothing at all.

    Raises:
        OperatorError: the artefact is none, or one of another size.
    """
    if folder is None:
        return np.zeros((1 << bits) + len(DENSE) + 1)
    model = loaded_judge(folder)[0].model
    if model.bits != bits:
        message = f"has {model.bits} bits, not {bits}"
        raise OperatorError(Problem(Place(str(folder)), "artefact", message, "begin from one that was trained here"))
    return joined(Fit((model.weights * model.step).astype(np.float32), model.dense, model.bias))


def finished(model: Vector, examples: Sequence[Example]) -> Trained:
    """Return the classifier that *model* is, with its scale and its judgement of *examples*, of which it has seen none."""
    learnt = parted(model, len(DENSE))
    known = learnt.weights != 0
    part = Fit(learnt.weights[known], learnt.dense, learnt.bias)
    rows = kept(table(examples, Features(shipped_lexicon(), BITS)), known)
    found = np.maximum(text_scores(rows, values(rows, part), len(examples)), _LOWEST)
    return Trained(packed(part, known, scales(examples, found)), examples, found)


def participated(lesson: Lesson, following: Following, tell: _Told = lambda _: None) -> int:
    """
    Take part in a federation with the texts of *lesson*; return after how many rounds it was over.

    Raises:
        OperatorError: something cannot be read, nobody is there, or the terms go beyond the bounds.
    """
    trusted = _read(following.authority) if following.authority else None
    mine, dice = site(lesson.examples(), lesson.seed), np.random.default_rng(randbits(256))
    return follow(following.address, trusted, sites_share(mine, following.bounds, dice, tell), wait=following.wait)


def site(examples: Sequence[Example], seed: int = 0) -> Site:
    """Return a site that learns from *examples*."""
    recipe = Recipe(epochs=_RECIPE.epochs, step=_RECIPE.step, seed=seed)
    return Site(learn(examples, table(examples, Features(shipped_lexicon(), BITS)), recipe, BITS), recipe)


def sites_share(
    mine: Site, bounds: Bounds, dice: np.random.Generator, tell: _Told = lambda _: None
) -> Callable[[Vector, Terms], NDArray[np.float32]]:
    """
    Return what a site makes of a model by the terms that it is told.

    The noise comes from *dice*, which nobody else may know: who does can take it away again.
    """

    def share(model: Vector, terms: Terms) -> NDArray[np.float32]:
        if why := bounds.refusal(terms):
            hint = "nothing was sent; agree with who runs the server, or allow it here"
            raise OperatorError(Problem(Place("terms"), "loose-terms", why, hint))
        update = mine.update(model)
        tell(f"an update of length {np.linalg.norm(update):.1f}, clipped to {terms.clip:g}")
        return shared(update, terms, dice)

    return share
