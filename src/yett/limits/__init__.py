"""How much is too much, as arithmetic: no clock, no store."""
