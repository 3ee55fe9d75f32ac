"""What can be logged, and how urgent it is."""

import logging
from enum import StrEnum
from typing import Final


class Action(StrEnum):
    """Everything that can be logged. Names are stable: alarms are built on them."""

    SERVER_STARTED = "server.started"
    SERVER_STOPPED = "server.stopped"
    SERVER_CRASHED = "server.crashed"
    SETTINGS_REFUSED = "settings.refused"
    EVENT_SET_ASIDE = "event.set_aside"
    EVENT_PARKED = "event.parked"
    BATCH_SPLIT = "batch.split"
    CALL_BROKEN = "call.broken"
    DATABASE_FAILED = "database.failed"
    MESSAGE_REFUSED = "message.refused"
    MESSAGE_IN_DOUBT = "message.in_doubt"
    MESSAGE_REPEATED = "message.repeated"
    MAIL_PUT_OFF = "mail.put_off"
    MAIL_REFUSED = "mail.refused"
    PAGE_PAUSED = "page.paused"
    PAGE_RESUMED = "page.resumed"
    PAGE_RETIRING = "page.retiring"
    PAGE_RETIRED = "page.retired"
    PERSON_SWEPT = "person.swept"
    PERSON_ERASED = "person.erased"
    RECIPIENT_NOT_TOLD = "recipient.not_told"
    RECIPIENT_GIVEN_UP = "recipient.given_up"
    RECIPIENT_BY_HAND = "recipient.by_hand"
    ROWS_EXPIRED = "rows.expired"
    KEYS_LOST = "keys.lost"
    KEYS_ROTATED = "keys.rotated"
    KEYS_WAITING = "keys.waiting"
    KEYS_DESTROYED = "keys.destroyed"
    NODE_LOST = "node.lost"
    CLOCK_WRONG = "clock.wrong"
    SCHEMA_UPGRADED = "schema.upgraded"
    BROADCAST_STARTED = "broadcast.started"
    BROADCAST_STOPPED = "broadcast.stopped"
    BROADCAST_OVER = "broadcast.over"
    APP_DEAUTHORIZED = "app.deauthorized"
    SUBSCRIPTION_MENDED = "subscription.mended"
    PROFILE_PUSHED = "profile.pushed"
    OWNERS_GONE = "owners.gone"
    SECRET_LEARNED = "secret.learned"  # noqa: S105 - no secret
    SECRET_UNREADABLE = "secret.unreadable"  # noqa: S105 - no secret
    NOTICE_PUBLISHED = "notice.published"
    NOTICE_STALE = "notice.stale"
    LIBRARY_LOGGED = "library.logged"


#: What is not named here is told for information.
LEVELS: Final = {
    Action.SERVER_CRASHED: logging.CRITICAL,
    Action.SETTINGS_REFUSED: logging.ERROR,
    Action.CALL_BROKEN: logging.ERROR,
    Action.DATABASE_FAILED: logging.ERROR,
    Action.EVENT_PARKED: logging.ERROR,
    Action.KEYS_LOST: logging.CRITICAL,
    Action.OWNERS_GONE: logging.CRITICAL,
    Action.PAGE_PAUSED: logging.ERROR,
    Action.PAGE_RETIRING: logging.WARNING,
    Action.KEYS_WAITING: logging.WARNING,
    Action.BATCH_SPLIT: logging.WARNING,
    Action.EVENT_SET_ASIDE: logging.WARNING,
    Action.MESSAGE_IN_DOUBT: logging.WARNING,
    Action.MESSAGE_REPEATED: logging.WARNING,
    Action.MAIL_PUT_OFF: logging.WARNING,
    Action.RECIPIENT_NOT_TOLD: logging.WARNING,
    Action.RECIPIENT_GIVEN_UP: logging.ERROR,
    Action.RECIPIENT_BY_HAND: logging.WARNING,
    Action.NODE_LOST: logging.WARNING,
    Action.SUBSCRIPTION_MENDED: logging.WARNING,
    Action.CLOCK_WRONG: logging.ERROR,
    Action.BROADCAST_STOPPED: logging.ERROR,
    Action.SECRET_UNREADABLE: logging.ERROR,
    Action.NOTICE_STALE: logging.WARNING,
    Action.LIBRARY_LOGGED: logging.WARNING,
}
