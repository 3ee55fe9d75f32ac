"""The notice tells everything that is kept, and everything the law asks for."""

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.pages.kept import (
    GROUPS,
    NOT_ABOUT_YOU,
    PROOF,
    STATE,
    TELLING,
    TableUngrouped,
    batches,
    entries,
    group_of,
)
from bot.pages.press import BASES, FORMS
from bot.pages.texts import Voice
from flows.words import as_shown
from storage.data_map import COLUMNS, FIELDS, Basis

from .conftest import LANGUAGES, Opening, Reader

#: Words that promise more than anybody can keep, in every language.
BOASTS = re.compile(
    r"(gdpr|dsgvo|rgpd|rodo)[- ](compliant|konform|conform)|100\s?%|anonym|anónim|anonim"
    r"|\bimpossib|unmöglich|\bimposib|niemożliw",
    re.IGNORECASE,
)
#: What works in the chat, in the order of the notice.
WORDS = (
    *("my_data", "export", "bring_back", "correct", "delete_me", "restrict", "resume"),
    *("withdraw", "object", "complain", "human", "cases"),
)
KEEPS_PROOF = {"consent_evidence_days": 91}
TELLS: list[dict[str, Any]] = [
    {"name": "Example Post", "role": "mail", "country": "DE", "erasure_url": "https://a.example"},
    {"name": "Example Print", "role": "printing", "country": "DE"},
]
OPTIONAL: dict[str, Any] = {
    "controller": {},
    "purposes": [],
    "recipients": [],
    "age": {"minimum": 0},
}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_in_the_data_map_is_told(open_pages: Opening, language: str) -> None:
    """Every column and field, with what for and how long, in the words of the language."""
    reader = await open_pages(retention=KEEPS_PROOF, recipients=TELLS)
    told = (await reader.get(f"/privacy?lang={language}")).text
    voice = Voice(language)
    for table, entry in entries():
        for english in (entry.holds, entry.purpose, entry.kept):
            assert voice.say(english).unescape() in told, f"{table}: {english}"


def test_every_entry_is_in_exactly_one_group() -> None:
    """Nothing is left out and nothing stands in two places."""
    grouped = [table for group in (*GROUPS, PROOF, TELLING) for table in group.tables]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) <= {*COLUMNS, STATE}
    told = {
        (batch.purpose, batch.basis, batch.kept, form, item)
        for group in (*GROUPS, PROOF, TELLING, NOT_ABOUT_YOU)
        for batch in batches(group)
        for form, items in batch.items.items()
        for item in items
    }
    mapped = {(e.purpose, e.basis, e.kept, e.form, e.holds) for _, e in entries()}
    assert told == mapped
    assert len(list(entries())) == sum(map(len, (*COLUMNS.values(), FIELDS)))


def test_a_table_about_people_without_a_group_is_an_error() -> None:
    """What is about nobody needs no group of its own."""
    about_a_person = COLUMNS["people"]["psid"]
    with pytest.raises(TableUngrouped) as refused:
        group_of("new_table", about_a_person)
    assert refused.value.facts == {"table": "new_table"}
    assert group_of("new_table", replace(about_a_person, basis=Basis.NONE)) is NOT_ABOUT_YOU


def test_every_form_and_basis_has_words() -> None:
    """Only what is about nobody needs no basis."""
    assert {entry.form for _, entry in entries()} <= set(FORMS)
    assert set(Basis) - set(BASES) == {Basis.NONE}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_the_law_asks_for_is_there(reader: Reader, language: str) -> None:
    """Art. 13 GDPR: who, what for, who else, where, how long, which rights, whom to complain to."""
    told = (await reader.get(f"/privacy?lang={language}")).text.replace("\u00a0", " ")
    for given in (
        *("Example Gardeners", "1 Example Street", "privacy@example.org", "dpo@example.org"),
        *("Garden Club", "Example Hosting", "Example Post", "Meta Platforms Ireland Limited"),
        *("Example Authority", "STOP", "49", "31", "13", "17"),
    ):
        assert given in told, given
    for article in (6, 7, 15, 16, 17, 18, 20, 21, 22, 46, 77):
        assert re.search(rf"[Aa]rt\. {article}\b", told), article


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_rights_name_the_words_of_the_chat(reader: Reader, language: str) -> None:
    """All of them; and the e-mail address, for whoever cannot use the chat."""
    html = (await reader.get(f"/privacy?lang={language}")).html
    rights = html.partition('id="rights"')[2].partition("</section>")[0]
    assert re.findall(r"<strong>([^<]+)</strong>", rights) == [
        "STOP",
        *(as_shown(word, language) for word in WORDS),
    ]
    assert "mailto:privacy@example.org" in rights


async def test_mail_servers_are_told_of_where_mail_can_leave(open_pages: Opening) -> None:
    """Whoever gives an address reads through whose hands mail to it passes."""
    mail = {"host": "mail.example.org", "sender": "club@example.org"}
    for tables, is_told in (({"mail": mail}, True), ({}, False)):
        notice = (await (await open_pages(**tables)).get("/privacy?lang=en")).text
        assert ("your own mail provider" in notice) is is_told


async def test_a_look_of_the_team_is_not_denied(reader: Reader) -> None:
    """The program lets the team look, so the notice says how the person learns of it."""
    notice = (await reader.get("/privacy?lang=en")).text
    assert "through this program unseen" in notice
    assert "MY DATA shows it" in notice


async def test_periods_come_from_the_settings(reader: Reader) -> None:
    """Hours, days and months are those that the sweeper goes by."""
    told = (await reader.get("/privacy?lang=en")).text
    assert "your data is erased 49 hours after your last message" in told
    assert "31 days after the last time you did, and no sooner than 49 hours" in told
    assert "13 months after your last message" in told


@pytest.mark.parametrize("language", LANGUAGES)
async def test_proof_after_an_erasure_is_told_where_it_is_kept(
    open_pages: Opening, language: str
) -> None:
    """For how long, on both pages; and nowhere a word of it where none is kept."""
    voice = Voice(language)
    keeps, keeps_none = await open_pages(retention=KEEPS_PROOF), await open_pages()
    for path in ("/privacy", "/data-deletion"):
        told = (await keeps.get(f"{path}?lang={language}")).text
        assert str(voice.days(91)) in told.replace("\u00a0", " ")
        told = (await keeps_none.get(f"{path}?lang={language}")).text
        for group_text in (PROOF.title, PROOF.about):
            assert voice.say(group_text).unescape() not in told
        assert voice.say("as many days as the notice names").unescape() not in told
    for reader, stays in ((keeps, True), (keeps_none, False)):
        reader.ledger.known["7KQ2M4XD9TRA"] = "done"
        told = (await reader.get(f"/deletion/7KQ2M4XD9TRA?lang={language}")).text
        gone = voice.say(
            "Everything that was kept of you here is gone, and the key that opened it too."
        )
        assert (gone.unescape() in told) is not stays
        assert (str(voice.days(91)) in told.replace("\u00a0", " ")) is stays
    assert voice.say(PROOF.about).unescape() in (await keeps.get(f"/privacy?lang={language}")).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_stays_until_others_have_confirmed_is_told(
    open_pages: Opening, language: str
) -> None:
    """For how long and why, on both pages, and who is told; nothing of it where nobody is."""
    voice = Voice(language)
    tells, tells_nobody = await open_pages(recipients=TELLS), await open_pages()
    days = str(voice.days(30))
    line = voice.say(
        "Who else got your data is told that it is erased (Art. 19 GDPR). For that your Messenger "
        "id stays, encrypted, until each of them has confirmed it, {time} at most.",
        time=days,
    )
    said = " ".join(line.unescape().split())
    for path in ("/privacy", "/data-deletion"):
        assert said in (await tells.get(f"{path}?lang={language}")).text
        told = (await tells_nobody.get(f"{path}?lang={language}")).text
        assert said not in told
        assert voice.say(TELLING.about).unescape() not in told
    notice = (await tells.get(f"/privacy?lang={language}")).text
    automatic, by_hand = (
        voice.say(text).unescape()
        for text in ("told automatically", "not told automatically: please ask them, or us")
    )
    assert notice.index("Example Post") < notice.index(automatic) < notice.index("Example Print")
    assert by_hand in notice


async def test_one_is_not_many(open_pages: Opening) -> None:
    """A period of one is said as one, also where a language has three forms."""
    reader = await open_pages(retention={"stranger_hours": 1, "inactive_months": 2})
    assert "1 hour after your last message" in (await reader.get("/privacy?lang=en")).text
    polish = (await reader.get("/privacy?lang=pl")).text
    assert "1 godzinę po ostatniej" in polish
    assert "2 miesiące po ostatniej" in polish


async def test_purposes_are_told_one_by_one_in_the_language(reader: Reader) -> None:
    """Title and text as the chat asks them; the default's where a table is missing."""
    assert "Monatsbrief" in (await reader.get("/privacy?lang=de")).text
    assert "Once a month, what we do." in (await reader.get("/privacy?lang=fr")).text


async def test_a_recipient_outside_europe_gets_a_word_of_its_own(open_pages: Opening) -> None:
    """The country is named in the language, and how to ask for the safeguards is said."""
    outside = "This country is outside the European Economic Area."
    told = (await (await open_pages()).get("/privacy?lang=en")).text
    assert told.count(outside) == 1
    assert "United States" in told
    inside = [{"name": "Example Hosting", "role": "hosting", "country": "NO"}]
    told = (await (await open_pages(recipients=inside)).get("/privacy?lang=de")).text
    assert "Norwegen" in told
    assert Voice("de").say(outside) not in told


@pytest.mark.parametrize("language", LANGUAGES)
async def test_everything_optional_may_be_missing(open_pages: Opening, language: str) -> None:
    """Without controller, purposes, recipients and age the pages still make sense."""
    reader = await open_pages(**OPTIONAL)
    for path in ("/privacy", "/terms", "/data-deletion"):
        answer = await reader.get(f"{path}?lang={language}")
        assert answer.status == 200
        assert "Garden Club" in answer.text
        assert "None" not in answer.text
        assert Voice(language).say("Write to us on our Page in Messenger.") in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/privacy", "/terms", "/data-deletion"])
async def test_nothing_is_promised_that_nobody_can_keep(
    reader: Reader, path: str, language: str
) -> None:
    """No page boasts."""
    assert BOASTS.search((await reader.get(f"{path}?lang={language}")).text) is None


async def test_the_version_changes_with_what_is_said(open_pages: Opening) -> None:
    """It is the same in every language, and another for other words."""
    usual = await open_pages()
    versions = {await version(usual, "/privacy", language) for language in LANGUAGES}
    assert len(versions) == 1
    other = await open_pages(retention={"stranger_hours": 47})
    assert await version(other, "/privacy", "en") not in versions
    assert await version(other, "/terms", "en") == await version(usual, "/terms", "en")


async def version(reader: Reader, path: str, language: str) -> str:
    """Return the version that a page shows."""
    told = (await reader.get(f"{path}?lang={language}")).text
    (found,) = re.findall(r"\b[0-9a-f]{8}$", told.strip())
    return str(found)
