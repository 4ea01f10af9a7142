"""
Access: who may ask the control plane.

Rules:

1. Questions are answered for everybody who is known. They take nothing from the limits of exchanges.
2. What changes anything, or keeps the house busy for long, is for the role `admin`; the development token has it.
"""

from collections.abc import Awaitable

from yett.doors.asgi.request import Request
from yett.model.principal import Principal
from yett.model.refusal import Refusal
from yett.services.admission import Admission
from yett.services.snapshots import Snapshots

__all__ = ["ADMIN", "Access", "forbidden"]

ADMIN = "admin"
_FORBIDDEN = Refusal(403, "permission_denied", "this is for the role `admin`")


class Access:
    """The porter of this door."""

    def __init__(self, admission: Admission, snapshots: Snapshots) -> None:
        """Know those whom *admission* knows."""
        self._admission = admission
        self._snapshots = snapshots

    def principal(self, request: Request) -> Awaitable[Principal | Refusal]:
        """
        Say who asks, or why they may not.

        Raises:
            CallerError: there are two credentials that differ.
        """
        return self._admission.identify(request.credential(), self._snapshots.current)


def forbidden(principal: Principal) -> Refusal | None:
    """Say why *principal* may not do what is for administrators; None when they may."""
    return None if ADMIN in principal.roles else _FORBIDDEN
