"""`check`: everything that is not ready, at once."""

import os

import pytest

from bot.clock import MovableClock
from bot.readiness.clock import clock_faults
from bot.readiness.pages import NEEDED
from bot.settings import load_settings
from bot.simulator import Simulator
from storage.db import schema
from storage.db.engine import Database
from storage.pages import BLOCKED, Pages
from tests.bot.commands.conftest import Operator, subscribe
from tests.bot.inbound.certificate import issue_certificate
from tests.kit.deployment import PAGE


async def test_all_is_well(operator: Operator) -> None:
    """A good deployment passes, also before its databases exist, and none is made."""
    ended = await operator.runs("check")
    assert (ended.code, ended.err) == (0, "")
    assert "All is well" in ended.out
    assert not (operator.folder / "data").exists()


async def test_a_recipient_that_is_told_by_hand(operator: Operator) -> None:
    """Who gets data for a purpose and has no address for erasures is a hint, and no fault."""
    post = {"name": "Example Post", "role": "mail", "country": "DE", "purposes": ["news"]}
    host = {"name": "Example Hosting", "role": "hosting", "country": "DE"}
    told = post | {"name": "Example Other", "erasure_url": "https://other.example.org/erase"}
    operator.writes_config(recipients=[host, post, told])
    ended = await operator.runs("check")
    assert ended.code == 0
    assert ended.out.count("erasure_url") == 1
    assert "recipients.1.erasure_url: nothing, so tell this recipient" in ended.out


async def test_lists_all_faults_at_once(operator: Operator, simulator: Simulator) -> None:
    """Each fault is a line with key, found and mend, and no secret is shown."""
    simulator.revoke_token(PAGE)
    (operator.folder / "keys" / "keys.secret").chmod(0o644)
    (operator.folder / "data").write_text("a file where the folder should be", encoding="ascii")
    operator.writes_config(
        keys=operator.raw["keys"] | {"url": "postgresql+asyncpg://bot:p4ssw0rd@127.0.0.1:1/keys"}
    )
    ended = await operator.runs("check")
    assert ended.code == 1
    for key in ("pages.0.access_token", "storage.url", "keys.url", "keys.file"):
        assert f"{key}: found" in ended.err
    assert "p4ssw0rd" not in ended.err
    assert operator.raw["pages"][0]["access_token"] not in ended.err


async def test_a_text_that_is_too_long(operator: Operator) -> None:
    """What Messenger would refuse is named by its place and language, before anybody is asked."""
    operator.writes_config(controller={"authority": "A" * 1900})
    ended = await operator.runs("check", "--offline")
    assert ended.code == 1
    assert "texts: found COMPLAIN (en): text" in ended.err
    assert "AAAA" not in ended.err


async def test_no_keys(operator: Operator) -> None:
    """Where there are no keys at all, it says how to make some, or to bring them back."""
    for file in (operator.folder / "keys").iterdir():
        file.unlink()
    mend = "Run `chatmagico keys init`; if there were some, put them back from their backup."
    assert f"keys.file: found nothing. {mend}" in (await operator.runs("check")).err


@pytest.mark.parametrize("lost", ["keys.secret", "keys.secret.epoch-1"])
async def test_half_of_the_keys(operator: Operator, lost: str) -> None:
    """Where one of the key files is lost, no new ones are advised: they would open nothing."""
    (operator.folder / "keys" / lost).unlink()
    told = (await operator.runs("check")).err
    assert f"Put {lost} back from its backup." in told
    assert "keys init" not in told


async def test_keys_that_others_may_read(operator: Operator) -> None:
    """The command that closes a key file is told whole."""
    file = operator.folder / "keys" / "keys.secret"
    file.chmod(0o640)
    told = (await operator.runs("check")).err
    assert f"keys.file: found secrets that others may read. Run `chmod 600 {file}`." in told


async def test_broken_key_file(operator: Operator) -> None:
    """A key file that holds something else has to come back from its backup."""
    (operator.folder / "keys" / "keys.secret").write_text("holiday pictures", encoding="ascii")
    told = (await operator.runs("check")).err
    assert "secrets that cannot be used (name keys.secret, reason not hexadecimal)" in told
    assert "Put the file back from its backup." in told


async def test_certificate_that_fits(operator: Operator) -> None:
    """A certificate and its key pass the check."""
    made = issue_certificate(operator.folder)
    server = {"tls_certificate_file": made.certificate_file, "tls_key_file": made.key_file}
    written = {key: str(path) for key, path in server.items()}
    operator.writes_config(server=operator.raw["server"] | written)
    assert (await operator.runs("check")).code == 0


async def test_settings_come_first(operator: Operator) -> None:
    """Settings that cannot be read are told together, and end with 2."""
    operator.writes_config(languages={"default": "xx"}, age={"minimum": 99}, colour="red")
    ended = await operator.runs("check")
    assert ended.code == 2
    for key in ("languages.default", "age.minimum", "colour"):
        assert f"{key}: found" in ended.err


async def test_missing_echoes(operator: Operator, simulator: Simulator) -> None:
    """Without echoes nobody knows what arrived: that is a fault."""
    await subscribe(simulator, *(set(NEEDED) - {"message_echoes"}))
    ended = await operator.runs("check")
    assert ended.code == 1
    assert "pages.0.id: found no subscription to message_echoes" in ended.err
    assert "pages.1.id" in ended.err


async def test_read_events_are_unwanted(operator: Operator, simulator: Simulator) -> None:
    """A subscription to what people read is a fault."""
    await subscribe(simulator, *NEEDED, "message_reads")
    ended = await operator.runs("check")
    assert ended.code == 1
    assert "found a subscription to message_reads" in ended.err


async def test_not_subscribed(operator: Operator, simulator: Simulator) -> None:
    """A Page that posts nothing to the app is a fault."""
    await subscribe(simulator)
    assert "posts this app no events" in (await operator.runs("check")).err


async def test_an_app_that_posts_nowhere(operator: Operator, simulator: Simulator) -> None:
    """The app's own subscription is a fault of its own: without it no Page posts anything."""
    simulator.app_fields = frozenset()
    ended = await operator.runs("check")
    assert "server.public_url: found an app that posts nowhere" in ended.err
    assert "chatmagico connect" in ended.err


async def test_an_app_that_posts_elsewhere(operator: Operator, simulator: Simulator) -> None:
    """Another address than ours is told, without naming it."""
    simulator.postman.webhook_url = "http://127.0.0.1:1/webhook"
    ended = await operator.runs("check")
    assert "server.public_url: found an app that posts to another address" in ended.err


async def test_an_app_without_echoes(operator: Operator, simulator: Simulator) -> None:
    """Both levels have to name a field: the app's is looked at too."""
    simulator.app_fields -= {"message_echoes"}
    ended = await operator.runs("check")
    assert "messenger.app_id: found an app without a subscription to message_echoes" in ended.err


async def test_a_token_that_ends_soon(operator: Operator, simulator: Simulator) -> None:
    """Fourteen days before its end it is a fault, before anything stops."""
    day_ms = 86_400_000
    now_ms = simulator.clock.now_ms()
    simulator.end_token(PAGE, at_ms=now_ms + 15 * day_ms)
    assert (await operator.runs("check")).code == 0
    simulator.end_token(PAGE, at_ms=now_ms + 13 * day_ms)
    assert (
        "pages.0.access_token: found a token that ends on 2" in (await operator.runs("check")).err
    )


async def test_wrong_app_secret(operator: Operator) -> None:
    """A proof that Messenger does not take leads to the app secret, told once."""
    operator.writes_config(
        messenger=operator.raw["messenger"] | {"app_secret": "another-secret-of-thirty-two-chars"}
    )
    assert (await operator.runs("check")).err.count("messenger.app_secret: found") == 1


async def test_offline(operator: Operator) -> None:
    """--offline asks nobody."""
    operator.writes_config(
        messenger=operator.raw["messenger"] | {"graph_url": "http://127.0.0.1:1"}
    )
    assert (await operator.runs("check", "--offline")).code == 0
    asked = await operator.runs("check")
    assert asked.code == 1
    assert asked.err.count("messenger.graph_url: found no answer") == 1


@pytest.mark.parametrize("reason", [BLOCKED, "PageTrouble"])
async def test_paused_page(operator: Operator, reason: str) -> None:
    """A Page for which nothing is sent until somebody acts is told with its reason."""
    database = Database(operator.databases.url)
    await schema.upgrade(database, "main")
    async with database.write() as tx:
        await Pages(database).pause(tx, PAGE, reason=reason, now_ms=0, until_ms=None)
    await database.close()
    ended = await operator.runs("check")
    assert ended.code == 1
    assert f"pages.0: found a paused Page: {reason}" in ended.err


async def test_file_that_is_no_database(operator: Operator) -> None:
    """A file that holds something else is told, and left alone."""
    (operator.folder / "data").mkdir()
    file = operator.folder / "data" / "chatmagico.db"
    file.write_text("holiday pictures", encoding="ascii")
    assert "storage.url: found a file that is no database" in (await operator.runs("check")).err
    assert file.read_text(encoding="ascii") == "holiday pictures"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_folder_without_leave_to_write(operator: Operator) -> None:
    """A data folder that cannot be written to is told."""
    (operator.folder / "data").mkdir(mode=0o500)
    assert "storage.url: found a folder" in (await operator.runs("check")).err


@pytest.mark.parametrize(("seconds", "is_told"), [(3, False), (60, True)])
async def test_a_clock_that_is_wrong(
    operator: Operator,
    simulator: Simulator,
    seconds: int,
    is_told: bool,  # noqa: FBT001 - pytest hands it in
) -> None:
    """By the clock that Messenger answers with; a few seconds are let be."""
    assert isinstance(simulator.clock, MovableClock)
    simulator.clock.move(seconds)
    ended = await operator.runs("check")
    assert ended.code == int(is_told)
    assert ("s behind Messenger's. Set this machine's clock" in ended.err) == is_told
    assert (await operator.runs("check", "--offline")).code == 0


async def test_a_clock_that_is_ahead(operator: Operator) -> None:
    """It is told too, with the advice to stop the bot first."""
    clock = MovableClock()
    clock.move(3600)
    (fault,) = await clock_faults(load_settings(operator.config), clock)
    assert fault.found.endswith("s ahead of Messenger's")
    assert "stop the bot first" in fault.mend
