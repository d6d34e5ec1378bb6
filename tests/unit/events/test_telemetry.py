"""What a span tells of an error."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from insieme_events import telemetry

pytestmark = pytest.mark.unit

CANARY = "canary-content"


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    return exporter


def test_a_span_tells_the_type_of_an_error_and_not_its_message(exported: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match=CANARY), telemetry.span("work"):
        raise ValueError(CANARY)
    (span,) = exported.get_finished_spans()
    assert span.status.description == "ValueError"
    assert CANARY not in span.to_json()


def test_control_a_span_as_the_library_makes_it_tells_the_message(exported: InMemorySpanExporter) -> None:
    tracer: Tracer = telemetry.tracer
    with pytest.raises(ValueError, match=CANARY), tracer.start_as_current_span("work"):
        raise ValueError(CANARY)
    (span,) = exported.get_finished_spans()
    assert CANARY in span.to_json()
