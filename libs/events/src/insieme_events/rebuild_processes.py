"""The processes of a rebuild that read partitions, and the pipes to them."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait

from insieme_events.rebuild_reader import Assignment, Failed, Folded, Partition, Read, Surroundings, work


class RebuildFailed(Exception):
    """`projections.failed`: the version stays `building`; once the cause is gone, start the rebuild again."""


class Readers:
    """The reading processes and their pipes."""

    def __init__(self, surroundings: Surroundings, assignment: Assignment, count: int) -> None:
        self._told = surroundings, assignment
        self._count = count
        self._idle: list[Pipe] = []
        self._processes: dict[Pipe, multiprocessing.process.BaseProcess] = {}

    def start(self) -> None:
        # Not forked from here: a client library's threads do not survive that. The server that they are forked from
        # imports everything, once for all of them, and starts no thread.
        context = multiprocessing.get_context("forkserver")
        definition = self._told[1].definition
        context.set_forkserver_preload([work.__module__, *{fact.row.__module__ for fact in definition.facts}])
        for _ in range(self._count):
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(*self._told, theirs), daemon=True)
            process.start()
            theirs.close()
            self._processes[ours] = process
            self._idle.append(ours)

    def give(self, waiting: list[Partition]) -> None:
        """Partitions to those that have none."""
        while waiting and self._idle:
            self._idle.pop().send(waiting.pop(0))

    def said(self) -> list[Read | Folded]:
        """What was said within a moment. Raises RebuildFailed where a process ended."""
        found: list[Read | Folded] = []
        for pipe in wait(list(self._processes), 0.25):
            assert isinstance(pipe, Pipe)
            try:
                said = pipe.recv()
            except (EOFError, ConnectionResetError):
                raise RebuildFailed("projections.failed: a reading process was ended from outside") from None
            if isinstance(said, Failed):
                raise RebuildFailed(said.sentence)
            if isinstance(said, Folded):
                self._idle.append(pipe)
            found.append(said)
        return found

    def stop(self) -> None:
        for pipe, process in self._processes.items():
            pipe.close()
            process.join(0.5)
            if process.is_alive():
                process.kill()
                process.join()
