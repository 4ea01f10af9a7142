"""Wire: a transport without a network, to try protocols byte by byte."""

import asyncio

__all__ = ["Wire"]


class Wire(asyncio.Transport):
    """Keeps what is written until it is closed, and knows what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.ended = False
        self.reading = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep *data*."""
        if not self.ended:
            self.written += bytes(data)

    def can_write_eof(self) -> bool:
        """Say that one side may end before the other."""
        return True

    def is_closing(self) -> bool:
        """Say whether it has ended."""
        return self.ended

    def close(self) -> None:
        """End."""
        self.ended = True

    abort = close
    write_eof = close

    def pause_reading(self) -> None:
        """Note that nothing more is wanted for now."""
        self.reading = False

    def resume_reading(self) -> None:
        """Note that more is wanted."""
        self.reading = True
