"""
What the gateway costs: side by side, in one run.

The gateway (or nginx in its place) runs on one core, upstream and load on the other. The upstream answers at once. Every
request is a chat completion with a prompt of 500 characters that has not been seen before.

    python -m bench gateway

Rows: the upstream itself; nginx as a bare reverse proxy, where it is installed; Yett with everything on; Yett with no
policy, which still reads, scans on demand, records and limits. Then the memory and the start, the microseconds of each
stage, and the megabytes per second of scanning.
"""

import contextlib
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench._load import load
from bench._stages import print_stages
from bench._talk import ANSWER, QUESTION

__all__ = ["await_port", "free_port", "main", "running"]

_SECONDS = 4.0
_FLIGHTS = (1, 32)
_NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  upstream there {{ server 127.0.0.1:{upstream}; keepalive 64; }}
  server {{ listen 127.0.0.1:{port}; default_type application/json; {location} }}
}}
"""
_PROXY = "location / { proxy_http_version 1.1; proxy_set_header Connection ''; proxy_pass http://there; }"
_YETT = """
server: {{mode: development, port: {port}}}
records: {{path: {folder}/records}}
policies: {{default: {policies}}}
security: {{rate_limiting: {{requests_per_minute: 100000000, requests_per_hour: 1000000000}}}}
llm_providers: {{upstream: {{kind: openai, base_url: "http://127.0.0.1:{upstream}/v1", models: ["gpt*"]}}}}
"""


def main() -> None:
    """Measure and print."""
    print(f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("load by wrk" if shutil.which("wrk") else "load by a plain client in Python, on the upstream's core")
    with tempfile.TemporaryDirectory() as name, _upstream(Path(name, "upstream")) as upstream:
        _row("the upstream itself", upstream)
        if shutil.which("nginx"):
            with _nginx(Path(name, "proxy"), _PROXY, upstream, core=0) as port:
                _row("nginx, a bare proxy", port)
        for title, policies in (("Yett, everything on", "default"), ("Yett, no policy", "none")):
            with _yett(Path(name, policies), policies, upstream) as (port, process, started):
                _row(title, port)
                memory = _memory(process.pid)
            print(f"{'':24}{memory:.0f} MB resident after the load, first answer {started:.2f} s after the start")
    print_stages()


def _row(title: str, port: int) -> None:
    for flight in _FLIGHTS:
        figures = load(f"http://127.0.0.1:{port}/v1/chat/completions", QUESTION.encode(), flight, _SECONDS, core=1)
        print(f"{title:22}  {flight:3} in flight  {figures}", flush=True)


@contextlib.contextmanager
def _upstream(folder: Path) -> Iterator[int]:
    if shutil.which("nginx"):
        with _nginx(folder, f"location / {{ return 200 '{ANSWER}'; }}", 9, core=1) as port:
            yield port
        return
    port = free_port()
    with running([sys.executable, "-m", "bench._upstream", str(port), ANSWER], core=1):
        await_port(port)
        yield port


@contextlib.contextmanager
def _nginx(folder: Path, location: str, upstream: int, core: int) -> Iterator[int]:
    folder.mkdir()
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=folder, upstream=upstream, port=port, location=location))
    with running(["nginx", "-p", str(folder), "-c", str(configuration), "-e", "/dev/null"], core):
        await_port(port)
        yield port


@contextlib.contextmanager
def _yett(folder: Path, policies: str, upstream: int) -> Iterator[tuple[int, "subprocess.Popen[bytes]", float]]:
    folder.mkdir()
    port = free_port()
    configuration = folder / "yett.yaml"
    configuration.write_text(_YETT.format(folder=folder, port=port, policies=policies, upstream=upstream))
    for _ in range(2):  # the first start compiles the patterns and keeps them
        began = time.perf_counter()
        with running([sys.executable, "-m", "yett", "serve", "--config", str(configuration)], core=0) as process:
            await_port(port)
            _ask(port)
            started = time.perf_counter() - began
            if _:
                yield port, process, started


@contextlib.contextmanager
def running(command: list[str], core: int) -> Iterator["subprocess.Popen[bytes]"]:
    pin = ["taskset", "-c", str(core)] if shutil.which("taskset") else []
    process = subprocess.Popen([*pin, *command], stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _ask(port: int) -> None:
    headers = {"authorization": "Bearer dev-token", "content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions", QUESTION.encode(), headers)
    urllib.request.urlopen(request).read()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def await_port(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise SystemExit(f"nobody listens on port {port}")


def _memory(pid: int) -> float:
    """Return the resident megabytes of *pid*; zero where the system does not tell."""
    with contextlib.suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
