"""Every flow does what the transcript in its own docstring says."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from flows import FLOWS
from flows.kit.found import Found
from flows.kit.person import ConsentState, Memory
from tests.flows.chat import APPEALS, MONTHLY, START, Chat, make_person, make_site, shown
from tests.flows.finding import LANGUAGE_ITEM

if TYPE_CHECKING:
    from flows.kit.flow import AnyFlow

ROLES = ("bot", "person", "taps", "new", "given", "finds")
FILES = {flow.name: sys.modules[next(flow.entries()).handler.__module__] for flow in FLOWS}


def read_transcript(doc: str) -> list[tuple[str, str]]:
    """Split a docstring into roles and lines; indented lines continue the one before."""
    lines: list[tuple[str, str]] = []
    for raw in doc.splitlines()[1:]:
        role, _, rest = raw.strip().partition(" ")
        if role in ROLES and not raw.startswith(" "):
            lines.append((role, rest.strip()))
        elif raw.strip() and lines:
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {raw.strip()}")
    return lines


@pytest.mark.parametrize("flow", list(FLOWS), ids=lambda flow: flow.name)
def test_a_flow_follows_its_transcript(flow: AnyFlow) -> None:
    """What the bot says is word for word what the docstring shows."""
    lines = read_transcript(FILES[flow.name].__doc__ or "")
    assert lines, f"{flow.name} has no transcript"
    chat = Chat()
    for role, line in lines:
        if role == "bot":
            said = " ".join(shown(reply) for reply in chat.outcome.replies)
            assert " ".join(said.split()) == line
        else:
            act(chat, role, line)


def found_of(line: str) -> Found:
    """Read what a command of an admin finds."""
    told = json.loads(line)
    url, rows = told.pop("url", ""), tuple(told.pop("rows", ()))
    items = (LANGUAGE_ITEM,) * told.pop("items", 0)
    # A number is a fact to some commands, and to others what the finding is about.
    return Found(
        told.pop("what"), items=items, number=told.get("number", ""), url=url, rows=rows, facts=told
    )


def act(chat: Chat, role: str, line: str) -> None:
    """Do one line of the person's."""
    if role == "taps":
        chat.taps(line)
    elif role == "given" and line == "Monthly news needs email":
        needy = replace(MONTHLY, needs=("email",))
        chat.site = make_site(purposes=(needy, APPEALS), has_mail=True)
    elif role == "given" and line.endswith(" news waiting"):
        chat.findings.waiting_news = int(line.split(maxsplit=1)[0])
        chat.person = replace(chat.person, waiting_news=chat.findings.waiting_news)
    elif role == "given" and line.startswith("email "):
        chat.findings.details["email"] = line.removeprefix("email ")
    elif role == "finds":
        chat.findings.commands.append(found_of(line))
    elif role == "given":
        given = (MONTHLY, APPEALS) if line == "yes to both" else (MONTHLY,)
        granted = {purpose.id: ConsentState(granted_at=START) for purpose in given}
        chat.person = replace(chat.person, consents=granted)
    else:
        if role == "new":
            chat.person = make_person(memory=Memory())
        chat.says(line)
