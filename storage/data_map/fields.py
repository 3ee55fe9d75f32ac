"""What is inside the sealed `people.state`."""

from typing import Final

from storage.data_map.entry import Entry, Form
from storage.data_map.kinds import person


def _inside_state(holds: str) -> Entry:
    return person(holds, Form.SEALED, exported=True)


#: What is inside the sealed `people.state`, and what flows keep there as notes.
FIELDS: Final[dict[str, Entry]] = {
    "place": _inside_state("which question was put to you last"),
    "back": _inside_state("which question came before it"),
    "shown": _inside_state("a short hash of the words you were asked with"),
    "purpose": _inside_state("which purpose you are being asked about"),
    "linked": _inside_state("whether a link brought you to that purpose"),
    "timer_due_at_ms": _inside_state("when that question times out"),
    "data_page": _inside_state("which page of your data was shown last"),
    "data_pages": _inside_state("how many pages of your data there were"),
    "data_values": _inside_state("whether you asked to see the values"),
    "breach_number": _inside_state("which breach of security you write about as an admin"),
    "breach_field": _inside_state("which question about it you are answering"),
    "admin_act": _inside_state("which act of yours as an admin waits for your code"),
    "admin_case": _inside_state("which request you answer as an admin"),
    "admin_case_data": _inside_state("which request you look into as an admin, and how far"),
    "broadcast_field": _inside_state("what of a broadcast you are writing as an admin"),
    "broadcast_line": _inside_state("which broadcast you are writing, and its title"),
    "broadcast_count": _inside_state("how many people it would reach"),
    "case_kind": _inside_state("what the team is to be asked about"),
    "detail": _inside_state("which detail you are being asked for"),
    "detail_correction": _inside_state("whether it takes the place of one you gave"),
    "detail_unconfirmed": _inside_state("whether your address was still to be confirmed"),
    "details_given": _inside_state("which kinds of details you had given"),
    "skipped": _inside_state("which details you did not want to give"),
    "age_ok": _inside_state("whether you said you are old enough"),
    "age_asked": _inside_state("the age you were asked about"),
    "told_at_ms": _inside_state("when you were told what we keep"),
    "heard_at_ms": _inside_state("when you last wrote"),
    "answers_told": _inside_state("how many waiting answers you were told of"),
    "news_offered": _inside_state("how much waiting news you were offered"),
    "pace_since_ms": _inside_state("since when we count how often you write"),
    "pace": _inside_state("how often you wrote within that minute, so that nobody floods"),
    "owes_stop_confirmation": _inside_state("whether your STOP is still to be confirmed"),
}
