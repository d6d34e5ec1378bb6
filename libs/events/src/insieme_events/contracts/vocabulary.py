"""Closed lists that several contracts share. Values never change their meaning; retired ones stay readable."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

Comune = Annotated[str, Field(pattern=r"^\d{6}$")]
"""ISTAT code of a municipality, six digits as text (the leading zero counts). Italian: comune (codice ISTAT)."""

ProfileCode = Annotated[str, Field(pattern=r"^[1-9](\.\d{1,2}){0,4}$")]
"""Istat CP2021 code of an occupation, of any depth: `4`, `4.1.1`, `8.1.4.3.0`.

Italian: qualifica professionale (CP2021).
"""

ContractType = Annotated[str, Field(pattern=r"^[A-Z]\.\d{2}\.\d{2}$")]
"""`tipologia contrattuale` of the comunicazioni obbligatorie, e.g. `A.02.00`.

Italian: tipologia contrattuale delle comunicazioni obbligatorie (UNILAV).
"""

Cents = Annotated[int, Field(ge=0, le=10**12)]
"""Money in euro cents."""

AtecoSection = Annotated[str, Field(pattern=r"^[A-V]$")]
"""A section of ATECO, by its letter; its version says what the letter means. Italian: sezione ATECO."""


class AtecoVersion(StrEnum):
    """Never a section letter without it: from K on the letters shifted by one."""

    ATECO_2007 = "ateco_2007"
    ATECO_2025 = "ateco_2025"


class Strand(StrEnum):
    """The direttrice of an activity (P30, P36); `0` is transversal. Italian: direttrice."""

    TRANSVERSAL = "0"
    MATCHING = "1"
    """Persons who look for work and companies that look for persons (P31-P35). Italian: raccordo domanda - offerta."""
    TRAINING_BASIC = "2a"
    """2.a: what everybody needs to get to work (P37, P38). Italian: formazione trasversale di base."""
    TRAINING_TARGETED = "2b"
    """2.b: for positions of work that were identified before (P39). Italian: formazione professionalizzante mirata."""
    TRAINING_EXPERIMENTAL = "2c"
    """2.c: short, for profiles that the market asks for (P40-P42). Italian: formazione sperimentale breve."""
    SELF_ENTERPRISE = "3a"
    SOCIAL_INNOVATION = "3b"


class Gender(StrEnum):
    FEMALE = "female"
    MALE = "male"
    NON_BINARY = "non_binary"


class CitizenshipClass(StrEnum):
    ITALIAN = "italian"
    EU = "eu"
    THIRD_COUNTRY = "third_country"
    STATELESS = "stateless"


class Isced(StrEnum):
    """Highest title by ISCED 2011."""

    EARLY = "0"
    PRIMARY = "1"
    LOWER_SECONDARY = "2"
    UPPER_SECONDARY = "3"
    POST_SECONDARY = "4"
    SHORT_TERTIARY = "5"
    BACHELOR = "6"
    MASTER = "7"
    DOCTORATE = "8"


class ChannelClass(StrEnum):
    """How a person reached the programme, as coarse as may travel (privacy.md 3.6; P12, P74)."""

    SELF = "self"
    PUBLIC_SERVICE = "public_service"
    THIRD_SECTOR = "third_sector"
    ASSOCIATION = "association"
    OTHER = "other"


class Quartiere(StrEnum):
    """A district of the city of Bologna (P17, P73). Italian: quartiere."""

    BORGO_PANIGALE_RENO = "borgo_panigale_reno"
    NAVILE = "navile"
    PORTO_SARAGOZZA = "porto_saragozza"
    SAN_DONATO_SAN_VITALE = "san_donato_san_vitale"
    SANTO_STEFANO = "santo_stefano"
    SAVENA = "savena"


class ContractClass(StrEnum):
    """The class a contract is reported under (standards 2.2)."""

    PERMANENT = "permanent"
    """Italian: tempo indeterminato."""
    FIXED_TERM = "fixed_term"
    """Italian: tempo determinato."""
    APPRENTICESHIP = "apprenticeship"
    """Italian: apprendistato."""
    AGENCY = "agency"
    """Italian: somministrazione."""
    ON_CALL = "on_call"
    """Italian: lavoro intermittente."""
    DOMESTIC = "domestic"
    """Italian: lavoro domestico."""
    COLLABORATION = "collaboration"
    """Italian: collaborazione coordinata e continuativa."""
    OTHER = "other"


class WorkingTime(StrEnum):
    FULL = "full"
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"
    MIXED = "mixed"


class CompanySize(StrEnum):
    """EU Recommendation 2003/361: fewer than 10, 50, 250 persons, or more."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class FragilityBand(StrEnum):
    """Result of the versioned fragility instrument; its items never leave the service (P28).

    Italian: fascia di fragilità.
    """

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class InterventionKind(StrEnum):
    """What is done for a person, whoever does it: the kinds by which doubled interventions are found (P25, P48)."""

    ORIENTATION = "orientation"
    """Italian: orientamento."""
    BASIC_TRAINING = "basic_training"
    VOCATIONAL_TRAINING = "vocational_training"
    INTERNSHIP = "internship"
    JOB_SEARCH = "job_search"
    SELF_ENTERPRISE = "self_enterprise"
    FAMILY_SUPPORT = "family_support"
    INCOME_SUPPORT = "income_support"
    OTHER = "other"


class PartyRole(StrEnum):
    """What a signatory is in the protocol (P01-P05). Italian: soggetto firmatario; soggetto sottoscrittore; parte."""

    PROMOTER = "promoter"
    """The Comune, the Città metropolitana, the Arcidiocesi and its Fondazione (P01, P02).

    Italian: soggetto promotore.
    """
    PARTICIPANT = "participant"
    """The Regione (P03). Italian: soggetto partecipante."""
    EMPLOYER_ASSOCIATION = "employer_association"
    """Of companies; it also brings some to the programme (P04, P76).

    Italian: associazione imprenditoriale; associazione di categoria.
    """
    TRADE_UNION = "trade_union"
    """Of workers (P05). Italian: organizzazione sindacale."""


class DelegateScope(StrEnum):
    """In what one party acts for another (P02, P74); its seat and its consent are never delegated."""

    AGREEMENT = "agreement"
    CARITAS_LINK = "caritas_link"
    RESOURCES = "resources"


class GovernanceRole(StrEnum):
    """Roles that the governance gives to one party or to one of its units (P65)."""

    OPERATIONAL_COORDINATOR = "operational_coordinator"
    """The Area sviluppo economico of the Città metropolitana (P65). Italian: coordinamento operativo."""
    PROJECT_OFFICE = "project_office"


class Seat(StrEnum):
    """For which table somebody is nominated: the Tavolo di coordinamento (P50) or the Tavolo tecnico (P57)."""

    REPRESENTATIVE = "representative"
    """Speaks and decides for a party at the Tavolo di coordinamento (P50). Italian: rappresentanza nel Tavolo."""
    TECHNICAL_REFERENT = "technical_referent"
    """Works for a party at the Tavolo tecnico (P57). Italian: referente tecnico."""


class NoticeKind(StrEnum):
    """What a party gives notice of, apart from its withdrawal (P81)."""

    AMENDMENT = "amendment"
    """Italian: esigenza di modifica."""
    UPDATE = "update"
    """Italian: esigenza di aggiornamento."""


class BodyKind(StrEnum):
    """The bodies of the governance (P50, P57, P59)."""

    COORDINATION_TABLE = "coordination_table"
    """Every signatory: coordinates, plans the year, monitors (P50-P54). Italian: Tavolo di coordinamento."""
    TECHNICAL_TABLE = "technical_table"
    """Technical referents of the signatories: carries the plan of the year out (P57, P58). Italian: Tavolo tecnico."""
    BOARD = "board"
    """The main companies of the territory: what they need, and what new projects need of them (P59-P61).

    Italian: Board.
    """


class ProjectKind(StrEnum):
    """3a: self-enterprise of a natural person; 3b: social innovation of an organisation (P44)."""

    SELF_ENTERPRISE = "3a"
    """A natural person begins a business (P43, P44). Italian: autoimprenditorialità."""
    SOCIAL_INNOVATION = "3b"
    """An organisation makes work that suits fragile persons (P43, P44). Italian: progetto di innovazione sociale."""
