"""The actor of a request: party, role, purpose, made in this one place (P13). Signing in changes this place alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Request

from insieme_events.contracts import Actor

CODE = r"^[a-z0-9][a-z0-9_.-]{0,39}$"


def actor_of(
    request: Request,
    party: Annotated[str, Header(alias="X-Insieme-Party", pattern=CODE)] = "citta_metropolitana",
    role: Annotated[str, Header(alias="X-Insieme-Role", pattern=CODE)] = "operator",
    purpose: Annotated[str, Header(alias="X-Insieme-Purpose", pattern=CODE)] = "case_work",
) -> Actor:
    """The party for which somebody acts, in which role, to which purpose; codes, never a name."""
    actor = Actor(party=party, role=role, purpose=purpose)
    request.state.actor = actor
    return actor


CurrentActor = Annotated[Actor, Depends(actor_of)]
