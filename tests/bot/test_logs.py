"""Log lines carry listed fields and nothing that names a person."""

import asyncio
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.errors import UnlistedField
from bot.logs import FIELDS, MAX_CHARS, Action, action, configure

CANARY = "canary-7KQ2M4-canary"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Give logging back as it was found."""
    root = logging.getLogger()
    handlers, level, hook, raises = root.handlers[:], root.level, sys.excepthook, True
    hooks = threading.excepthook, sys.unraisablehook
    yield
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:], sys.excepthook, logging.raiseExceptions = handlers, hook, raises
    threading.excepthook, sys.unraisablehook = hooks
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was logged so far, line by line."""
    out, err = capsys.readouterr()
    assert out == ""
    return [json.loads(line) for line in err.splitlines()]


def test_a_line_is_json_with_action_level_and_time(capsys: pytest.CaptureFixture[str]) -> None:
    """Each line says when, how grave and what, then the fields; None is left out."""
    configure("INFO")
    action(Action.PAGE_PAUSED, page_id="11", code=190, reason=None)
    (line,) = lines(capsys)
    assert line.pop("at").endswith("+00:00")
    assert line == {"action": "page.paused", "level": "error", "page_id": "11", "code": 190}


def test_quiet_actions_need_a_lower_level(capsys: pytest.CaptureFixture[str]) -> None:
    """What needs nobody's attention is left out where only warnings are wanted."""
    configure("WARNING")
    action(Action.PERSON_SWEPT, count=1)
    assert lines(capsys) == []
    configure("INFO")
    action(Action.PERSON_SWEPT, count=1)
    assert lines(capsys)[0]["level"] == "info"


@pytest.mark.parametrize(
    "fields",
    [
        {"text": CANARY},
        {"psid": CANARY},
        {"reason": CANARY * MAX_CHARS},
        {"reason": [CANARY]},
        {"reason": {"text": CANARY}},
        {"reason": CANARY.encode()},
        {"reason": ValueError(CANARY)},
    ],
)
def test_what_is_not_listed_does_not_get_out(
    capsys: pytest.CaptureFixture[str], fields: dict[str, Any]
) -> None:
    """An unlisted field, a long text or any other value raises, or is dropped and counted."""
    dropped: list[None] = []
    configure(is_strict=True)
    with pytest.raises(UnlistedField) as refused:
        action(Action.SERVER_STARTED, **fields)
    configure(on_dropped=lambda: dropped.append(None))
    action(Action.SERVER_STARTED, port=1, **fields)
    (line,) = lines(capsys)
    assert line["port"] == 1
    assert len(dropped) == 1
    assert CANARY not in f"{line}{refused.value}"


def test_before_it_is_configured_it_is_strict(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing unlisted gets out of a test that never configured logging."""
    structlog.reset_defaults()
    with pytest.raises(UnlistedField):
        action(Action.SERVER_STARTED, text=CANARY)
    assert lines(capsys) == []


def test_one_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Control, direction and line-end characters of any kind are encoded."""
    configure()
    action(Action.MESSAGE_REFUSED, fbtrace_id="a\nb\r\x1b[31m\x7f\x85\u2028\u202e")
    _, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert all(" " <= character <= "~" for character in err.rstrip("\n"))
    assert json.loads(err)["fbtrace_id"] == "a\nb\r\x1b[31m\x7f\x85\u2028\u202e"


def test_libraries_do_not_speak_in_their_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    """A library's record shows logger, gravity, place and class of error, never its message."""
    configure()
    logger = logging.getLogger("aiohttp.server")
    logger.info("quiet %s", CANARY)
    logger.warning("loud %s", CANARY, extra={"psid": CANARY})
    logger.error("broken %d", CANARY)
    try:
        int(CANARY)
    except ValueError:
        logger.exception("failed %s", CANARY, stack_info=True)
    logged = lines(capsys)
    assert [line["kind"] for line in logged] == ["warning", "error", "error"]
    assert {line["library"] for line in logged} == {"aiohttp.server"}
    assert logged[2]["error_class"] == "ValueError"
    assert logged[2]["origin"].startswith("test_logs.py:")
    assert CANARY not in str(logged)


async def test_a_lost_task_does_not_tell_its_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What asyncio reports about a forgotten error passes the same bridge."""
    configure()
    asyncio.get_running_loop().call_exception_handler(
        {"message": CANARY, "exception": ValueError(CANARY)}
    )
    (line,) = lines(capsys)
    assert line["library"] == "asyncio"
    assert line["error_class"] == "ValueError"
    assert CANARY not in str(line)


def test_a_warning_does_not_quote(capsys: pytest.CaptureFixture[str]) -> None:
    """A warning becomes a library's line."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure()
        warnings.warn(CANARY, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert CANARY not in str(lines(capsys))


def test_what_a_library_repeats_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """A line comes again after ten seconds at the earliest, with its number; others do not wait."""
    now_s = 0.0
    configure(monotonic_s=lambda: now_s)
    logger = logging.getLogger("aiohttp.server")

    def say() -> None:
        for _ in range(50):
            logger.warning("a malformed request of %s", CANARY)

    say()
    logger.warning("another")
    now_s = 9.9
    say()
    assert [line.get("count") for line in lines(capsys)] == [None, None]
    now_s = 10.0
    say()
    assert [line["count"] for line in lines(capsys)] == [100]
    now_s = 30.0
    say()
    assert [line["count"] for line in lines(capsys)] == [50]


def test_errors_that_nobody_can_catch_are_not_told() -> None:
    """A thread's error, and one while an object is tidied up, show class and place only."""
    code = f"""
import threading
from bot.logs import configure
configure()
def fail(): raise ValueError("{CANARY}")
class Fails:
    def __del__(self): fail()
thread = threading.Thread(target=fail, name="{CANARY}")
thread.start()
thread.join()
Fails()
"""
    ended = subprocess.run(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    logged = [json.loads(line) for line in ended.stderr.splitlines()]
    assert [(line["kind"], line["error_class"], line["origin"]) for line in logged] == [
        ("thread", "ValueError", "<string>:5"),
        ("unraisable", "ValueError", "<string>:5"),
    ]
    assert CANARY not in ended.stderr


def test_a_crash_does_not_tell_its_error() -> None:
    """An error that ends the process shows its class and place only."""
    code = f"from bot.logs import configure; configure(); raise ValueError('{CANARY}')"
    ended = subprocess.run(  # noqa: S603 - our own interpreter and our own text
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert CANARY not in ended.stdout + ended.stderr
    line = json.loads(ended.stderr)
    assert (line["action"], line["error_class"]) == ("server.crashed", "ValueError")


def test_action_names_are_stable_words() -> None:
    """Each action is named noun.past_verb, and no field could be taken for a person's."""
    assert all(name.count(".") == 1 and name == name.lower() for name in Action)
    assert not FIELDS & {"psid", "person_id", "text", "name", "mid", "token", "email", "ip", "url"}
