"""
Syncing: what is written in a source comes into force in a namespace.

Rules:

1. Nothing is released when what the source holds went as far already, so several replicas may sync one namespace, and
   what somebody took further stays there.
2. A source without any policy is taken for one that is broken, such as a share that is not mounted: nothing is withdrawn
   by it.
"""

from dataclasses import replace

from yett.model.errors import Place
from yett.model.release import Release, Rollout
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
    if not documents and not problems:
        hint = "what is in force stays; a policy with `status: disabled` says that nothing is meant to be"
        problems.add(Place(source.name), "no-policies", "has no policies in it", hint)
    problems.raise_any()
    bundle = bundled(documents)
    now = await publishing.standing(namespace)
    newest = (now.candidate or now.live, *await publishing.history(namespace, 1))
    if any(each and each.digest == bundle.digest and _as_far(each.rollout, intent.rollout) for each in newest):
        return None
    author = intent.author or source.name
    return await publishing.replace(namespace, bundle, replace(intent, commit=checkout.commit, author=author))


def _as_far(reached: Rollout, wanted: Rollout) -> bool:
    stages = tuple(Rollout)
    return stages.index(reached) >= stages.index(wanted)
