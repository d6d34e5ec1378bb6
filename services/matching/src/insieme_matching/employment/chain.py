"""The chain of an employment: its links, what transformed them, and the rules that hold over all of it.

Rules of the comunicazioni obbligatorie (standards 2.2): every movement chains to an earlier one, links follow one
another without gap or overlap, no contract goes from permanent to fixed term, a permanent one has no end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import assert_never

from insieme_events.contracts.matching import TransformationCode
from insieme_events.contracts.vocabulary import ContractClass, WorkingTime
from insieme_events.decider import RefusalKind, Refused
from insieme_matching.contract_types import ContractKind, Term, contract_kind

CONTRACT_TYPE_UNKNOWN = Refused(
    code="matching.contract_type_unknown",
    sentence="{code} is not in the table of contract types: use the code of the UNILAV.",
    kind=RefusalKind.INVALID,
)
NOT_A_PLACEMENT = Refused(
    code="matching.not_a_placement",
    sentence="{code} is an internship or public-utility work, which is not a placement: record it as an internship.",
    clause="P34",
    kind=RefusalKind.INVALID,
)
END_NEEDED = Refused(
    code="matching.end_needed",
    sentence="A contract of type {code} has a term: give the last day.",
    kind=RefusalKind.INVALID,
)
END_NOT_ALLOWED = Refused(
    code="matching.end_not_allowed",
    sentence="A contract of type {code} is permanent: leave the last day empty.",
    kind=RefusalKind.INVALID,
)
END_BEFORE_START = Refused(
    code="matching.end_before_start",
    sentence="The last day {ends_on} is before the first day {starts_on}: correct one of them.",
    kind=RefusalKind.INVALID,
)
NO_END_TO_EXTEND = Refused(
    code="matching.no_end_to_extend",
    sentence="This contract has no last day, so there is nothing to extend.",
)
EXTENSION_NOT_LATER = Refused(
    code="matching.extension_not_later",
    sentence="The contract runs until {ends_on} already: an extension needs a later last day.",
    kind=RefusalKind.INVALID,
)
LINK_UNKNOWN = Refused(
    code="matching.link_unknown",
    sentence="The employment has no link {number} that counts: look at it again.",
    kind=RefusalKind.NOT_FOUND,
)
LINK_NEEDS_END = Refused(
    code="matching.link_needs_end",
    sentence="Link {number} is followed by another one, so it needs a last day: void the later link first.",
)
CORRECT_FIRST_LINK = Refused(
    code="matching.correct_first_link",
    sentence="A chain has one contract type: correct it on its first link, and every link takes it.",
)
TRANSFORMATION_OUTSIDE = Refused(
    code="matching.transformation_outside",
    sentence="The transformation of {on} must come after the movement before it, and before the contract is over.",
)
AUTONOMOUS = Refused(
    code="matching.autonomous_contract",
    sentence="A contract of type {code} is autonomous work: it cannot be transformed.",
)
NOT_FROM_THIS = Refused(
    code="matching.transformation_not_from_this",
    sentence="Transformation {transformation} does not start from a contract as it is now: check code and contract.",
)
NOT_TO_PERMANENT = Refused(
    code="matching.transformation_not_permanent",
    sentence="After transformation {transformation} the contract is permanent: give a contract type without term.",
    kind=RefusalKind.INVALID,
)
TYPE_UNCHANGED = Refused(
    code="matching.transformation_keeps_type",
    sentence="Transformation PP changes the working time only: leave the contract type out.",
    kind=RefusalKind.INVALID,
)

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A stretch of one contract from `starts_on` to `ends_on`, both included, as it was at its beginning."""

    no: int
    starts_on: date
    ends_on: date | None
    contract_type: str
    working_time: WorkingTime
    comune: str


@dataclass(frozen=True, slots=True)
class Transformation:
    """From `on` on. `contract_type` is what the contract became, None where only the working time changed."""

    on: date
    code: TransformationCode
    contract_type: str | None


@dataclass(frozen=True, slots=True)
class Chain:
    """The links that count, in order, and `issued`, the highest number ever given."""

    links: tuple[Link, ...]
    transformations: tuple[Transformation, ...] = ()
    issued: int = 1

    @property
    def first(self) -> Link:
        return self.links[0]

    @property
    def last(self) -> Link:
        return self.links[-1]

    def now(self) -> Link:
        """The last link as its transformations left it."""
        return after(self.last, transformations_in(self, self.last))


def after(link: Link, transformations: Sequence[Transformation]) -> Link:
    """The link as it reads once these transformations have taken effect."""
    for transformation in transformations:
        if transformation.contract_type is None:
            link = replace(link, working_time=WorkingTime.FULL)
        else:
            link = replace(link, contract_type=transformation.contract_type, ends_on=None)
    return link


def transformations_in(chain: Chain, link: Link) -> list[Transformation]:
    """Those that took effect after that link began and before the next one did."""
    later = [other.starts_on for other in chain.links if other.starts_on > link.starts_on]
    until = min(later, default=date.max)
    return [t for t in chain.transformations if link.starts_on < t.on and t.on < until]


def placement_class(code: str) -> ContractClass | Refused:
    """The class under which a placement of that contract type is reported."""
    kind = contract_kind(code)
    if kind is None:
        return CONTRACT_TYPE_UNKNOWN.about(code=code)
    if kind.contract_class is None:
        return NOT_A_PLACEMENT.about(code=code)
    return kind.contract_class


def started(link: Link) -> Chain | Refused:
    return sound(Chain(links=(link,), issued=link.no))


def extended(chain: Chain, ends_on: date) -> Chain | Refused:
    """One link more, from the day after the present end (proroga)."""
    now = chain.now()
    if now.ends_on is None:
        return NO_END_TO_EXTEND
    if ends_on <= now.ends_on:
        return EXTENSION_NOT_LATER.about(ends_on=now.ends_on)
    link = replace(now, no=chain.issued + 1, starts_on=now.ends_on + DAY, ends_on=ends_on)
    return sound(replace(chain, links=(*chain.links, link), issued=link.no))


def transformed(chain: Chain, transformation: Transformation) -> Chain | Refused:
    since = max([chain.last.starts_on, *(earlier.on for earlier in chain.transformations)])
    if transformation.on <= since:
        return TRANSFORMATION_OUTSIDE.about(on=transformation.on)
    return sound(replace(chain, transformations=(*chain.transformations, transformation)))


def corrected(chain: Chain, link: Link) -> Chain | Refused:
    """The chain with that link read anew (rettifica).

    A boundary that moves, moves for both neighbours; a contract type corrected on the first link holds for all.
    """
    at = next((n for n, other in enumerate(chain.links) if other.no == link.no), None)
    if at is None:
        return LINK_UNKNOWN.about(number=link.no)
    if at > 0 and link.contract_type != chain.first.contract_type:
        return CORRECT_FIRST_LINK
    links = [replace(other, contract_type=link.contract_type) for other in chain.links]
    links[at] = link
    if at > 0:
        links[at - 1] = replace(links[at - 1], ends_on=link.starts_on - DAY)
    if at + 1 < len(links):
        if link.ends_on is None:
            return LINK_NEEDS_END.about(number=link.no)
        links[at + 1] = replace(links[at + 1], starts_on=link.ends_on + DAY)
    return sound(replace(chain, links=tuple(links)))


def cut(chain: Chain, from_link: int) -> Chain | Refused:
    """The chain up to before that link, and what took effect in it (annullamento of later links)."""
    fallen = next((link for link in chain.links if link.no == from_link), None)
    if fallen is None or fallen == chain.first:
        return LINK_UNKNOWN.about(number=from_link)
    return replace(
        chain,
        links=tuple(link for link in chain.links if link.no < from_link),
        transformations=tuple(t for t in chain.transformations if t.on < fallen.starts_on),
    )


def sound(chain: Chain) -> Chain | Refused:
    """The chain itself if every rule holds over the whole of it, else the first that does not."""
    for link in chain.links:
        if flaw := link_flaw(link):
            return flaw
    inside = [transformations_in(chain, link) for link in chain.links]
    if sum(len(each) for each in inside) < len(chain.transformations):
        return TRANSFORMATION_OUTSIDE.about(on=min(t.on for t in chain.transformations))
    for link, transformations in zip(chain.links, inside, strict=True):
        reads, since = link, link.starts_on
        for transformation in transformations:
            if flaw := transformation_flaw(reads, since, transformation):
                return flaw
            reads, since = after(reads, [transformation]), transformation.on
        if link is not chain.last and reads.ends_on is None:
            return LINK_NEEDS_END.about(number=link.no)
    return chain


def link_flaw(link: Link) -> Refused | None:
    klass = placement_class(link.contract_type)
    if isinstance(klass, Refused):
        return klass
    match kind_of(link).term, link.ends_on:
        case Term.FIXED, None:
            return END_NEEDED.about(code=link.contract_type)
        case Term.PERMANENT, date():
            return END_NOT_ALLOWED.about(code=link.contract_type)
        case _, date() as ends_on if ends_on < link.starts_on:
            return END_BEFORE_START.about(starts_on=link.starts_on, ends_on=ends_on)
        case _:
            return None


def transformation_flaw(reads: Link, since: date, transformation: Transformation) -> Refused | None:
    """Why that transformation cannot follow on a contract that reads so since its last movement."""
    kind = kind_of(reads)
    to_permanent = transformation.code is not TransformationCode.PART_TO_FULL_TIME
    # The term may be lifted with effect from the day after it ran out; anything else needs a running contract.
    over = None if reads.ends_on is None else reads.ends_on + (DAY if to_permanent else timedelta())
    if transformation.on <= since or (over is not None and transformation.on > over):
        return TRANSFORMATION_OUTSIDE.about(on=transformation.on)
    if not kind.subordinate:
        return AUTONOMOUS.about(code=reads.contract_type)
    if not starts_from(transformation.code, kind, reads):
        return NOT_FROM_THIS.about(transformation=transformation.code.value)
    if not to_permanent:
        return None if transformation.contract_type is None else TYPE_UNCHANGED
    became = None if transformation.contract_type is None else contract_kind(transformation.contract_type)
    if became is None or became.term is Term.FIXED or not became.subordinate or is_apprenticeship(became):
        return NOT_TO_PERMANENT.about(transformation=transformation.code.value)
    return None


def starts_from(code: TransformationCode, kind: ContractKind, reads: Link) -> bool:
    """Whether a contract that reads so is what that transformation starts from."""
    match code:
        case TransformationCode.FIXED_TO_PERMANENT:
            return reads.ends_on is not None and not is_apprenticeship(kind)
        case TransformationCode.APPRENTICE_TO_PERMANENT | TransformationCode.END_OF_TRAINING:
            return is_apprenticeship(kind)
        case TransformationCode.TRAINING_TO_PERMANENT | TransformationCode.INSERTION_TO_PERMANENT:
            return kind.code.startswith("F.")
        case TransformationCode.PART_TO_FULL_TIME:
            return reads.working_time is not WorkingTime.FULL
        case _:
            assert_never(code)


def is_apprenticeship(kind: ContractKind) -> bool:
    return kind.contract_class is ContractClass.APPRENTICESHIP


def kind_of(link: Link) -> ContractKind:
    kind = contract_kind(link.contract_type)
    assert kind is not None, "a link is only made with a contract type of the table"
    return kind
