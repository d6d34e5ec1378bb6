"""One span per request, continued from the caller's traceparent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from opentelemetry import propagate
from opentelemetry.trace import SpanKind

from insieme_events import telemetry

QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


def trace_requests(app: FastAPI) -> None:
    @app.middleware("http")
    async def trace(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path in QUIET:
            return await proceed(request)
        parent = propagate.extract(dict(request.headers))
        # The span's name is the method only: a path holds ids, and its template is known after routing.
        with telemetry.span(request.method, SpanKind.SERVER, parent) as span:
            response = await proceed(request)
            route = request.scope.get("route")
            span.set_attribute("http.request.method", request.method)
            span.set_attribute("http.route", getattr(route, "path", ""))
            span.set_attribute("http.response.status_code", response.status_code)
            return response
