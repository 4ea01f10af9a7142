"""`yett serve`."""

from pathlib import Path

import click

from yett.cli.options import config
from yett.compose.gateway import serve as serve_gateway
from yett.compose.loading import SettingsSource

__all__ = ["serve"]


@click.command(short_help="Run the gateway.")
@config
@click.option("--host", metavar="H", help="The address to listen on.")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), help="The port; 0 takes any that is free.")
@click.option("--grpc-port", metavar="N", type=click.IntRange(0, 65535), help="The port of gRPC; 0 takes any.")
@click.option("--workers", metavar="N", type=click.IntRange(1), help="How many processes serve.")
def serve(config: Path | None, host: str | None, port: int | None, grpc_port: int | None, workers: int | None) -> None:
    """Run the gateway until it is told to stop."""
    overrides = {"server.host": host, "server.port": port, "server.grpc_port": grpc_port, "server.workers": workers}
    serve_gateway(SettingsSource(config, overrides=overrides))
