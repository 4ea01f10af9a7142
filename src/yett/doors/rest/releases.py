"""Releases: policies put in force, by stages, and taken back, over REST. Changing anything is for administrators."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from yett.doors.rest.control import Administrator
from yett.model.errors import CallerError
from yett.model.principal import Principal
from yett.model.release import Release, Rollout, Standing
from yett.policy.bundles import members
from yett.policy.problems import Problems
from yett.services.publishing import Intent, Publishing

__all__ = ["Back", "Pushed", "Released", "Shown", "Staged", "Stands", "Version", "releases_router"]

_Identifier = Annotated[str, Path(description="The policy's id.")]
_Namespace = Annotated[str, Path(description="The namespace; a path such as `acme/payments`.")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Staged(_Asked):
    """How far something is to be in force, and why."""

    stage: Literal["draft", "shadow", "canary", "enforce"] = "enforce"
    share: int = Field(10, ge=1, le=100, description="Of a canary, the percentage of callers for whom it decides.")
    note: str = ""


class Pushed(Staged):
    """Policies to put in force."""

    policy: str = Field(description="One policy or several, as YAML.")
    namespace: str = Field("default", min_length=1, max_length=255)


class Back(_Asked):
    """What to go back to."""

    version: str = Field(description="What the policy called itself then.")
    note: str = ""


class Released(BaseModel):
    """A release."""

    namespace: str
    number: int
    digest: str
    stage: str
    share: int
    at: float = Field(description="Seconds since 1970-01-01 UTC.")
    author: str
    commit: str
    note: str


class Stands(BaseModel):
    """Where a namespace stands."""

    namespace: str
    live: Released | None
    candidate: Released | None


class Shown(BaseModel):
    """A policy as it is in force, or on its way."""

    id: str
    policy: str = Field(description="The policy, as YAML.")
    release: Released


class Version(BaseModel):
    """A release that changed a policy, and what the policy called itself."""

    version: str
    release: Released


def releases_router(publishing: Publishing) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/api/v1", tags=["releases"])
    _changing(router, publishing)
    _looking(router, publishing)
    _namespaces(router, publishing)
    return router


def _changing(router: APIRouter, publishing: Publishing) -> None:
    @router.post("/policies", summary="Put policies in force, by stages.", status_code=201)
    async def push(pushed: Pushed, who: Administrator) -> Released:
        return _released(await publishing.push(pushed.namespace, _texts(pushed.policy), _intent(pushed, who)))

    @router.put("/policies/{policy}", summary="Put a policy in force, by stages.")
    async def replace(policy: _Identifier, pushed: Pushed, who: Administrator) -> Released:
        texts = _texts(pushed.policy)
        if set(texts) != {policy}:
            raise CallerError(f"the policy is not called `{policy}`, as the path says", param="/policy")
        return _released(await publishing.push(pushed.namespace, texts, _intent(pushed, who)))

    @router.delete("/policies/{policy}", summary="Take a policy out of force.")
    async def withdraw(policy: _Identifier, who: Administrator, note: Annotated[str, Query()] = "") -> Released:
        held = await publishing.found(policy)
        if held is None:
            raise _nowhere(f"there is no published policy `{policy}`")
        intent = Intent(author=who.subject, note=note)
        return _released(await publishing.withdraw(held.release.namespace, policy, intent))

    @router.post("/policies/{policy}/rollback", summary="Put an earlier version in force again.")
    async def roll_back(policy: _Identifier, back: Back, who: Administrator) -> Released:
        intent = Intent(author=who.subject, note=back.note)
        return _released(await publishing.roll_back(policy, back.version, intent))


def _looking(router: APIRouter, publishing: Publishing) -> None:
    @router.get("/policies/{policy}", summary="Show a published policy.")
    async def show(policy: _Identifier, _: Administrator) -> Shown:
        held = await publishing.found(policy)
        if held is None:
            raise _nowhere(f"there is no published policy `{policy}`")
        return Shown(id=policy, policy=held.text, release=_released(held.release))

    @router.get("/policies/{policy}/versions", summary="List the releases that changed a policy.")
    async def versions(policy: _Identifier, _: Administrator) -> list[Version]:
        found = await publishing.versions(policy)
        if not found:
            raise _nowhere(f"there is no published policy `{policy}`")
        return [Version(version=each.version, release=_released(each.release)) for each in found]


def _namespaces(router: APIRouter, publishing: Publishing) -> None:
    @router.get("/namespaces", summary="Say where every namespace stands.")
    async def standings(_: Administrator) -> list[Stands]:
        return [_stands(each) for each in await publishing.standings()]

    @router.get("/namespaces/{namespace:path}/releases", summary="List the releases of a namespace, newest first.")
    async def releases(namespace: _Namespace, _: Administrator) -> list[Released]:
        found = await publishing.history(namespace)
        if not found:
            raise _nowhere(f"nothing was published to `{namespace}`")
        return [_released(each) for each in found]

    @router.post("/namespaces/{namespace:path}/rollout", summary="Take what is on its way one stage on.")
    async def roll_out(namespace: _Namespace, staged: Staged, who: Administrator) -> Released:
        return _released(await publishing.roll_out(namespace, _intent(staged, who)))


def _texts(policy: str) -> Mapping[str, str]:
    """
    Take the policies in a body apart.

    Raises:
        OperatorError: they cannot be read; it carries every problem.
    """
    problems = Problems()
    texts = members(policy, "policy", problems)
    problems.raise_any()
    return texts


def _intent(staged: Staged, who: Principal) -> Intent:
    return Intent(Rollout(staged.stage), staged.share, author=who.subject, note=staged.note)


def _released(release: Release) -> Released:
    fields: dict[str, Any] = {name: getattr(release, name) for name in Released.model_fields if name != "stage"}
    return Released(stage=release.rollout.value, **fields)


def _stands(standing: Standing) -> Stands:
    live, candidate = standing.live, standing.candidate
    return Stands(
        namespace=standing.namespace,
        live=_released(live) if live else None,
        candidate=_released(candidate) if candidate else None,
    )


def _nowhere(message: str) -> CallerError:
    return CallerError(message, status=404, code="not_found")
