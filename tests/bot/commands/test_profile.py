"""`profile push`: what each Page shows around the chat."""

from bot.simulator import Simulator
from tests.bot.commands.conftest import Operator
from tests.kit.deployment import PAGE, PAGES

EVERYTHING = {"get_started", "greeting", "ice_breakers", "persistent_menu", "commands"}


async def test_pushes_every_language_to_every_page(
    operator: Operator, simulator: Simulator
) -> None:
    """Each Page gets every property, in every offered language, with two calls."""
    ended = await operator.runs("profile", "push")
    assert (ended.code, ended.err) == (0, "")
    assert "2 of 10 calls used" in ended.out
    for page in PAGES:
        assert set(simulator.pages[page.id].profile.everything()) == EVERYTHING
    greetings = simulator.pages[PAGE].profile.everything()["greeting"]
    locales = {greeting["locale"] for greeting in greetings}
    assert {"default", "en_GB", "de_DE", "fr_FR", "es_LA", "it_IT", "pl_PL"} <= locales


async def test_second_push_writes_nothing(operator: Operator, simulator: Simulator) -> None:
    """What is there already is not written again, however Messenger orders and adorns it."""
    await operator.runs("profile", "push")
    kept = simulator.pages[PAGE].profile
    menu = [{**item, "extra": True} for item in kept.everything()["persistent_menu"]]
    kept.set({"persistent_menu": menu[::-1]})
    ended = await operator.runs("profile", "push")
    assert ended.code == 0
    assert ended.out.count("nothing to change (1 of 10 calls used)") == len(PAGES)
    assert kept.everything()["persistent_menu"] == menu[::-1]


async def test_only_what_differs_is_written(operator: Operator, simulator: Simulator) -> None:
    """One property that was changed by hand is set right, and named."""
    await operator.runs("profile", "push")
    simulator.pages[PAGE].profile.set({"greeting": [{"locale": "default", "text": "Hi!"}]})
    ended = await operator.runs("profile", "push")
    assert f"{PAGES[0].name}: changed greeting (" in ended.out
    assert f"{PAGES[1].name}: nothing to change" in ended.out


async def test_dry_run(operator: Operator, simulator: Simulator) -> None:
    """--dry-run shows the difference and changes nothing."""
    simulator.pages[PAGE].profile.set({"greeting": [{"locale": "default", "text": "Hi!"}]})
    ended = await operator.runs("profile", "push", "--dry-run")
    assert ended.code == 0
    assert '-    "text": "Hi!"' in ended.out
    assert set(simulator.pages[PAGE].profile.everything()) == {"greeting"}


async def test_one_page_in_trouble(operator: Operator, simulator: Simulator) -> None:
    """A Page whose token is dead is told; the others are pushed all the same."""
    simulator.revoke_token(PAGE)
    ended = await operator.runs("profile", "push")
    assert ended.code == 1
    assert f"{PAGES[0].name}: not pushed" in ended.err
    assert set(simulator.pages[PAGES[1].id].profile.everything()) == EVERYTHING


async def test_dry_run_without_messenger(operator: Operator) -> None:
    """Where nobody answers, a dry run says that nothing was compared."""
    nobody = operator.raw["messenger"] | {"graph_url": "http://127.0.0.1:1"}
    operator.writes_config(messenger=nobody)
    ended = await operator.runs("profile", "push", "--dry-run")
    assert ended.code == 1
    assert f"{PAGES[0].name}: not compared." in ended.err
    assert "pushed" not in ended.err
