"""Every state of an aggregate answers every command: with events that it takes in itself, or with a whole refusal.

For tests of a service's deciders: they say which values the fields of commands have, and which histories lead to which
state; what is asked of every aggregate alike stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from insieme_events.contracts import DomainEvent
from insieme_events.decider import Command, Decider, Decision, Refused


@dataclass(frozen=True)
class Drawing:
    """Which values a field has, by its name; what is named nowhere is drawn by its type, ids and days out of a few."""

    fields: Mapping[str, st.SearchStrategy[Any]]
    ids: st.SearchStrategy[Any]
    days: st.SearchStrategy[date]
    special: Mapping[tuple[type[Command], str], st.SearchStrategy[Any]] = field(default_factory=dict)

    def command(self, kind: type[Command]) -> st.SearchStrategy[Command]:
        """A valid command of that kind, its values drawn field by field."""
        parts: dict[str, st.SearchStrategy[Any]] = {}
        for name, info in kind.model_fields.items():
            if (kind, name) in self.special:
                parts[name] = self.special[kind, name]
                continue
            part = self.fields[name] if name in self.fields else self._value(info.annotation)
            parts[name] = part if "None" in str(info.annotation) else part.filter(lambda value: value is not None)
        return st.builds(kind, **parts)

    def _value(self, annotation: Any) -> st.SearchStrategy[Any]:
        if annotation is date:
            return self.days
        return self.ids if "UUID" in str(annotation) else st.from_type(annotation)


@dataclass(frozen=True)
class Answering:
    """An aggregate: `statuses` and `commands` are its unions, `histories` are of events or of commands that lead there.

    `circumstances` are what every command finds, or a function that says it of a command.
    """

    decider: Decider[Any, Any, Any]
    statuses: Any
    commands: Any
    circumstances: Any
    histories: tuple[tuple[Any, ...], ...]

    @property
    def kinds(self) -> tuple[type[Command], ...]:
        return self.commands if isinstance(self.commands, tuple) else get_args(self.commands) or (self.commands,)

    def decide(self, command: Command, state: Any) -> Decision:
        world: Callable[[Command], Any] | Any = self.circumstances
        return self.decider.decide(command, state, world(command) if callable(world) else world)

    def after(self, history: Sequence[Any]) -> Any:
        state = self.decider.initial
        for one in history:
            decision: Decision = [one] if isinstance(one, DomainEvent) else self.decide(one, state)
            assert not isinstance(decision, Refused), decision
            state = self.decider.fold(decision, state)
        return state

    def reaches_every_status(self) -> None:
        """Without it the others would prove little."""
        reached = {type(self.after(history)) for history in self.histories}
        assert reached == set(get_args(self.statuses) or (self.statuses,))

    def answers_every_command(self, drawing: Drawing, examples: int) -> None:
        """Sequences of commands, one on what the other left."""
        anything = st.one_of([drawing.command(kind) for kind in self.kinds])

        @settings(max_examples=examples, deadline=None, derandomize=True, database=None)
        @given(st.sampled_from(self.histories), st.lists(anything, min_size=1, max_size=12))
        def run(history: Sequence[Any], sequence: list[Command]) -> None:
            state = self.after(history)
            for command in sequence:
                decision = self.decide(command, state)
                if isinstance(decision, Refused):
                    self.is_whole(decision)
                else:
                    state = self.decider.fold(decision, state)

        run()

    def answers_each_kind(self, drawing: Drawing, examples: int) -> None:
        """Each kind of command in each status, however seldom the sequences come there."""
        for kind in self.kinds:

            @settings(max_examples=examples, deadline=None, derandomize=True, database=None)
            @given(drawing.command(kind))
            def run(command: Command) -> None:
                for history in self.histories:
                    self.decide(command, self.after(history))

            run()

    def is_whole(self, refused: Refused) -> None:
        """A code of the service, a sentence without gaps, a clause of the protocol."""
        assert re.fullmatch(rf"{self.decider.context}\.[a-z_]+", refused.code)
        assert not set("{}") & set(refused.sentence), refused
        assert "None" not in refused.sentence, refused
        assert refused.clause is None or re.fullmatch(r"P\d\d", refused.clause)
