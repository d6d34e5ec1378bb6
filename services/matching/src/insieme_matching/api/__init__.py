"""HTTP of matching: thin routes that turn a request into a unit of steps, and reads of the views."""

from insieme_matching.api.candidacies import router as candidacies
from insieme_matching.api.communications import router as communications
from insieme_matching.api.companies import router as companies
from insieme_matching.api.employments import router as employments
from insieme_matching.api.internships import router as internships
from insieme_matching.api.needs import router as needs
from insieme_matching.api.profiles import router as profiles
from insieme_matching.api.ranking import router as ranking
from insieme_matching.api.reservations import router as reservations
from insieme_matching.api.rights import router as rights
from insieme_matching.api.vacancies import router as vacancies

ROUTERS = (
    *(companies, needs, vacancies, ranking, reservations, profiles, candidacies),
    *(internships, employments, communications, rights),
)

__all__ = ["ROUTERS"]
