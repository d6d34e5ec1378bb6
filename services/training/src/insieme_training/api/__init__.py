"""HTTP of training: thin routes that turn a request into a unit of steps, and reads of the views."""

from insieme_training.api.course_steps import router as course_steps
from insieme_training.api.courses import router as courses
from insieme_training.api.participation_steps import router as participation_steps
from insieme_training.api.participations import router as participations
from insieme_training.api.rights import router as rights
from insieme_training.api.sector_changes import router as sector_changes
from insieme_training.api.summaries import router as summaries

ROUTERS = (courses, course_steps, participations, participation_steps, sector_changes, summaries, rights)

__all__ = ["ROUTERS"]
