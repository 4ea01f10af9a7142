"""A provider that answers at once, for measurements where nginx is not installed: `python -m bench._upstream PORT ANSWER`."""

import asyncio
import re
import sys

__all__: list[str] = []


class _Answers(asyncio.Protocol):
    answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        self._pending += data
        head, gap, body = self._pending.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        if gap and len(body) >= int(length[1] if length else 0):
            self._pending = b""
            self._transport.write(self.answer)  # type: ignore[attr-defined]


async def _serve(port: int, body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    _Answers.answer = head.encode() + body
    server = await asyncio.get_running_loop().create_server(_Answers, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), sys.argv[2].encode()))
