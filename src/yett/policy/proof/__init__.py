"""Proof: what policies mean for all facts at once, as far as a solver can tell; needs the extra `analysis`."""
