"""The end of a Page's bot: its people are told and erased, those of another Page know nothing."""

import aiohttp
import pytest

from bot.outbound.profile import PROPERTIES
from bot.retiring.retiring import GRACE_MS
from storage import PersonId
from storage.alerts import AlertKind
from storage.db.tables import people
from tests.bot.pages.test_callbacks import signed
from tests.kit.chat import Chat
from tests.kit.deployment import APP_SECRET, PAGE, PAGES, Databases, Deployment, deployed
from tests.kit.living import SECTIONS, Life
from tests.kit.patience import PATIENCE_S
from tests.kit.retiring import found, is_done, retire
from tests.storage import raw_files

pytestmark = pytest.mark.long

OTHER = PAGES[1].id


async def came(deployment: Deployment, page_id: str = PAGE) -> Chat:
    """Let somebody come who has heard the first answer."""
    chat = deployment.person(page_id)
    await chat.says("Hello")
    await chat.hears()
    return chat


@pytest.fixture(params=["databases", "postgres_databases"])
def either(request: pytest.FixtureRequest) -> Databases:
    """Two databases, once of each kind."""
    lent: Databases = request.getfixturevalue(request.param)
    return lent


async def test_nothing_of_its_people_is_left_in_any_file(
    either: Databases, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever they said, gave or are called, and every sealed byte; another Page's people stay."""
    async with deployed(either, **SECTIONS) as deployment:
        life, keyring = Life(deployment), deployment.bot.store.keyring
        await life.live()
        neighbour = await came(deployment, OTHER)
        await retire(deployment)
        assert len(life.secrets) > 10
        needles = [form for one in life.secrets for form in raw_files.forms_of(one).values()]
        assert raw_files.count(either.folder, *needles) == 0
        assert await keyring.find([PersonId(life.person_id)]) == {}
        if not deployment.bot.store.is_shared:
            await deployment.until(lambda: _is_clean(either, life))
        async with deployment.bot.store.read() as tx:
            (left,) = (await tx.execute(people.select())).all()
        assert left.lookup == keyring.lookup(OTHER, neighbour.psid)
        assert left.person_id in await keyring.find([left.person_id])
        await neighbour.says("help")
        await neighbour.hears()
    told = capfd.readouterr()
    assert not raw_files.found((told.out + told.err).encode(), life.secrets)


async def _is_clean(databases: Databases, life: Life) -> bool:
    return not raw_files.count(databases.folder, *life.traces)


@pytest.mark.parametrize(
    ("language", "part"),
    [
        ("en", "ends its bot"),
        ("de", "beendet seinen Bot"),
        ("fr", "met fin à son bot"),
        ("es", "pone fin a su bot"),
        ("it", "chiude il suo bot"),
        ("pl", "kończy działanie swojego bota"),
    ],
)
async def test_whose_chat_is_open_is_told_once(
    deployment: Deployment, language: str, part: str
) -> None:
    """In their language, with the number of a receipt that verifies; then nobody answers."""
    chat = await came(deployment)
    async with deployment.bot.store.write() as tx:
        await tx.execute(people.update().values(language=language))
    one = await retire(deployment)
    said = await chat.hears(part)
    assert (one.people, one.told) == (1, 1)
    (number,) = [word.strip(".") for word in said.text.split() if word.count("-") == 2]
    assert await deployment.bot.callbacks.receipts.status(number) == "done"
    await chat.says("Hello")
    deployment.clock.move(60)
    await deployment.until(deployment.inbox_is_empty)
    assert len(chat.bubbles()) == chat.heard
    assert await deployment.has_people(0)


async def test_after_stop_nothing_is_said(deployment: Deployment) -> None:
    """Whoever's last word was STOP is erased without another message."""
    chat = await came(deployment)
    await chat.says("news")
    await chat.hears()
    await chat.taps("Yes")
    await chat.hears()
    await chat.says("STOP")
    await chat.hears()
    one = await retire(deployment)
    assert (one.people, one.told) == (1, 0)
    assert len(chat.bubbles()) == chat.heard


async def test_messenger_posts_and_shows_nothing_of_it_any_more(deployment: Deployment) -> None:
    """The Page's subscription and profile are gone; those of the other Page are not."""
    pages = deployment.simulator.pages
    for page in PAGES:
        pages[page.id].fields = frozenset({"messages"})
        pages[page.id].profile.set({"get_started": {"payload": "hi"}})
    one = await retire(deployment)
    assert one.at_messenger == "removed"
    assert pages[PAGE].fields == frozenset()
    assert pages[PAGE].profile.get(PROPERTIES) == {}
    assert pages[OTHER].fields
    assert pages[OTHER].profile.get(PROPERTIES)


async def test_a_page_that_stays_disconnected_ends_after_30_days(deployment: Deployment) -> None:
    """Meta's callback begins the wait; the admins are warned; then everybody is erased."""
    await came(deployment)
    await came(deployment, OTHER)
    await _removes_app(deployment)
    deployment.simulator.revoke_token(PAGE)
    await deployment.until(lambda: _is_warned(deployment))
    deployment.clock.move(GRACE_MS / 1000 - 86_400)
    one = await found(deployment)
    assert one is not None
    assert one.begun_at_ms is None
    deployment.clock.move(2 * 86_400)
    await deployment.until(lambda: is_done(deployment), timeout_s=PATIENCE_S)
    ended = await found(deployment)
    assert ended is not None
    assert (ended.ordered_by, ended.at_messenger) == ("Messenger", "refused")
    assert await found(deployment, OTHER) is None


async def test_a_page_that_is_connected_again_stays(deployment: Deployment) -> None:
    """Messenger takes the token and posts events again, so nothing ends."""
    chat = await came(deployment)
    await _removes_app(deployment)
    assert await found(deployment) is not None
    deployment.simulator.pages[PAGE].fields = frozenset({"messages"})
    deployment.clock.move(601)
    await deployment.until(lambda: _is_gone(deployment))
    deployment.clock.move(3600)
    await chat.says("help")
    await chat.hears()


async def test_who_slipped_in_behind_the_end_is_erased_too(deployment: Deployment) -> None:
    """A row that came by a node which had not heard goes with the next look."""
    await came(deployment)
    await retire(deployment)
    await came(deployment, OTHER)
    async with deployment.bot.store.write() as tx:
        await tx.execute(people.update().values(page_id=PAGE))
    await deployment.until(lambda: _has_nobody(deployment))


async def _has_nobody(deployment: Deployment) -> bool:
    deployment.clock.move(601)
    return await deployment.has_people(0)


async def _removes_app(deployment: Deployment) -> None:
    told = {"algorithm": "HMAC-SHA256", "user_id": "1", "profile_id": PAGE}
    url = f"http://127.0.0.1:{deployment.bot.port}/deauthorize"
    form = {"signed_request": signed(told, APP_SECRET.encode())}
    async with aiohttp.ClientSession() as meta, meta.post(url, data=form) as answer:
        assert answer.status == 200


async def _is_warned(deployment: Deployment) -> bool:
    deployment.clock.move(601)
    store = deployment.bot.store
    async with store.read() as tx:
        due = await store.alerts.list_due(tx, now_ms=deployment.clock.now_ms())
    return AlertKind.DISCONNECTED in {AlertKind(one.kind) for one in due}


async def _is_gone(deployment: Deployment) -> bool:
    return await found(deployment) is None
