"""Where the operator's Rego is, and what it is asked, is written plainly or refused with the cure."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from yett.compose.rego import RegoSettings


def test_a_file_is_all_that_it_takes() -> None:
    settings = RegoSettings(files=(Path("gate.rego"),))
    assert (settings.path, settings.sentinel, settings.timeout) == ("gateway/deny", None, 1.0)


def test_without_a_file_it_is_nothing() -> None:
    with pytest.raises(ValidationError, match="at least 1 item"):
        RegoSettings(files=())
