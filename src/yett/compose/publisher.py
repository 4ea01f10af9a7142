"""Publisher: the key of those who publish Yett. What they ship is accepted only with their signature."""

from collections.abc import Mapping
from types import MappingProxyType

from yett.integrity.manifest import key_id

__all__ = ["TRUSTED"]

_PUBLISHER = "1c48737c62981d13886c09b0d900544ea6d70f15bb781b7150eaeaca3270ac87"
TRUSTED: Mapping[str, str] = MappingProxyType({key_id(_PUBLISHER): _PUBLISHER})
"""Public keys, in hex, by their short names."""
