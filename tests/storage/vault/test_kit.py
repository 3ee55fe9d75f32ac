"""A recovery kit: what is printed comes back as it was, and slips are noticed."""

import random
from collections.abc import Callable

import pytest

from storage.vault.kit import named, print_kit, read_kit
from storage.vault.secrets import Secrets

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRETS = Secrets(bytes(range(32)), {1: bytes(range(7, 39)), 12: b"\xff" * 16 + bytes(16)})


def read(text: str) -> dict[str, bytes | None]:
    """Return what was read, by name."""
    return {line.name: line.secret for line in read_kit(text)}


def test_what_is_printed_is_read() -> None:
    """Every secret is in the kit, in groups of four, and comes back whole."""
    lines = print_kit(SECRETS)
    assert [line[:12].strip() for line in lines] == ["root", "epoch 1", "epoch 12"]
    assert {len(group) for line in lines for group in line[12:].split()} == {4}
    assert read("\n".join(lines)) == named(SECRETS)


@pytest.mark.parametrize(
    "typed",
    [
        lambda line: line.lower(),
        lambda line: line.replace("0", "O").replace("1", "l"),
        lambda line: line.replace(" ", "-").replace("root-", "root "),
        lambda line: f"   {line}   ",
        lambda line: f"Recovery kit\n\n{line}\nthat is all",
    ],
)
def test_how_it_is_typed_does_not_matter(typed: Callable[[str], str]) -> None:
    """Capitals, spaces, dashes and letters that look alike are taken as they were meant."""
    assert read(typed(print_kit(SECRETS)[0])) == {"root": SECRETS.root}


def test_every_single_slip_is_noticed() -> None:
    """One letter wrong, left out, doubled or changed with the next one: never another secret."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    line = print_kit(SECRETS)[0]
    letters = "".join(line[12:].split())
    for at in range(len(letters)):
        other = chance.choice(LETTERS.replace(letters[at], ""))
        turned = letters[:at] + letters[at + 1 : at + 2] + letters[at] + letters[at + 2 :]
        for slip in (
            letters[:at] + other + letters[at + 1 :],
            letters[:at] + letters[at + 1 :],
            letters[:at] + letters[at] * 2 + letters[at + 1 :],
            turned,
        ):
            if slip != letters:
                assert read(f"root {slip}") == {"root": None}, at


def test_a_line_in_the_wrong_place_is_noticed() -> None:
    """The check digits belong to the name as well: an epoch's line is no root."""
    line = print_kit(SECRETS)[1]
    assert read(line.replace("epoch 1", "root")) == {"root": None}
    assert read(line.replace("epoch 1", "epoch 2")) == {"epoch 2": None}
