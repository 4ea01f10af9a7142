"""
Classifier: the detector `classifier` from its artefact, the one that is shipped or one that an operator trained.

The shipped artefact is signed, and accepted only as it was signed. One of an operator's own needs no signature, but its
files have to be those that its manifest names.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

from yett.compose.publisher import TRUSTED
from yett.detectors.classifier import Classifier
from yett.detectors.judge import Judge
from yett.detectors.lexicon import read_lexicon
from yett.detectors.linear import read_model
from yett.integrity.manifest import Manifest, accept, read_manifest
from yett.model.errors import OperatorError, Place, Problem
from yett.ports.scorer import Scorer

__all__ = ["FILES", "SHIPPED", "loaded_classifier", "loaded_judge"]

FILES = ("lexicon.yaml", "model.npz")
"""What the artefact consists of, beside its manifest."""
SHIPPED = files("yett.detectors") / "data" / "classifier"
"""Where the shipped artefact lies."""


def loaded_classifier(folder: Traversable = SHIPPED, scorer: Scorer | None = None) -> Classifier:
    """
    Return the classifier whose artefact lies in *folder*, with *scorer* for what it is in doubt about.

    Raises:
        OperatorError: the artefact is not as it was published.
    """
    judge, manifest = loaded_judge(folder)
    return Classifier(judge, manifest.revision, scorer)


def loaded_judge(folder: Traversable = SHIPPED) -> tuple[Judge, Manifest]:
    """
    Return what judges, and what is said about it.

    Raises:
        OperatorError: the artefact is not as it was published.
    """
    place = str(folder / "manifest.json")
    manifest = read_manifest(_read(folder / "manifest.json"), place)
    found = {name: _read(folder / name) for name in FILES}
    accept(manifest, found, TRUSTED, place, unsigned=folder is not SHIPPED)
    try:
        return Judge(read_model(found["model.npz"]), read_lexicon(found["lexicon.yaml"].decode())), manifest
    except ValueError as error:
        raise OperatorError(_broken(str(folder / "model.npz"), str(error))) from None


def _read(file: Traversable) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OperatorError(_broken(str(file), (error.strerror or "cannot be read").lower())) from None


def _broken(place: str, message: str) -> Problem:
    return Problem(Place(place), "artefact", message, "restore the files as they were published, or train anew")
