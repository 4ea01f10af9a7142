"""A model comes back as it was kept, and anything else is refused."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest

from tests.detectors.models import feared
from yett.detectors.linear import LONG, POINTS, read_model, write_model

MODEL = feared("ignore")


def test_a_model_comes_back_as_it_was() -> None:
    back = read_model(write_model(MODEL))
    assert (back.bits, back.step, back.bias) == (MODEL.bits, MODEL.step, MODEL.bias)
    assert np.array_equal(back.weights, MODEL.weights)
    assert np.array_equal(back.scales, MODEL.scales)


@pytest.mark.parametrize(
    ("value", "score"), [(-9.0, 0.0), (0.0, 0.0), (1.0, 0.5), (1.5, 0.6), (2.0, 0.7), (3.0, 0.9), (9.0, 1.0)]
)
def test_a_value_means_a_score(value: float, score: float) -> None:
    assert MODEL.score(value, 10, trusted=True) == pytest.approx(score)


def test_each_case_has_its_scale() -> None:
    scales = MODEL.scales.copy()
    scales[0, 1] += 1.0
    model = replace(MODEL, scales=scales)
    assert model.score(3.0, LONG + 1, trusted=False) == POINTS[2]
    assert model.score(3.0, LONG, trusted=False) == POINTS[3]
    assert model.score(3.0, LONG + 1, trusted=True) == POINTS[3]


def pickled() -> bytes:
    file = BytesIO()
    np.savez(file, weights=np.array([object()]), numbers=np.zeros(3), dense=np.zeros(1), scales=np.zeros(1))
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 and nonsense",
        pickled(),
        write_model(replace(MODEL, weights=MODEL.weights[:-1])),
        write_model(replace(MODEL, weights=MODEL.weights.astype(np.int16))),
        write_model(replace(MODEL, dense=MODEL.dense[1:])),
        write_model(replace(MODEL, bits=70)),
        write_model(replace(MODEL, bias=float("nan"))),
        write_model(replace(MODEL, scales=MODEL.scales[..., ::-1])),
    ],
)
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"is no model|mean nothing"):
        read_model(data)
