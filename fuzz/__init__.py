"""
Fuzzing: what comes in from outside, in bytes that a fuzzer makes up.

`make fuzz` looks for bytes that break a promise (see `fuzz.targets`); the ordinary tests try a few of each kind.
"""
