"""A collector of OpenTelemetry traces on 127.0.0.1, for a test: OTLP over HTTP, kept in a list."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Span:
    """`links` are (trace, span) pairs; ids in hexadecimal."""

    service: str
    name: str
    trace: str
    span: str
    parent: str
    links: tuple[tuple[str, str], ...]


@dataclass
class Collector:
    """`bodies` is whatever arrived, as it arrived."""

    address: str
    spans: list[Span] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def environment(self, endpoint: str | None = "http://collector.invalid:4318") -> dict[str, str]:
        """What a service is told. We are the proxy in the way of every HTTP request that it sends, wherever to: so
        what it sends without an endpoint is seen as well.
        """
        told = dict.fromkeys(("HTTP_PROXY", "http_proxy"), self.address)
        told |= {"NO_PROXY": "", "no_proxy": "", "OTEL_BSP_SCHEDULE_DELAY": "100"}
        return told if endpoint is None else {**told, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}

    def take(self, body: bytes) -> None:
        self.bodies.append(body)
        message = ExportTraceServiceRequest()
        message.ParseFromString(body)
        for resource in message.resource_spans:
            told = {one.key: one.value.string_value for one in resource.resource.attributes}
            for scope in resource.scope_spans:
                for span in scope.spans:
                    links = tuple((link.trace_id.hex(), link.span_id.hex()) for link in span.links)
                    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
                    self.spans.append(Span(told["service.name"], span.name, *ids, links))


@contextmanager
def collecting() -> Iterator[Collector]:
    """Listens on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, name="collector")
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()
