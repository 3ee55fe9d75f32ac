"""What one step of a flow says, as the outbox takes it, in the order in which it is to leave."""

from bot.outbound.doubt import RESENDS
from bot.outbound.render import render
from bot.outbound.thread import HAND_OVER, TAKE_BACK
from flows.kit.effects import HandOut, HandOver
from flows.kit.reply import Reply
from flows.kit.turn import Outcome
from storage import KnownPerson, NewMessage


def speech(
    person: KnownPerson, outcome: Outcome, *, is_standby: bool, due_at_ms: int, expires_at_ms: int
) -> list[NewMessage]:
    """Return handed-out answers, replies, and who is to hold the thread around them.

    Args:
        person: Who hears it.
        outcome: What a step came to.
        is_standby: A human holds the thread: it is taken for these words, and given back.
        due_at_ms: From when on it may leave.
        expires_at_ms: Until when it is of use.
    """
    said = [
        queued(person, render(Reply(one.text)), due_at_ms, expires_at_ms, bytes.fromhex(one.ref))
        for one in outcome.effects
        if isinstance(one, HandOut)
    ]
    said += [
        answer(person, reply, due_at_ms=due_at_ms, expires_at_ms=expires_at_ms)
        for reply in outcome.replies
    ]
    is_taken = is_standby and bool(said)
    if is_taken:
        said.insert(0, queued(person, TAKE_BACK, due_at_ms, expires_at_ms))
    if is_taken or any(isinstance(one, HandOver) for one in outcome.effects):
        said.append(queued(person, HAND_OVER, due_at_ms, expires_at_ms))
    return said


def answer(person: KnownPerson, reply: Reply, *, due_at_ms: int, expires_at_ms: int) -> NewMessage:
    """Return a reply as the outbox takes it."""
    return queued(person, render(reply), due_at_ms, expires_at_ms)


def queued(
    person: KnownPerson,
    body: bytes,
    due_at_ms: int,
    expires_at_ms: int,
    case_id: bytes | None = None,
) -> NewMessage:
    """Return what takes its turn among the answers to a person."""
    return NewMessage(
        person_id=person.person_id,
        page_id=person.page_id,
        key=person.key,
        body=body,
        kind="answer",
        due_at_ms=due_at_ms,
        expires_at_ms=expires_at_ms,
        resends_left=RESENDS["answer"],
        case_id=case_id,
    )
