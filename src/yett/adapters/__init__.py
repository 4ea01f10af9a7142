"""What the ports ask for, done with files, databases and networks. Only `compose` and `testing` name an adapter."""
