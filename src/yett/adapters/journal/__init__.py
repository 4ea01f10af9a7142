"""The journal: records on this machine's disk before anybody is told that they are safe."""
