"""All conversations of the bot, and which word opens which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flows import (
    bring_back,
    cases,
    confirm,
    correct,
    delete_me,
    details,
    export,
    language,
    menu,
    my_data,
    opt_in,
    restriction,
    stop,
    team,
    thanks,
    waiting_news,
    welcome,
    withdraw,
    your_rights,
)
from flows import help as help_flow
from flows.admin import FLOWS as ADMIN_FLOWS
from flows.kit.engine import ENGINE_NOTES
from flows.kit.errors import BrokenFlow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.kit.flow import AnyFlow


class Registry:
    """Flows by name and by the word that opens them."""

    def __init__(self, *flows: AnyFlow) -> None:
        self._by_name: dict[str, AnyFlow] = {}
        self._opened_by: dict[str, AnyFlow] = {}
        self._finding: dict[str, AnyFlow] = {}
        for flow in flows:
            if flow.name in self._by_name:
                raise BrokenFlow(flow.name, faults=("its name is taken",))
            self._by_name[flow.name] = flow
            for word in flow.opens_on:
                if self._opened_by.setdefault(word, flow) is not flow:
                    raise BrokenFlow(flow.name, faults=(f"{word} opens another flow",))
            for what in flow.finds:
                if self._finding.setdefault(what, flow) is not flow:
                    raise BrokenFlow(flow.name, faults=(f"{what} is found by another flow",))

    def __iter__(self) -> Iterator[AnyFlow]:
        return iter(self._by_name.values())

    def named(self, name: str) -> AnyFlow | None:
        """Find a flow by its name."""
        return self._by_name.get(name)

    def opened_by(self, word: str | None) -> AnyFlow | None:
        """Find the flow that a word opens."""
        return self._opened_by.get(word) if word else None

    def finding(self, what: str) -> AnyFlow | None:
        """Find the flow that waits for what an effect brings."""
        return self._finding.get(what)

    def kept_fields(self) -> tuple[tuple[str, str], ...]:
        """List every note that any flow keeps, as flow and name; each needs its data map entry."""
        return tuple(
            (flow.name, note)
            for flow in self
            if flow.prompts
            for note in sorted(flow.kept_fields() | ENGINE_NOTES)
        )


FLOWS: Final = Registry(
    welcome.flow,
    opt_in.flow,
    details.flow,
    confirm.flow,
    stop.flow,
    help_flow.flow,
    menu.flow,
    language.flow,
    my_data.flow,
    withdraw.flow,
    correct.flow,
    restriction.flow,
    export.flow,
    bring_back.flow,
    delete_me.flow,
    team.flow,
    cases.flow,
    your_rights.flow,
    thanks.flow,
    waiting_news.flow,
    *ADMIN_FLOWS,
)
