"""Composition: where settings become parts, and parts become a running house."""
