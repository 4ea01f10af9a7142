"""
Syncing: what is written in a source comes into force in a namespace.

Nothing is released when the source holds what is in force already, so several replicas may sync one namespace.
"""

from dataclasses import replace

from yett.model.errors import Place
from yett.model.release import Release
from yett.policy.bundles import bundled, members
from yett.policy.problems import Problems
from yett.ports.sources import Source
from yett.services.publishing import Intent, Publishing

__all__ = ["sync"]


async def sync(source: Source, publishing: Publishing, namespace: str, intent: Intent) -> Release | None:
    """
    Put what *source* holds in force in *namespace*; None where it is already.

    Raises:
        OperatorError: it cannot be in force; what was stays.
        NotReady: the source or the store cannot be reached.
    """
    checkout = await source.read()
    problems = Problems()
    documents: dict[str, str] = {}
    for file, text in checkout.files.items():
        found = members(text, file, problems)
        for name in found.keys() & documents.keys():
            problems.add(Place(file), "duplicate-id", f"another file, too, has a policy `{name}`", "rename one of them")
        documents |= found
    problems.raise_any()
    bundle = bundled(documents)
    now = await publishing.standing(namespace)
    newest = now.candidate or now.live
    if newest and newest.digest == bundle.digest and newest.rollout is intent.rollout:
        return None
    author = intent.author or source.name
    return await publishing.replace(namespace, bundle, replace(intent, commit=checkout.commit, author=author))
