"""Upstreams: providers reached over HTTP, and the one that is built in."""
