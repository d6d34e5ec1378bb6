"""Internship (tirocinio): optional, limited by law, and never a placement (P34, P35; standards 2.6)."""

from insieme_matching.internship.commands import (
    ApproveInternship,
    BlockInternship,
    ConfirmInternship,
    EndInternship,
    ExtendInternship,
    InternshipCircumstances,
    InternshipCommand,
    NewInternship,
    Paper,
    RecordInternshipEvaluation,
    RecordInternshipMonth,
    RequestInternship,
    ResumeInternship,
    StartInternship,
    Stay,
    SuspendInternship,
    WithdrawInternship,
)
from insieme_matching.internship.decisions import INTERNSHIP
from insieme_matching.internship.state import Internship

__all__ = [
    "INTERNSHIP",
    "ApproveInternship",
    "BlockInternship",
    "ConfirmInternship",
    "EndInternship",
    "ExtendInternship",
    "Internship",
    "InternshipCircumstances",
    "InternshipCommand",
    "NewInternship",
    "Paper",
    "RecordInternshipEvaluation",
    "RecordInternshipMonth",
    "RequestInternship",
    "ResumeInternship",
    "StartInternship",
    "Stay",
    "SuspendInternship",
    "WithdrawInternship",
]
