"""
Encoder: the second opinion of the detector of injections, an artefact with a signature.

It is read when a configuration asks for it, and needs libraries that an installation may lack: both are told at the
start, not at the first request.
"""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from yett.compose.publisher import TRUSTED
from yett.integrity.manifest import Manifest, accept, read_manifest
from yett.model.errors import OperatorError, Place, Problem

if TYPE_CHECKING:
    from yett.adapters.scorers.onnx import OnnxScorer

__all__ = ["FILES", "loaded_encoder", "shipped_encoder"]

FILES = ("network.onnx", "tokenizer.json")
"""What the artefact consists of, beside its manifest; the scale stands in the manifest itself, under `about`."""


def shipped_encoder() -> "OnnxScorer":
    """
    Return the encoder that is shipped with Yett.

    Raises:
        OperatorError: it is not as it was published, or a library is missing.
    """
    return loaded_encoder(files("yett.detectors") / "data" / "encoder", TRUSTED)


def loaded_encoder(folder: Traversable, trusted: Mapping[str, str]) -> "OnnxScorer":
    """
    Return the encoder that lies in *folder*, if somebody who is *trusted* answers for it.

    Raises:
        OperatorError: it is not as it was signed, cannot be run, or a library is missing.
    """
    try:
        from yett.adapters.scorers.onnx import Encoder, OnnxScorer, Scale  # noqa: PLC0415 - it may not be installed
    except ModuleNotFoundError as missing:
        raise OperatorError(_not_installed(missing.name or "onnxruntime")) from None
    place = str(folder / "manifest.json")
    manifest = read_manifest(_read(folder / "manifest.json"), place)
    network, tokenizer = parts = [_read(folder / name) for name in FILES]
    accept(manifest, dict(zip(FILES, parts, strict=True)), trusted, place)
    try:
        return OnnxScorer(Encoder(manifest.revision, network, tokenizer, Scale(*_points(manifest))))
    except ValueError as error:
        raise OperatorError(_broken(place, f"is of an encoder that cannot be run: {error}")) from None


def _points(manifest: Manifest) -> tuple[tuple[float, ...], tuple[float, ...]]:
    scale = manifest.about.get("scale")
    points = [scale.get(name) if isinstance(scale, dict) else None for name in ("answers", "scores")]
    if not all(isinstance(each, list) and all(isinstance(point, float | int) for point in each) for each in points):
        raise ValueError("its `about` has no `scale` of `answers` and `scores`")
    answers, scores = (tuple(float(point) for point in each or ()) for each in points)
    return answers, scores


def _read(file: Traversable) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise OperatorError(_broken(str(file), (error.strerror or "cannot be read").lower())) from None


def _broken(place: str, message: str) -> Problem:
    return Problem(Place(place), "artefact", message, "restore the files as they were published")


def _not_installed(library: str) -> Problem:
    models = "security.prompt_injection.detection_models"
    message = f"`transformer` needs `{library}`, which is not installed"
    return Problem(Place(models), "not-installed", message, "`pip install 'yett[transformer]'`")
