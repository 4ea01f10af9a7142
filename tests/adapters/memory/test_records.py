import pytest

from tests.adapters.conformance_records import RecordStoreConformance
from yett.adapters.memory.records import MemoryRecords
from yett.ports.records import RecordStore


class TestMemoryRecords(RecordStoreConformance):
    @pytest.fixture
    def store(self) -> RecordStore:
        return MemoryRecords()
