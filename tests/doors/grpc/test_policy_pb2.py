"""What is generated is what the schema says."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import PACKAGE, ROOT
from yett.doors.grpc import policy_pb2 as pb


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    said = ["--proto_path=yett/v1=proto", f"--python_out={folder}", f"--pyi_out={folder}", "yett/v1/policy.proto"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *said], cwd=ROOT, check=True, timeout=60)
    return folder / "yett" / "v1"


@pytest.mark.parametrize("name", ["policy_pb2.py", "policy_pb2.pyi"])
def test_the_generated_code_is_that_of_the_schema(generated: Path, name: str) -> None:
    """`make proto` writes it again."""
    written, kept = (generated / name).read_text("utf-8"), (PACKAGE / "doors" / "grpc" / name).read_text("utf-8")
    assert kept == written


def test_the_schema_keeps_values_apart() -> None:
    assert {field.name for field in pb.Value.DESCRIPTOR.oneofs_by_name["kind"].fields} == {
        *("null", "boolean", "integer", "number", "decimal", "text", "list", "map"),
    }
