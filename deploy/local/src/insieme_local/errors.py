"""What can go wrong on the way up, as a closed list: each with the sentence that a person can act on."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Every reason for which nothing is started, or what was started is stopped again."""

    ALREADY_RUNNING = "local.already_running"
    COMMAND_FAILED = "local.command_failed"
    COMMAND_MISSING = "local.command_missing"
    DIED_AT_START = "local.died_at_start"
    DIED_TOO_OFTEN = "local.died_too_often"
    DISK_FULL = "local.disk_full"
    ENGINE_SILENT = "local.engine_silent"
    ENVIRONMENT_INCOMPLETE = "local.environment_incomplete"
    FETCH_FAILED = "local.fetch_failed"
    NOT_READY = "local.not_ready"
    NOT_RUNNING = "local.not_running"
    PACKAGE_MISSING = "local.package_missing"
    PORT_INVALID = "local.port_invalid"
    PORT_TAKEN = "local.port_taken"
    PROVISION_FAILED = "local.provision_failed"
    STATE_BROKEN = "local.state_broken"
    WRONG_PLATFORM = "local.wrong_platform"


class LocalError(Exception):
    """A start that cannot go on. `str()` is one sentence with its remedy; `detail` holds the last lines of a log."""

    def __init__(self, code: Code, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.detail = detail


class Interrupted(Exception):
    """Ctrl-C, SIGTERM or a closed terminal: everything that was started is stopped, in order."""
