"""The roster names every detector of a configuration."""

from pathlib import Path

import pytest

from yett.compose.roster import roster


@pytest.mark.parametrize(("models", "there"), [("[rule_based]", False), ("[ml_based]", True)])
def test_detectors_are_those_of_the_configuration(tmp_path: Path, models: str, there: bool) -> None:
    file = tmp_path / "yett.yaml"
    file.write_text(f"security: {{prompt_injection: {{detection_models: {models}}}}}\n")
    found = {row["name"]: row for row in roster(file)}
    assert ("classifier" in found) is there
    assert ("injection" in found["patterns"]["kinds"]) is not there  # type: ignore[operator]
