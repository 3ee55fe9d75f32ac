"""`connect`: what stands in the way is told with the screen at Meta that mends it."""

import asyncio
import os
import tomllib
from collections.abc import AsyncIterator

import pytest

from bot.app import running
from bot.clock import SystemClock
from bot.settings import load_settings
from bot.simulator import Fault
from tests.kit.chat import Chat
from tests.kit.deployment import APP_ID, APP_SECRET, PAGE, PAGES
from tests.kit.newcomer import Newcomer, newcomer
from tests.kit.ports import free_port

__all__ = ["newcomer"]

OTHER = PAGES[1]
#: Nobody runs the bot, or writes to it: so it need not be waited for.
AT_ONCE = ("--wait-s", "0.1")
BASIC = "App settings > Basic"
EXPLORER = "developers.facebook.com/tools/explorer"
ACCESS = "Page setup > Page access"


async def refused(newcomer: Newcomer, *typed: str, page: str = PAGE) -> str:
    """Run it, type what it asks for, and return what it said when it gave up."""
    code, said = await newcomer.runs("connect", "--page", page, *AT_ONCE, typed=typed)
    assert code == 2, said
    assert "Traceback" not in said
    return said


@pytest.fixture
async def begun(newcomer: Newcomer) -> Newcomer:
    """Somebody who has answered the questions of `init`."""
    await newcomer.begins()
    return newcomer


@pytest.mark.parametrize(
    ("app_id", "secret"),
    [(APP_ID, "another-secret-of-thirty-two-chars"), ("777777", APP_SECRET)],
    ids=["secret", "app"],
)
async def test_wrong_secret(begun: Newcomer, app_id: str, secret: str) -> None:
    """Id and secret that do not belong together are not kept, and asked for again."""
    before = begun.config.read_bytes()
    said = await refused(begun, app_id, secret)
    assert f"{BASIC}: copy the App ID" in said
    assert not (begun.folder / "secrets" / "app_secret").exists()
    assert begun.config.read_bytes() == before
    assert secret not in said


async def test_a_secret_that_is_no_longer_taken(begun: Newcomer) -> None:
    """One that was changed at Meta is handed over by the command for it."""
    await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in())
    begun.simulator.change_app_secret("another-secret-of-thirty-two-chars")
    said = await refused(begun)
    assert "chatmagico rotate app-secret" in said
    assert BASIC in said


async def test_a_user_token_that_is_over(begun: Newcomer) -> None:
    """The Graph API Explorer makes a new one; what was taken before is not asked for again."""
    assert EXPLORER in await refused(begun, APP_ID, APP_SECRET, "EAAnever-was")
    code, said = await begun.runs("connect", *AT_ONCE)
    assert code == 2
    assert "App secret (" not in said
    assert "Short-lived user token (" in said


@pytest.mark.parametrize("missing", ["pages_show_list", "pages_messaging", "pages_manage_metadata"])
async def test_a_token_without_permission(begun: Newcomer, missing: str) -> None:
    """The permission is named, and where it is added."""
    given = {"pages_show_list", "pages_messaging", "pages_manage_metadata"} - {missing}
    said = await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in(scopes=given))
    assert f"(missing={missing})" in said
    assert f"{EXPLORER}, choose your app, add them under Permissions" in said


async def test_an_account_without_a_page(begun: Newcomer) -> None:
    """Nobody let the app see any Page."""
    said = await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in(tasks={}))
    assert ACCESS in said


async def test_a_page_that_was_not_ticked(begun: Newcomer) -> None:
    """Another Page than the one that was named is not taken in its place."""
    token = begun.simulator.log_in(tasks={OTHER.id: ("MESSAGING", "MODERATE")})
    said = await refused(begun, APP_ID, APP_SECRET, token)
    assert f"(page={PAGE})" in said
    assert "tick the Page" in said
    assert not (begun.folder / "secrets" / f"page_token_{OTHER.id}").exists()


async def test_a_page_without_a_role(begun: Newcomer) -> None:
    """Who may only look at a Page can't connect it; the tasks that lack are named."""
    token = begun.simulator.log_in(tasks={PAGE: ("ANALYZE", "MESSAGING")})
    said = await refused(begun, APP_ID, APP_SECRET, token)
    assert f"page={PAGE}, missing=MODERATE" in said
    assert ACCESS in said
    assert not (begun.folder / "secrets" / f"page_token_{PAGE}").exists()


async def test_no_bot_runs(begun: Newcomer) -> None:
    """Everything up to there is kept, and nothing at Meta was changed."""
    said = await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in())
    assert "Run `chatmagico serve` in another terminal" in said
    page = tomllib.loads(begun.config.read_text(encoding="utf-8"))["pages"][0]
    assert page["id"] == PAGE
    file = begun.folder / page["access_token_file"]
    assert file.read_text(encoding="utf-8").strip() == PAGES[0].access_token
    assert not begun.simulator.app_fields


async def test_several_pages_are_asked_about(begun: Newcomer) -> None:
    """Each is listed; Enter takes the one whose name `init` was told."""
    token = begun.simulator.log_in()
    code, said = await begun.runs("connect", *AT_ONCE, typed=(APP_ID, APP_SECRET, token, "9", ""))
    assert code == 2
    assert f"2  {OTHER.name} ({OTHER.id})" in said
    assert f"Took a token of Garden Club ({PAGE})" in said


async def test_another_page_gets_a_table_of_its_own(begun: Newcomer) -> None:
    """The first one stays as it is, comments and all."""
    await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in())
    before = begun.config.read_text(encoding="utf-8")
    await refused(begun, begun.simulator.log_in(), page=OTHER.id)
    after = begun.config.read_text(encoding="utf-8")
    assert after.startswith(before)
    assert [page["id"] for page in tomllib.loads(after)["pages"]] == [PAGE, OTHER.id]


async def test_a_token_near_its_end_is_replaced(begun: Newcomer) -> None:
    """What the alert advises works: a new token is asked for, though the old one still holds."""
    await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in())
    soon_ms = begun.simulator.clock.now_ms() + 3 * 86_400_000
    begun.simulator.end_token(PAGE, at_ms=soon_ms)
    said = await refused(begun, begun.simulator.log_in())
    assert "Short-lived user token (" in said
    assert "It ends on" in said


async def test_what_is_secret_is_not_shown(begun: Newcomer) -> None:
    """At a terminal, the app secret and the token are typed unseen; the app id is shown."""
    terminal, far_end = os.openpty()
    process = await begun.starts("connect", *AT_ONCE, terminal=far_end)
    os.close(far_end)
    token, shown = begun.simulator.log_in(), ""
    for question, answer in (
        ("App id (", APP_ID),
        ("App secret (", APP_SECRET),
        ("Short-lived user token (", token),
        ("Which Page?", ""),
        ("Run `chatmagico serve`", ""),
    ):
        while question not in shown:
            shown += (await asyncio.to_thread(os.read, terminal, 4096)).decode()
        os.write(terminal, f"{answer}\n".encode())
    assert await process.ends() == 2
    os.close(terminal)
    assert APP_ID in shown
    assert APP_SECRET not in shown
    assert token not in shown


@pytest.fixture
async def serving(begun: Newcomer) -> AsyncIterator[Newcomer]:
    """Somebody whose tokens were taken, and whose bot runs."""
    await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in())
    async with running(load_settings(begun.config), SystemClock()):
        yield begun


async def test_webhook_unreachable(begun: Newcomer) -> None:
    """Where Meta asks the public address in vain, what to look at is told."""
    text = begun.config.read_text(encoding="utf-8")
    begun.config.write_text(text.replace(f"port = {begun.port}", f"port = {free_port()}"))
    await refused(begun, APP_ID, APP_SECRET, begun.simulator.log_in())
    async with running(load_settings(begun.config), SystemClock()):
        said = await refused(begun)
    assert f"url={begun.url}/webhook, code=2200" in said
    for part in ("DNS entry", "proxy", "certificate", "Webhooks > Page"):
        assert part in said


@pytest.mark.parametrize(("edge", "level"), [("subscriptions", "app"), ("subscribed_apps", "page")])
async def test_subscription_refused(serving: Newcomer, edge: str, level: str) -> None:
    """The level is named, with the screen where both are set by hand."""
    serving.simulator.refuse_changes(edge, 200)
    said = await refused(serving)
    assert f"of={level}, code=200" in said
    assert "Messenger API settings" in said


async def test_an_app_that_posted_elsewhere(serving: Newcomer) -> None:
    """Whoever takes an app from another bot is told so."""
    elsewhere = serving.simulator.postman.webhook_url
    serving.simulator.app_fields = frozenset({"messages"})
    said = await refused(serving)
    assert f"Until now this app posted to {elsewhere}" in said
    assert "Until now" not in await refused(serving)


async def test_nothing_arrives(serving: Newcomer) -> None:
    """Without a message it says who can write at all, and to which screen to look."""
    said = await refused(serving)
    assert "App roles > Roles" in said
    assert "Conversation routing" in said


async def unproven(serving: Newcomer) -> str:
    """Write to the Page for as long as it waits, and return what it said in the end."""
    connecting = asyncio.create_task(serving.runs("connect", "--wait-s", "4"))
    chat = Chat(serving.simulator, serving.simulator.add_person(PAGE))
    while not connecting.done():
        await chat.says("Hello")
        await asyncio.sleep(0.1)  # it says nothing before its end
    code, said = await connecting
    assert code == 2, said
    return said


async def test_echo_missing(serving: Newcomer) -> None:
    """The answer arrives, its echo does not: the field is named."""
    serving.simulator.receipts.echoes = False
    assert "see that message_echoes is subscribed" in await unproven(serving)


async def test_answer_refused(serving: Newcomer) -> None:
    """Where Messenger takes no answer, `check` and the hand-over are named."""
    serving.simulator.faults.rule(lambda _: Fault.refused(10, 2018300, status=403))
    said = await unproven(serving)
    assert "Run `chatmagico check`" in said
    assert "Conversation routing" in said
