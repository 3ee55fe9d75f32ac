"""Log lines: JSON on stderr, one action each, and nothing that names a person.

A line is made of fields that are listed here and nowhere else. Whatever is not listed does not
leave the process: it raises where `configure` was told to be strict (tests, development) and is
dropped and counted elsewhere. Libraries may say that something happened, not in their own words.
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import PurePath
from types import TracebackType
from typing import Any, Final

import structlog

from bot.errors import UnlistedField
from bot.log_actions import LEVELS, Action

__all__ = [
    "FIELDS",
    "MAX_CHARS",
    "REPEAT_AFTER_S",
    "Action",
    "Field",
    "action",
    "configure",
    "origin_of",
]

#: The fields a line may have besides its action, level and time. None of them may name a person.
FIELDS: Final = frozenset(
    {
        "batch",
        "code",
        "count",
        "duration_ms",
        "epoch",
        "error_class",
        "fbtrace_id",
        "flow",
        "kind",
        "lane",
        "language",
        "library",
        "node",
        "number",
        "origin",
        "outcome",
        "page_id",
        "place",
        "port",
        "reason",
        "status",
        "subcode",
        "url_host",
        "version",
    }
)
#: The longest text a field may have: a name or a code fits, a sentence of a person does not.
MAX_CHARS: Final = 64

#: A library's line is not repeated sooner; the next one tells how often it was said.
REPEAT_AFTER_S: Final = 10.0


Field = str | int | float | bool | None


def action(name: Action, **fields: Field) -> None:
    """Log that something happened.

    Args:
        name: What happened; also decides the level.
        fields: Some of FIELDS; None is left out.

    Raises:
        UnlistedField: A field may not be logged, and `configure` asked for strictness.
    """
    if not structlog.is_configured():
        configure("INFO", is_strict=True)
    structlog.get_logger().log(LEVELS.get(name, logging.INFO), name.value, **fields)


def origin_of(error: BaseException) -> str | None:
    """Return the file and line where an error began, such as "sender.py:120"; never its text."""
    trace = error.__traceback__
    if trace is None:
        return None
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"[:MAX_CHARS]


def configure(
    level: str = "INFO",
    *,
    is_strict: bool = False,
    on_dropped: Callable[[], None] = lambda: None,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> None:
    """Send every line of this process to stderr, and silence the libraries' own words.

    Args:
        level: "DEBUG", "INFO", "WARNING" or "ERROR".
        is_strict: Raise on a field that is not listed, instead of dropping it.
        on_dropped: Called once for each field that was dropped.
        monotonic_s: The clock by which a library's lines are thinned out, in seconds.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            _Listed(is_strict=is_strict, on_dropped=on_dropped),
            _add_time,
            structlog.processors.JSONRenderer(serializer=_render),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Stderr(),
        cache_logger_on_first_use=False,
    )
    _bridge_libraries(monotonic_s)


class _Stderr:
    """The end of the pipe; looks stderr up for each line, because it may be replaced."""

    def msg(self, line: str) -> None:
        sys.stderr.write(line + "\n")

    debug = info = warning = error = critical = msg


class _Listed:
    """The step that lets listed fields pass and no others."""

    def __init__(self, *, is_strict: bool, on_dropped: Callable[[], None]) -> None:
        self._is_strict = is_strict
        self._on_dropped = on_dropped

    def __call__(
        self, _logger: Any, _method: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        passed = {"action": line.pop("event"), "level": line.pop("level")}
        for name, value in line.items():
            if value is None:
                continue
            if name in FIELDS and _is_short(value):
                passed[name] = value
            else:
                self._refuse(name)
        return passed

    def _refuse(self, name: str) -> None:
        if self._is_strict:
            raise UnlistedField(field=name)
        self._on_dropped()


def _is_short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_CHARS
    return isinstance(value, int | float)


def _add_time(
    _logger: Any, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **line}


def _render(line: Any, **_options: Any) -> str:
    """Write ASCII only: no control or direction character reaches a terminal."""
    return json.dumps(line, separators=(",", ":"), default=str).replace("\x7f", "\\u007f")


class _Thinned:
    """Counts what is said again and again, and lets it through once in a while."""

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        self._monotonic_s = monotonic_s
        self._next_at_s: dict[tuple[Field, ...], float] = {}
        self._counts: dict[tuple[Field, ...], int] = {}

    def count(self, *said: Field) -> int:
        """Return how often this was said since it got through; 0 where it has to wait."""
        now_s, count = self._monotonic_s(), self._counts.pop(said, 0) + 1
        if now_s < self._next_at_s.get(said, now_s):
            self._counts[said] = count
            return 0
        self._next_at_s[said] = now_s + REPEAT_AFTER_S
        return count


class _LibraryBridge(logging.Handler):
    """Passes on that a library logged, where and which class of error, never what it said.

    Strangers can make a library log as often as they like, so no line is repeated before its time.
    """

    def __init__(self, monotonic_s: Callable[[], float]) -> None:
        super().__init__()
        self._thinned = _Thinned(monotonic_s)

    def emit(self, record: logging.LogRecord) -> None:
        """Log one record without its message and without its arguments."""
        error = record.exc_info[1] if record.exc_info else None
        place = f"{PurePath(record.pathname).name}:{record.lineno}"[:MAX_CHARS]
        library, kind = record.name[:MAX_CHARS], record.levelname.lower()[:MAX_CHARS]
        error_class = type(error).__name__[:MAX_CHARS] if error else None
        origin = (origin_of(error) if error else None) or place
        count = self._thinned.count(library, kind, error_class, origin)
        if count:
            action(
                Action.LIBRARY_LOGGED,
                library=library,
                kind=kind,
                error_class=error_class,
                origin=origin,
                count=count if count > 1 else None,
            )


def _bridge_libraries(monotonic_s: Callable[[], float]) -> None:
    logging.raiseExceptions = False  # else a broken record is printed with its arguments
    logging.captureWarnings(capture=True)  # a warning's text may quote a value
    bridge = _LibraryBridge(monotonic_s)
    logging.basicConfig(level=logging.WARNING, handlers=[bridge], force=True)
    sys.excepthook = _log_crash
    threading.excepthook = lambda lost: _log_lost("thread", lost.exc_type, lost.exc_value)
    sys.unraisablehook = lambda lost: _log_lost("unraisable", lost.exc_type, lost.exc_value)


def _log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Log an error that ends the process, without its text."""
    del trace
    if issubclass(kind, Exception):  # Ctrl-C is a wish, not a crash
        name = kind.__name__[:MAX_CHARS]
        action(Action.SERVER_CRASHED, error_class=name, origin=origin_of(error))


def _log_lost(where: str, error_class: type[BaseException], error: BaseException | None) -> None:
    """Log an error that nobody can catch, without its text: in a thread, or while tidying up."""
    action(
        Action.LIBRARY_LOGGED,
        kind=where,
        error_class=error_class.__name__[:MAX_CHARS],
        origin=origin_of(error) if error else None,
    )
