"""Who comes is looked up by the codice fiscale or registered, in one unit with what follows (P25).

An application and a referral both begin here, so that a person referred first and applying later has one id.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID, uuid4

from insieme_events.clock import business_date
from insieme_events.commands import Done, Step
from insieme_events.contracts.vocabulary import Gender
from insieme_events.decider import Refused
from insieme_events.http import CommandRequest
from insieme_events.problems import ProblemError
from insieme_events.service import Running
from insieme_events.units import Write
from insieme_events.vault import Keys
from insieme_intake import codice_fiscale, erasure, lookups, vault
from insieme_intake.aggregates import PERSONS
from insieme_intake.circumstances import ERASED_PERSON
from insieme_intake.codice_fiscale import TaxCode
from insieme_intake.person import IS_ALIAS, GiveNotice, RegisterPerson
from insieme_intake.vault import Identity

TRIES = 5
LOOK_AGAIN = frozenset({vault.SOMEBODY_WAS_QUICKER.code, ERASED_PERSON.code, IS_ALIAS.code})
"""Somebody registered, erased or merged the same person between our look and our write."""


def checked(
    identity: Identity, service: Running, *, gender: Gender | None = None, gender_confirmed: bool = False
) -> TaxCode:
    """The codice fiscale in its one spelling. Raises ProblemError where it contradicts itself or the rest."""
    today = business_date(service.clock())
    code = codice_fiscale.parse(identity.codice_fiscale, today)
    if isinstance(code, Refused):
        raise ProblemError(code)
    wrong = codice_fiscale.contradiction(code, identity.birth_date, gender, today, gender_confirmed=gender_confirmed)
    if wrong is not None:
        raise ProblemError(wrong)
    return code


async def register(
    incoming: CommandRequest,
    identity: Identity,
    code: TaxCode,
    *,
    notice_version: str,
    on: date,
    follow: Callable[[UUID], Sequence[Step]],
    replaces: bool,
    keep: Callable[[UUID, Keys], Write] | None = None,
) -> Done:
    """Runs one unit: the person's registration and notice, then the steps that `follow` gives for the person's id.

    The first result is on the person's stream. With `replaces` the identity takes the place of the one that the vault
    has of a known person. Raises ProblemError with the refusal, after which nothing is stored.
    """
    service: Running = incoming.http.app.state.service
    assert service.keys is not None
    code_hash = vault.tax_code_hash(service.master_key, code)
    for _ in range(TRIES):
        async with service.pool.connection() as connection:
            known = await vault.find(connection, code_hash)
            standing = None if known is None else await lookups.standing_for(connection, known)
        # Whoever was merged is found by either codice fiscale; the identity on record stays that of the id in use.
        person_id, kind = standing or (known or uuid4(), code.kind)
        replaced = replaces and known == person_id
        # Whoever is known has a key. Where it is not there it must be restored: a new one would open nothing of old.
        keys = await (
            service.keys.ensure({person_id}, service.clock()) if known is None else service.keys.read({person_id})
        )
        if keys[person_id] is None:  # erased since our look
            continue
        done = await incoming.attempt(
            Step(PERSONS, person_id, RegisterPerson(person_id=person_id, identity_kind=kind, on=on)),
            Step(PERSONS, person_id, GiveNotice(notice_version=notice_version, on=on)),
            *follow(person_id),
            also=(
                *((vault.put(person_id, code_hash, identity, keys),) if replaced or known is None else ()),
                *((keep(person_id, keys),) if keep is not None else ()),
            ),
            unique=vault.UNIQUE,
            locks=(erasure.lock(person_id),),
        )
        if isinstance(done, Refused) and done.code in LOOK_AGAIN:
            continue
        if isinstance(done, Refused):
            raise ProblemError(done)
        return done
    raise ProblemError(vault.SOMEBODY_WAS_QUICKER)


def registered(done: Done) -> UUID:
    """The person of a unit that `register` ran, now or when its Idempotency-Key came first."""
    return UUID(done.results[0].stream.removeprefix("person-"))
