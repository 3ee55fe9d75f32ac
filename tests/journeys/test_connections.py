"""The process connects to what is configured, and to nothing else."""

import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.kit.deployment import Databases, deployed
from tests.kit.giving import purposes
from tests.kit.mail_server import MailServer
from tests.kit.recipient import RecipientServer

_MAIL = "grace@example.org"
#: A hook can't be taken away again, so it is there once and does nothing outside of the test.
_seen: list[set[tuple[str, int]]] = []
_names: list[set[str]] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and _seen and isinstance(arguments[1], tuple):
        host, port = arguments[1][:2]
        _seen[0].add((str(host), int(port)))
    if event == "socket.getaddrinfo" and _names:
        _names[0].add(str(arguments[0]))


@pytest.fixture
def watched() -> Iterator[tuple[set[tuple[str, int]], set[str]]]:
    """Every address that is connected to, and every name that is looked up, from now on."""
    sys.addaudithook(_watch)
    _seen.append(set())
    _names.append(set())
    yield _seen[0], _names[0]
    _seen.clear()
    _names.clear()


async def test_nothing_is_connected_to_but_what_is_configured(
    databases: Databases, watched: tuple[set[tuple[str, int]], set[str]]
) -> None:
    """Somebody agrees, gets a mail and is erased: Messenger, mail server, recipient, no more."""
    addresses, names = watched
    async with (
        MailServer() as mail,
        RecipientServer() as recipient,
        deployed(
            databases,
            purposes=purposes("email"),
            mail=mail.settings(),
            recipients=[recipient.table()],
        ) as deployment,
    ):
        chat = deployment.person()
        await chat.says("news")
        await chat.hears()
        await chat.taps("Yes")
        await chat.hears()
        await deployment.verifies_email(chat.psid, _MAIL)
        await chat.says("complain")
        await deployment.settles()
        await chat.says("delete me")
        await deployment.settles()
        await chat.says("DELETE")
        await deployment.until(lambda: recipient.was_told(1))
        graph = urlsplit(deployment.settings.messenger.graph_url)
        ports = {graph.port, recipient.port, deployment.bot.port}
        assert {host for host, _ in addresses} == {"127.0.0.1"}
        assert ports <= {port for _, port in addresses} <= {*ports, mail.port}
        assert names <= {"127.0.0.1"}
