import pytest

from tests.adapters.conformance_policies import PolicyStoreConformance
from yett.adapters.memory.policies import MemoryPolicies
from yett.ports.policies import PolicyStore


class TestMemoryPolicies(PolicyStoreConformance):
    @pytest.fixture
    def store(self) -> PolicyStore:
        return MemoryPolicies()
