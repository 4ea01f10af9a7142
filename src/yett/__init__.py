"""Yett: the gate in front of language models."""
