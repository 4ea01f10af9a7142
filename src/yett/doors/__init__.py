"""The doors: each decodes, calls one service, encodes."""
