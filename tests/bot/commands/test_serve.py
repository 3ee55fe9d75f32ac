"""`serve`: it starts, refuses to start, and ends."""

import asyncio
import signal
import socket

import aiohttp
import pytest

from bot.commands.process import until_ended
from bot.simulator import Fault, Simulator
from tests.bot.commands.conftest import Operator
from tests.kit.deployment import VERIFY_TOKEN, Deployment
from tests.kit.patience import PATIENCE_S


async def verified(operator: Operator, session: aiohttp.ClientSession) -> str:
    """Do Meta's handshake as soon as the webhook listens, and return what was answered."""
    url = f"http://127.0.0.1:{operator.raw['server']['port']}/webhook"
    query = {
        "hub.mode": "subscribe",
        "hub.verify_token": VERIFY_TOKEN,
        "hub.challenge": "1158201444",
    }
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                async with session.get(url, params=query) as answer:
                    return await answer.text()
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.01)  # the process is still starting


async def test_serves_until_told_to_end(operator: Operator, session: aiohttp.ClientSession) -> None:
    """It answers the handshake, and SIGTERM ends it well, without a trace of trouble."""
    process = await operator.starts("serve")
    assert await verified(operator, session) == "1158201444"
    process.send_signal(signal.SIGTERM)
    _, err = await process.communicate()
    assert process.returncode == 0
    assert "server.stopped" in err.decode()
    assert "Traceback" not in err.decode()


async def test_second_signal_leaves_at_once(
    operator: Operator, session: aiohttp.ClientSession, simulator: Simulator
) -> None:
    """The first signal lets a call end, the second one waits for nothing."""
    port = operator.raw["server"]["port"]
    simulator.postman.webhook_url = f"http://127.0.0.1:{port}/webhook"
    process = await operator.starts("serve")
    await verified(operator, session)
    simulator.faults.next(Fault.hang(is_accepted=True))
    await simulator.say(simulator.add_person(), "Hello")
    async with asyncio.timeout(10):
        while not simulator.calls:  # noqa: ASYNC110 - another process calls
            await asyncio.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert process.returncode == 1


async def test_second_process_is_refused(
    operator: Operator, session: aiohttp.ClientSession
) -> None:
    """A second process on the same SQLite file says so, and ends with 2."""
    first = await operator.starts("serve")
    await verified(operator, session)
    operator.writes_config(server={"port": 0}, metrics={"port": 0})
    second = await operator.runs_alone("serve")
    first.send_signal(signal.SIGINT)
    await first.communicate()
    assert (first.returncode, second.code) == (0, 2)
    assert "Another process already serves" in second.err
    assert "Traceback" not in second.err


async def test_production_wants_https(operator: Operator) -> None:
    """In production it lists everything that is wrong at once, http first of all."""
    operator.writes_config(environment="production")
    ended = await operator.runs("serve")
    assert ended.code == 2
    for key in ("server.public_url", "server.trusted_proxies", "messenger.graph_url"):
        assert f"{key}: found" in ended.err
    assert operator.raw["messenger"]["app_secret"] not in ended.err


async def test_missing_keys(operator: Operator) -> None:
    """Without its keys it does not start, and says what to do."""
    for file in (operator.folder / "keys").iterdir():
        file.unlink()
    ended = await operator.runs_alone("serve")
    assert ended.code == 2
    assert "keys.file: found nothing. Run `chatmagico keys init`" in ended.err


@pytest.mark.parametrize("section", ["server", "metrics"])
async def test_taken_port(operator: Operator, section: str) -> None:
    """Where another program listens on its port, it names the address and makes no database."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        operator.writes_config(**{section: {"port": port}})
        ended = await operator.runs_alone("serve")
    assert ended.code == 2
    assert f"{section}=127.0.0.1:{port}" in ended.err
    assert "Traceback" not in ended.err
    assert not (operator.folder / "data").exists()


async def test_broken_certificate(operator: Operator) -> None:
    """A certificate that is none is told before anything starts."""
    pem = operator.folder / "certificate.pem"
    pem.write_text("not a certificate", encoding="ascii")
    operator.writes_config(
        server={"port": 0, "tls_certificate_file": str(pem), "tls_key_file": str(pem)}
    )
    ended = await operator.runs("serve")
    assert ended.code == 2
    assert "server.tls_certificate_file: found" in ended.err


async def test_a_broken_part_ends_it(
    deployment: Deployment, capfd: pytest.CaptureFixture[str]
) -> None:
    """A part that broke ends the process with 1, and its words are not repeated."""
    deployment.bot.broken.set_exception(ValueError("canary"))
    assert await until_ended(deployment.bot, asyncio.Event()) == 1
    told = capfd.readouterr().err
    assert "ValueError" in told
    assert "canary" not in told


async def test_unknown_configuration_file(operator: Operator) -> None:
    """A configuration file that is not there is wrong use."""
    operator.config.unlink()
    ended = await operator.runs("serve")
    assert ended.code == 2
    assert "no file at that path" in ended.err


async def test_hangup_reads_the_secrets_again(
    operator: Operator, session: aiohttp.ClientSession
) -> None:
    """SIGHUP ends nothing, also where a new secret cannot be read; it is told in the log."""
    process = await operator.starts("serve")
    await verified(operator, session)
    broken = operator.folder / "keys" / "keys.secret.epoch-2"
    broken.write_text("holiday pictures", encoding="ascii")
    process.send_signal(signal.SIGHUP)
    assert process.stderr
    async with asyncio.timeout(10):
        while b"KeysUnusable" not in (line := await process.stderr.readline()):
            assert line
    broken.unlink()
    assert await verified(operator, session) == "1158201444"
    process.send_signal(signal.SIGTERM)
    await process.communicate()
    assert process.returncode == 0
