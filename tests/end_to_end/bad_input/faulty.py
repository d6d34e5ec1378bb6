"""Intake's HTTP with one route more, which has a defect that nobody foresaw. Run as a process by a test."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request

from insieme_events.process import program
from insieme_intake.service import SERVICE

router = APIRouter()


@router.post("/v1/faulty")
async def faulty(request: Request) -> None:
    """Raises with the whole request in the message, as a driver may."""
    raise LookupError((await request.body()).decode())


if __name__ == "__main__":
    program(replace(SERVICE, routers=(router,)))()
