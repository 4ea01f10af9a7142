"""Parser: policy documents out of YAML, with everything that is wrong said at once."""

from yett.policy.compiler import check_document
from yett.policy.documents import Document
from yett.policy.likeness import documents_in
from yett.policy.pausing import collector_paused
from yett.policy.problems import Problems

__all__ = ["PolicyParser"]


class PolicyParser:
    """Reads policies as they are written in files."""

    def parse_yaml(self, text: str, file: str = "<policy>") -> Document:
        """
        Read the one policy in *text*; *file* names it in messages.

        Raises:
            OperatorError: it has problems; the error carries all of them.
        """
        problems = Problems()
        documents = self._read(text, file, problems)
        if len(documents) > 1:
            problems.add(
                documents[1].place, "several", "there is more than one policy here", "read them with `parse_all`"
            )
        problems.raise_any()
        return documents[0]

    def parse_all(self, text: str, file: str = "<policy>") -> tuple[Document, ...]:
        """
        Read all policies in *text*, separated by `---`.

        Raises:
            OperatorError: they have problems; the error carries all of them.
        """
        problems = Problems()
        documents = self._read(text, file, problems)
        problems.raise_any()
        return documents

    def _read(self, text: str, file: str, problems: Problems) -> tuple[Document, ...]:
        with collector_paused():
            documents = documents_in(text, file, problems)
            for document in documents:
                check_document(document, problems)
        return documents
