"""Puts the notice of a breach into the chat: when it is open, or when they write next."""

from collections.abc import Mapping

from bot.outbound.doubt import RESENDS
from bot.outbound.render import render
from flows.kit.reply import Reply
from storage import KnownPerson, NewMessage, Store, Transaction
from storage.breach_notices import Notice


def chat_message(person: KnownPerson, text: str, notice: Notice, *, now_ms: int) -> NewMessage:
    """Return a notice as the outbox takes it."""
    return NewMessage(
        person_id=person.person_id,
        page_id=person.page_id,
        key=person.key,
        body=render(Reply(text)),
        kind="notice",
        due_at_ms=now_ms,
        expires_at_ms=person.window_ends_at_ms,
        resends_left=RESENDS["notice"],
        notice_id=notice.notice_id,
    )


async def hand_notices(
    store: Store, tx: Transaction, told: Mapping[KnownPerson, str], *, now_ms: int
) -> None:
    """Queue the notices that waited until these people wrote, behind what they are answered.

    Args:
        store: Where everything is kept.
        tx: The transaction of their turn.
        told: Who has written, and in which language they are spoken to.
        now_ms: The present time.
    """
    if not told:
        return
    notices = store.breach_notices
    people = {person.person_id: person for person in told}
    waiting = await notices.waiting_of(tx, list(people))
    tellings = await notices.tellings_of(tx, waiting)
    messages = []
    for notice in waiting:
        person = people[notice.person_id]
        text = tellings[notice.telling_id].plan.text_in(told[person])
        messages.append(chat_message(person, text, notice, now_ms=now_ms))
        await notices.move(
            tx,
            notice.notice_id,
            lane="next_contact",
            state="queued",
            reason="they wrote",
            now_ms=now_ms,
        )
    await store.outbox.add(tx, messages)
