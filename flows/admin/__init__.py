"""What admins do by typing /commands: English only, and for nobody else there at all.

How a command is written, with `/pause` as the example:

1. The gate, `bot/admins/gate.py`: a row in `RULES`. Which roles, which proof, one admin or two;
   what /help says of it. A command of two words, "admin revoke", has a row of its own.

       "pause": Rule(("owner",), Proof.CODE, usage="/pause", does="Stop sending for this Page."),

2. What it does, `bot/admins/<topic>.py`: a class with `prepare` and `perform`, see
   `bot/admins/command.py`, given to `AdminDesk` in `bot/admins/wiring.py` under the row's name.
   `prepare(tx, ask)` looks, changes nothing, and returns either what was found,
   `Found("/pause", facts=…, rows=…)`, which ends it; or an `Act`: its object, the exact content
   that the digest is made of, and a summary that is shown before the code is asked for. The desk
   asks for whatever the gate wants (a session, a code, a second admin, a delay with /undo),
   then calls `prepare` again: a changed act is another act, and refused. Only then
   `perform(tx, ask, act)` does it; the desk writes the line into the ledger. So a look at a list
   needs `prepare` only, and `perform` is never called for it.

3. What is said, `flows/admin/<topic>.py`: a flow without `opens_on`, listed in `FLOWS` below, that
   declares `@flow.on_found("/pause", goes_to=END)`, with the slash. Answers in passing are
   `is_aside=True`. Further commands are offered as buttons: `command_choice("Audit", "/audit")`
   from `flows/admin/ways.py`; a place of its own, where something is typed, gives the typed text
   back as a command: `effects=(RunCommand("/breach note …"),)`, because every effect of an admin
   passes the gate. What is wrong with an argument, say with
   `refused("usage", usage=…)` of `bot/admins/command.py`: it names what to type instead.

   Its docstring holds a transcript, as in every flow; `finds` says what the next command finds.

4. A journey, `tests/journeys/test_admin_<topic>.py`, with `tests/kit/admins.py`, which makes
   admins and knows their codes. The table test takes in the new row by itself.

Nothing of an act may hold personal data: object and summary name numbers, never people. Whoever
opens a person's data does so through `bot/desk.py`, which tells that person.
"""

from typing import Final

from flows.admin import (
    becoming,
    breach,
    breach_writing,
    broadcast_writing,
    broadcasts,
    case_data,
    cases,
    commands,
    email,
    evidence,
    numbers,
    pausing,
    people,
    policy,
    refusal,
    session,
    status,
    step_up,
)

FLOWS: Final = (
    becoming.flow,
    step_up.flow,
    refusal.flow,
    commands.flow,
    people.flow,
    policy.flow,
    session.flow,
    status.flow,
    numbers.flow,
    cases.flow,
    case_data.flow,
    evidence.flow,
    pausing.flow,
    broadcasts.flow,
    broadcast_writing.flow,
    breach.flow,
    breach_writing.flow,
    email.flow,
)

__all__ = ["FLOWS"]
