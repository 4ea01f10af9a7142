"""Coins: published addresses pass, and one wrong character is seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yett.detectors.coins import bitcoin, ethereum, keccak_256

BITCOIN = (
    "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
    "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
)
ETHEREUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"  # the first example of EIP-55


@pytest.mark.parametrize("address", BITCOIN)
def test_published_addresses_pass(address: str) -> None:
    assert bitcoin(address)
    assert bitcoin(address.upper()) is address.startswith("bc1")


@given(st.sampled_from(BITCOIN), st.data())
def test_a_wrong_character_is_seen(address: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(3, len(address) - 1))
    other = data.draw(st.sampled_from("23456789acdefghjkmnpqrstuvwxyz"))
    wrong = address[:place] + other + address[place + 1 :]
    assert bitcoin(wrong) is (wrong == address)


@pytest.mark.parametrize(
    ("data", "digest"),
    [
        (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
    ],
)
def test_keccak_gives_the_published_digests(data: bytes, digest: str) -> None:
    assert keccak_256(data).hex() == digest


@pytest.mark.parametrize(
    ("address", "well"),
    [
        (ETHEREUM, True),
        (ETHEREUM.lower(), True),
        (ETHEREUM.replace("BeAed", "Beaed"), False),
        ("0x" + "0" * 40, False),
        ("0x" + "Ab" * 20, False),
    ],
)
def test_the_case_of_an_ethereum_address_is_its_checksum(address: str, well: bool) -> None:
    assert ethereum(address) is well
