"""
Bundles: policies gathered, named by their digest, and written down.

Rules:

1. The canonical form is JSON: keys sorted, no white space, in UTF-8. Its SHA-256 is the bundle's name, so a bundle cannot
   change without another name.
2. Each member is one policy, by its id. A file with several is taken apart where its documents end; a line that begins
   with `---` ends one wherever it stands (YAML 1.2, 9.1.4).
3. A bundle that is read is believed only when its digest is right.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping

from yett.model.errors import OperatorError, Place, Problem
from yett.model.release import Bundle
from yett.policy.documents import Document
from yett.policy.likeness import documents_in
from yett.policy.problems import Problems
from yett.policy.reading import read_documents

__all__ = ["bundled", "canonical", "documents_of", "members", "read_bundle", "written"]

_FORMAT = "yett-bundle/1"
_END = re.compile(r"^---(?=\s|$).*$", re.MULTILINE)
_NOTHING = re.compile(r"(?:\s*(?:#.*)?\n?)*\Z")


def bundled(documents: Mapping[str, str], signer: str = "", signature: str = "") -> Bundle:
    """Return the bundle of *documents*, YAML texts by the policies' ids."""
    members = tuple(sorted(documents.items()))
    return Bundle(hashlib.sha256(_canonical(members)).hexdigest(), members, signer, signature)


def canonical(bundle: Bundle) -> bytes:
    """Return what a signature of *bundle* is made over."""
    return _canonical(bundle.documents)


def _canonical(members: tuple[tuple[str, str], ...]) -> bytes:
    form = {"documents": dict(members), "format": _FORMAT}
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def members(text: str, file: str, problems: Problems) -> Mapping[str, str]:
    """Take the policies in *text* apart, by their ids; what is wrong with them goes to *problems*."""
    found: dict[str, str] = {}
    start = 0
    for end in (*(match.span() for match in _END.finditer(text)), (len(text), len(text))):
        piece, line = text[start : end[0]], text.count("\n", 0, start)
        start = end[1]
        if _NOTHING.match(piece):
            continue
        # The lines before it are kept as empty ones, so that every place is the one in the file.
        for document in read_documents("\n" * line + piece, file, problems):
            if document.id in found:
                message = f"two policies are called `{document.id}`"
                problems.add(document.place, "duplicate-id", message, "give one of them another `id`")
            found[document.id] = piece.strip("\n") + "\n"
    return found


def documents_of(bundle: Bundle, namespace: str) -> tuple[Document, ...]:
    """
    Return the policies of *bundle*, published to *namespace*: those that do not say where they belong are of it.

    Raises:
        OperatorError: they cannot be read, by this version at least.
    """
    problems = Problems()
    found = [
        document for name, text in bundle.documents for document in documents_in(text, f"{namespace}/{name}", problems)
    ]
    problems.raise_any()
    return tuple([document.within(namespace) for document in found])


def written(bundle: Bundle) -> str:
    """Return *bundle* as a file that `read_bundle` reads."""
    form = {
        "format": _FORMAT,
        "digest": bundle.digest,
        "documents": dict(bundle.documents),
        "signer": bundle.signer,
        "signature": bundle.signature,
    }
    return json.dumps(form, ensure_ascii=False, indent=2) + "\n"


def read_bundle(text: str, file: str) -> Bundle:
    """
    Read a bundle.

    Raises:
        OperatorError: it is none, or it is not what its digest says.
    """
    try:
        form = json.loads(text)
    except ValueError:
        form = None
    if not isinstance(form, dict) or form.get("format") != _FORMAT:
        raise _wrong(file, "bad-bundle", "is no bundle of policies", "make one with `yett policy bundle build`")
    documents = form.get("documents")
    if not isinstance(documents, dict) or not all(_texts(documents.items())):
        raise _wrong(file, "bad-bundle", "has no documents in it", "make it anew with `yett policy bundle build`")
    bundle = bundled(documents, str(form.get("signer") or ""), str(form.get("signature") or ""))
    if bundle.digest != form.get("digest"):
        raise _wrong(file, "bad-digest", "is not what its digest says: it was changed", "make or fetch it anew")
    return bundle


def _texts(entries: Iterable[tuple[object, object]]) -> Iterable[bool]:
    return (isinstance(name, str) and isinstance(text, str) for name, text in entries)


def _wrong(file: str, code: str, message: str, hint: str) -> OperatorError:
    return OperatorError(Problem(Place(file), code, message, hint))
