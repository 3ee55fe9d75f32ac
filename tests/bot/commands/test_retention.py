"""`retention`: what operators see of what is due, and how they have it done at once."""

from storage.db.tables import people
from tests.bot.commands.conftest import Operator
from tests.kit.deployment import deployed

#: What is kept of admins for a while.
_OF_ADMINS = "".join(
    f"  {name}: 0\n"
    for name in ("admin_invites", "admin_sign_ins", "admin_tries", "pending_acts", "admin_sessions")
)


async def test_a_dry_run_counts_and_changes_nothing(operator: Operator) -> None:
    """Each time the same counts, and never who; without it just those are erased."""
    async with deployed(operator.databases) as deployment:
        chat = deployment.person()
        await chat.says("Hello")
        await chat.hears()
        await deployment.settles()
        async with deployment.bot.store.write() as tx:
            await tx.execute(people.update().values(erase_due_at_ms=0))
        counted = await operator.runs("retention", "--dry-run")
        assert counted.code == 0
        assert counted.out == (
            "Due, and nothing was changed:\n"
            "  people, inactive: 0\n  people, withdrawn: 0\n  people, stranger: 1\n"
            "  links: 0\n  codes: 0\n  deliveries: 0\n  mails: 0\n"
            f"{_OF_ADMINS}  evidence: 0\n  frequency: 0\n"
            "  unknown_texts: 0\n  breach_notices: 0\n  alert_tellings: 0\n  alerts: 0\n"
        )
        assert chat.psid not in counted.out + counted.err
        assert await operator.runs("retention", "--dry-run") == counted
        assert await deployment.has_people(1)
        done = await operator.runs("retention")
        assert (
            done.out == "Erased:\n  people: 1\n"
            "  links: 0\n  codes: 0\n  deliveries: 0\n  mails: 0\n"
            f"{_OF_ADMINS}  evidence: 0\n  frequency: 0\n"
            "  unknown_texts: 0\n  breach_notices: 0\n  alert_tellings: 0\n  alerts: 0\n"
        )
        assert await deployment.has_people(0)
