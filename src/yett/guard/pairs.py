"""
Pairs: how often letters follow one another in the languages that are written in Latin letters.

One table for all of them: what is rare in each is rare in a language that nobody counted, too. It was counted by
`bench/detection/pairs.py`.
"""

__all__ = ["KINDS", "STEP", "SURPRISE"]

_LETTERS = 26
KINDS = tuple((point | 32) - 96 if chr(point).isalpha() and point < 128 else 0 for point in range(256))  # noqa: PLR2004
"""The number of each byte's letter, whatever its case; 0 for what is none."""
STEP = 0.3
"""The unit of surprise, in nats."""
SURPRISE = (
    "ahlkkmlomisqmklklrljhopkwou",
    "humklzqmvlwoilgvnziihnosvlv",
    "kisqwexwukmzivvgwzkorjxzzix",
    "lhzoxhzzgkzkkvzgyzlrhmwzzqv",
    "djusnfwszixzqrsiwznmunuwzox",
    "eltmknpqvpwulnispthiktornrv",
    "ejzuvjkwzgzznzxfxzjtllzzztz",
    "ekyxxfwpkjzzmvkkxzklqjxzzsx",
    "hgwzvdzzzizztuuizzntmpzzzrz",
    "joqklllmxyvpkmfjpxmhhynzrxs",
    "igwsrdrusmsqtuphsuuoqhtswvt",
    "ekwvsetrriwsoslmsyqjpnzqzrz",
    "gistkfpvyhzrhtuiqzummmsuzlz",
    "gglyueyyzjzyrlsijzsotmzyzlz",
    "elxlhiriumwqpypiuzzkhorxzpy",
    "hronlqkqxpyplkgnmzgmkioluwy",
    "ihzwsguwnlzzhwxhlzhojltzzoz",
    "jstwuwvwwuwsrvtwwwqtrbtrwww",
    "fjtplftnxizpsnmjuznklmrszmw",
    "dlxnuhxxmkzorsslnxukhmwqzpv",
    "ekwsxhyzfjzzqvwiuzlmomzqzpw",
    "imnmnjqnwmwuikhrlzghhuvyutv",
    "lhyvzczxzhzztxyjwztrztyzzuz",
    "hhzyxhxzfgzxsymhzzjnwwzyyuz",
    "fivivjrwskywutvshwstewxwttu",
    "cpssulvvzpxyrqrgmzujlvzszwx",
    "ghtqoetqthwrpooluwurmjuotnn",
)
"""By a kind and the one that follows it: how surprising that is, the negative logarithm of its probability."""
