"""
Detectors: what is in a text, and where.

Begin with `catalogue` (all of them by name), then `patterns` (one database for all rules) and `rule`. A detector
implements `yett.ports.detector.Detector`: it reports; it decides nothing and rewrites nothing.
"""
