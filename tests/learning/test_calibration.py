"""A score of 0.5, 0.7 and 0.9 is reached by 3 %, 0.75 % and 0.1 % of the innocent texts that were met in the world."""

import numpy as np
import pytest

from yett.detectors.evidence import RATES
from yett.detectors.linear import POINTS
from yett.learning.calibration import scales
from yett.learning.example import Example
from yett.model.segment import Origin


def innocents(count: int, origin: Origin = Origin.USER, length: int = 10) -> list[Example]:
    return [Example("x" * length, attack=False, source="a", origin=origin)] * count


def test_operating_points_stand_at_their_rates() -> None:
    values = np.random.default_rng(1).normal(0, 3, 10_000)
    scale = scales(innocents(10_000), values)[1, 0]
    reached = [float(np.mean(values >= point)) for point in scale[1:4]]
    assert reached == pytest.approx(RATES, abs=1e-3)
    assert len(scale) == len(POINTS)


def test_attacks_do_not_move_them() -> None:
    values = np.random.default_rng(1).normal(0, 3, 2_000)
    attacks = [Example("y", attack=True, source="b")] * 500
    with_attacks = scales([*innocents(2_000), *attacks], np.append(values, np.full(500, 50.0)))
    assert np.array_equal(with_attacks, scales(innocents(2_000), values))


@pytest.mark.parametrize("source", ["optional_b", "authored_b", "written_b", "machine_b"])
def test_what_one_can_have_as_much_of_as_one_likes_does_not_move_them(source: str) -> None:
    values = np.random.default_rng(1).normal(0, 3, 2_000)
    harmful = [Example("y", attack=False, source=source)] * 500
    with_harmful = scales([*innocents(2_000), *harmful], np.append(values, np.full(500, 50.0)))
    assert np.array_equal(with_harmful, scales(innocents(2_000), values))


def test_each_case_has_its_own_where_there_is_enough_of_it() -> None:
    examples = [
        *innocents(2_000),
        *innocents(2_000, Origin.TOOL),
        *innocents(2_000, Origin.TOOL, 2_000),
        *innocents(9, length=2_000),
    ]
    dice = np.random.default_rng(1)
    values = np.concatenate(
        [dice.normal(centre, 1, size) for centre, size in ((0, 2_000), (5, 2_000), (9, 2_000), (50, 9))]
    )
    made = scales(examples, values)
    assert made[1, 0, 2] < made[0, 0, 2] < made[0, 1, 2]
    assert made[1, 1, 0] == pytest.approx(made[1, 0, 0], abs=0.1)


def test_points_stay_apart() -> None:
    assert (np.diff(scales(innocents(100), np.zeros(100)), axis=-1) >= 0.25).all()
