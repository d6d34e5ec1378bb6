"""Traces and logs: ids only, OTLP when an endpoint is configured, silent otherwise."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

import structlog
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

tracer = trace.get_tracer("insieme")
log = structlog.get_logger("insieme")


@contextmanager
def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, parent: Context | None = None, links: Sequence[Link] = ()
) -> Iterator[Span]:
    """A span that tells an error's type alone: its message, kept by default, may quote somebody's data."""
    with tracer.start_as_current_span(
        name, parent, kind, links=links, record_exception=False, set_status_on_exception=False
    ) as made:
        try:
            yield made
        except BaseException as error:
            made.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def configure(service: str) -> None:
    """JSON logs to standard output, and spans to OTEL_EXPORTER_OTLP_ENDPOINT where it is set."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )
    structlog.contextvars.bind_contextvars(service=service)
    _quiet_libraries()
    if os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        # Imported where it is wanted: it brings an HTTP client that no other start needs.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider = TracerProvider(resource=Resource.create({"service.name": f"insieme-{service}"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)


class _OncePerMinute(logging.Filter):
    """A broker that is away for a minute makes aiokafka write thousands of lines; one a minute says the same."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        last = self._seen.get(record.msg if isinstance(record.msg, str) else record.name, 0.0)
        if record.created - last < 60:
            return False
        self._seen[record.msg if isinstance(record.msg, str) else record.name] = record.created
        return True


def _without_message(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's message may quote somebody's data: its type and its place are logged, not its message."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple) and found[0] is not None:
        frames = traceback.extract_tb(found[2])
        event["error"] = found[0].__name__
        event["where"] = f"{frames[-1].name}:{frames[-1].lineno}" if frames else None
    return event


def _quiet_libraries() -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.addFilter(_OncePerMinute())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                _without_message,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def current_traceparent() -> str | None:
    """The W3C traceparent of the span we are in; None outside of any."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


def links(traceparents: list[str | None], most: int = 32) -> list[Link]:
    """Links from a batch's span to the spans of the events in it; the first `most` of them."""
    found: list[Link] = []
    for parent in traceparents:
        if parent is None or len(found) == most:
            continue
        context: Any = trace.get_current_span(propagate.extract({"traceparent": parent})).get_span_context()
        found.append(Link(context))
    return found
