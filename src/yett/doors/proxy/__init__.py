"""The proxy door: model providers' own protocols, in plain ASGI."""
