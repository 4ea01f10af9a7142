"""Control: what is asked of the policies themselves, on FastAPI. Bodies are handed in as strict JSON by the door."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from yett.doors.rest import shapes
from yett.doors.rest.access import forbidden
from yett.model.errors import CallerError, OperatorError
from yett.model.principal import Principal
from yett.policy.cases import Result
from yett.policy.documents import Document
from yett.services.shapes import problem_shape
from yett.services.snapshots import Snapshots
from yett.services.validating import Validated, Validating

__all__ = ["Administrator", "administrator", "control_router"]


def administrator(request: Request) -> Principal:
    """
    Return who asks, if they are an administrator.

    Raises:
        CallerError: they are not.
    """
    principal: Principal = request.state.principal
    if refusal := forbidden(principal):
        raise CallerError(refusal.message, status=refusal.status, code=refusal.code)
    return principal


Administrator = Annotated[Principal, Depends(administrator)]
"""Whoever asks, where only an administrator may."""


def control_router(validating: Validating, snapshots: Snapshots) -> APIRouter:
    """Make the routes."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/policies", summary="List the policies that are loaded.", tags=["policies"])
    async def policies() -> shapes.Listed:
        snapshot = snapshots.current
        return shapes.Listed(
            revision=snapshot.program.revision, policies=[_listed(document) for document in snapshot.documents]
        )

    @router.post("/policies/validate", summary="Check policies and run their own tests.", tags=["policies"])
    async def validate(policy: shapes.Policy, _: Administrator) -> shapes.Validity:
        try:
            return _validity(await validating.validate(policy.policy, policy.file))
        except OperatorError as error:
            return shapes.Validity(valid=False, problems=[dict(problem_shape(each)) for each in error.problems])
        except TimeoutError:
            raise CallerError("the tests of the policy take too long", param="/policy") from None

    return router


def _listed(document: Document) -> shapes.ListedPolicy:
    return shapes.ListedPolicy(
        id=document.id,
        name=document.name,
        version=document.version,
        namespace=document.namespace,
        priority=document.priority,
        status=document.status.value,
        rules=[rule.id for rule in document.rules if rule.enabled],
    )


def _validity(validated: Validated) -> shapes.Validity:
    problems: list[dict[str, Any]] = [dict(problem_shape(problem)) for problem in validated.failures]
    told = []
    for document in validated.documents:
        results = [each.result for each in validated.outcomes if each.case in document.cases]
        tests = {result.value: results.count(result) for result in Result}
        name = f"{document.id}@{document.version}"
        told.append(shapes.ValidatedPolicy(policy=name, rules=len(document.rules), tests=tests))
    return shapes.Validity(valid=not problems, policies=told, problems=problems)
