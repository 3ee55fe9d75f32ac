"""`ledger`, `evidence`, `verify-receipt`: proofs made here, and checked anywhere."""

import json
import re
from pathlib import Path

import aiohttp
import pytest

from storage.db.ledger_tables import ledger_openings
from storage.db.tables import accesses
from tests.bot.commands.conftest import Operator
from tests.kit.deployment import Deployment, deployed


async def _agreed(deployment: Deployment) -> tuple[str, bytes]:
    """Let somebody say yes; return their Messenger id and the number of the act."""
    chat = deployment.person()
    await chat.says("news")
    await chat.hears()
    await chat.taps("Yes")
    await chat.hears()
    async with deployment.bot.store.read() as tx:
        (row,) = (await tx.execute(ledger_openings.select())).all()
    return chat.psid, row.consent_id


async def test_an_untouched_ledger_verifies(operator: Operator) -> None:
    """It says how much was compared, and prints the key that proofs are checked with."""
    async with deployed(operator.databases) as deployment:
        await _agreed(deployment)
        ended = await operator.runs("ledger", "verify")
    assert (ended.code, ended.err) == (0, "")
    assert "1 lines, " in ended.out
    assert "1 consents compared" in ended.out
    assert re.search(
        r"^key +127\.0\.0\.1:\d+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$", ended.out, re.MULTILINE
    )


async def test_a_changed_past_is_told(operator: Operator) -> None:
    """A changed record ends the check with a fault that names a line and nobody."""
    async with deployed(operator.databases) as deployment:
        psid, _ = await _agreed(deployment)
        async with deployment.bot.store.write() as tx:
            await tx.exec_driver_sql("UPDATE consents SET act = 'refused'")
        ended = await operator.runs("ledger", "verify")
    assert ended.code == 1
    assert "FAULT   a consent is not what line 0 commits to" in ended.err
    assert psid not in ended.out + ended.err


async def test_checkpoints_are_signed_while_it_runs(operator: Operator) -> None:
    """Without anybody asking, what the ledger says reaches the file that can leave the host."""
    async with deployed(operator.databases) as deployment:
        await _agreed(deployment)
        file = deployment.settings.storage.checkpoint_file
        deployment.clock.move(60)

        async def is_signed() -> bool:
            return file.exists()

        await deployment.until(is_signed)
        assert file.read_text("utf-8").startswith(f"127.0.0.1:{deployment.bot.port}\n1\n")


async def test_evidence_verifies_where_nothing_else_is(
    operator: Operator, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The proof of a consent holds in a folder without configuration, and the person sees it."""
    file = operator.folder / "proof.json"
    async with deployed(operator.databases) as deployment:
        psid, consent_id = await _agreed(deployment)
        wrote = await operator.runs("evidence", consent_id.hex(), str(file))
        assert wrote.code == 0
        key = (await operator.runs("ledger", "verify")).out.split()[1]
        async with deployment.bot.store.read() as tx:
            (look,) = (await tx.execute(accesses.select())).all()
    assert (look.role, look.act) == ("operator", "evidence")
    assert file.stat().st_mode & 0o777 == 0o600
    assert psid not in file.read_text("utf-8")
    alone = tmp_path_factory.mktemp("alone") / "handed-out.json"
    alone.write_bytes(file.read_bytes())
    elsewhere = Operator(alone.parent, {})
    for more in ([], ["--key", key]):
        ended = await elsewhere.runs_cut_off("verify-receipt", alone.name, *more)
        assert ended.code == 0, ended.err
        assert "VALID" in ended.out
        assert "Club news" in ended.out
        assert ("Compare it" in ended.out) is not more


async def test_being_cut_off_is_real(operator: Operator) -> None:
    """The control: what needs a database, or the network, fails where there is neither."""
    assert (await operator.runs("db", "upgrade")).code == 0
    for command in (["ledger", "verify"], ["check"]):
        named = ("--config", "config.toml", *command)
        assert (await operator.runs_alone(*named)).code == 0
        assert (await operator.runs_cut_off(*named)).code != 0


async def test_a_receipt_that_somebody_kept_is_continued(operator: Operator) -> None:
    """The ledger is compared with it, in the words of the check; another one's is refused."""
    file = operator.folder / "proof.json"
    async with deployed(operator.databases) as deployment:
        _, consent_id = await _agreed(deployment)
        assert (await operator.runs("evidence", consent_id.hex(), str(file))).code == 0
        fits = await operator.runs("ledger", "verify", "--receipt", str(file))
        for path in (operator.folder / "keys").glob("checkpoints*"):
            path.unlink()
        async with deployment.bot.store.main.write() as tx:
            await tx.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for table in ("entries", "heads"):
                await tx.exec_driver_sql(f"DROP TRIGGER ledger_{table}_delete")
            for table in ("openings", "heads", "entries"):
                await tx.exec_driver_sql(f"DELETE FROM ledger_{table}")  # noqa: S608 - ours
        alone = await operator.runs("ledger", "verify")
        broken = await operator.runs("ledger", "verify", "--receipt", str(file))
    assert (fits.code, fits.err) == (0, "")
    assert "1 lines, 2 checkpoints" in fits.out
    assert alone.code == 0  # by itself it fits
    assert broken.code == 1
    assert "FAULT   the checkpoint at size 1 is of a larger ledger" in broken.err
    _write_another_number(file)
    refused = await operator.runs("ledger", "verify", "--receipt", str(file))
    assert refused.code == 1
    assert "REFUSED: " in refused.err


async def test_evidence_of_nothing_writes_nothing(operator: Operator) -> None:
    """An unknown number, a number that is none, a file that is there: nothing is written."""
    file = operator.folder / "proof.json"
    async with deployed(operator.databases):
        assert (await operator.runs("evidence", "00" * 16, str(file))).code == 1
        assert (await operator.runs("evidence", "not-hexadecimal", str(file))).code == 2
    assert not file.exists()
    file.write_text("mine")
    assert (await operator.runs("evidence", "00" * 16, str(file))).code == 2
    assert file.read_text() == "mine"


async def _erased(deployment: Deployment) -> tuple[str, str]:
    """Let somebody have everything erased; return their receipt's number and Messenger id."""
    chat = deployment.person()
    for said in ("hello", "delete me", "DELETE"):
        await chat.says(said)
        heard = await chat.hears()
    await deployment.until(lambda: deployment.has_people(0))
    return re.findall(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", heard.text)[0], chat.psid


async def test_proof_that_stays_is_handed_out_after_the_erasure(operator: Operator) -> None:
    """Where it is configured: the chat says so before the word, and the proof holds afterwards."""
    file = operator.folder / "proof.json"
    operator.writes_config(retention={"consent_evidence_days": 90})
    async with deployed(operator.databases, retention=operator.raw["retention"]) as deployment:
        psid, consent_id = await _agreed(deployment)
        chat = deployment.chat(psid)
        await chat.hears()
        await chat.hears()
        await chat.says("delete me")
        await chat.hears("Proof of what you said yes and no to also stays, until")
        await chat.says("DELETE")
        await chat.hears()
        await deployment.until(lambda: deployment.has_people(0))
        assert (await operator.runs("evidence", consent_id.hex(), str(file))).code == 0
        async with deployment.bot.store.read() as tx:
            assert (await tx.execute(accesses.select())).all() == []
    ended = await operator.runs("verify-receipt", str(file))
    assert ended.code == 0
    assert "'granted'" in ended.out
    assert psid not in ended.out + file.read_text("utf-8")


async def test_a_receipt_is_proven_on_its_page(
    operator: Operator, session: aiohttp.ClientSession
) -> None:
    """The link on the page of an erasure leads to a file that holds offline; no other number."""
    file = operator.folder / "erasure-receipt.json"
    async with deployed(operator.databases) as deployment:
        number, psid = await _erased(deployment)
        url = f"http://127.0.0.1:{deployment.bot.port}/deletion/{number}"
        async with session.get(url) as page:
            assert 'href="?proof"' in await page.text()
        async with session.get(f"{url}?proof") as answer:
            assert answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["Cache-Control"] == "no-store"
            file.write_bytes(await answer.read())
        async with session.get(f"{url[:-4]}AAAA?proof") as unknown:
            assert unknown.status == 404
    ended = await operator.runs("verify-receipt", str(file))
    assert ended.code == 0
    assert "erasure-ordered" in ended.out
    assert "erasure-completed" in ended.out
    assert number.replace("-", "") in ended.out
    assert psid not in file.read_text("utf-8")
    _write_another_number(file)
    ended = await operator.runs("verify-receipt", str(file))
    assert (ended.code, ended.out) == (1, "")
    assert "REFUSED: the number is not that of the receipt." in ended.err


def _write_another_number(file: Path) -> None:
    touched = json.loads(file.read_text("utf-8")) | {"number": "AAAABBBBCCCC"}
    file.write_text(json.dumps(touched), encoding="utf-8")


async def test_what_cannot_be_checked_is_told(operator: Operator) -> None:
    """A missing file and a key that is none are wrong use, not a failed check."""
    missing = await operator.runs("verify-receipt", str(operator.folder / "nothing"))
    assert missing.code == 2
    file = operator.folder / "config.toml"
    assert (await operator.runs("verify-receipt", str(file), "--key", "none")).code == 2
    assert (await operator.runs("verify-receipt", str(file))).code == 1
