"""Publisher: the keys of those who publish Yett. What they ship is accepted only with their signature."""

from collections.abc import Mapping
from types import MappingProxyType

from yett.integrity.manifest import key_id

__all__ = ["TRUSTED"]

_PUBLISHER = (
    "1c48737c62981d13886c09b0d900544ea6d70f15bb781b7150eaeaca3270ac87",  # of the classifier
    "0b81079898cb24e54acfd52149223de96ad29fbdec4c8d9af3bdfe3f9a2a1d3a",  # of the encoder
)
TRUSTED: Mapping[str, str] = MappingProxyType({key_id(public): public for public in _PUBLISHER})
"""Public keys, in hex, by their short names."""
