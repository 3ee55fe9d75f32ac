"""Everything is wired here: settings and a clock go in, a running bot comes out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import aiohttp

from bot import pages
from bot.admins.desk import AdminDesk
from bot.admins.enrolling import Enrolling
from bot.admins.wiring import admin_desk
from bot.alerts.wiring import schedule_alerts
from bot.breaches.clock import BreachClock
from bot.breaches.desk import public_texts
from bot.breaches.telling import BreachTeller
from bot.broadcasts.acts import acts_of
from bot.broadcasts.previews import Previews
from bot.broadcasts.printing import Printer
from bot.broadcasts.waiting import WaitingNews
from bot.broadcasts.wiring import broadcaster_of
from bot.clock import Clock, MovableClock
from bot.credentials import Credentials, learning, subscribing_of
from bot.details.answers import DetailAnswers
from bot.details.desk import DetailDesk
from bot.details.giving import Giving
from bot.erasure_receipts import ErasureReceipts
from bot.exports.chat_files import ChatFiles
from bot.exports.handing import Handing
from bot.exports.maker import Maker
from bot.exports.proofs import Proofs
from bot.exports.returning import Returning
from bot.inbound.intake import Intake
from bot.inbound.keeping import Keeping
from bot.inbound.webhook import Door
from bot.jobs.clock_check import ClockCheck
from bot.jobs.counting import Counting
from bot.jobs.delayed_acts import DelayedActs
from bot.jobs.gauges import Gauges
from bot.jobs.mailer import Mailer
from bot.jobs.membership import Membership
from bot.jobs.page_probe import PageProbe
from bot.jobs.rotation import rotation_of
from bot.jobs.scheduler import Scheduler
from bot.jobs.sweeper import Sweeper
from bot.jobs.teller import Teller
from bot.jobs.timers import TimerJob
from bot.jobs.timetable import Jobs, timetable
from bot.jobs.witness import Witness
from bot.joining import take_place
from bot.metrics import Metrics
from bot.outbound.attachments import Attachments
from bot.outbound.broadcast_turn import gaps_of, turn_of
from bot.outbound.doubt import Doubts
from bot.outbound.forwarding import FORWARD_ORDERS
from bot.outbound.graph import open_session
from bot.outbound.lines import graphs
from bot.outbound.mail import Postman, mail_access
from bot.outbound.messenger import Messenger
from bot.outbound.notices import notices_of
from bot.outbound.outcomes import Outcomes
from bot.outbound.pacing import Pace
from bot.outbound.recipients import ways_to
from bot.outbound.sender import Sender
from bot.outbound.thread import THREAD_ORDERS
from bot.policy.publishing import Publisher
from bot.policy.telling import PolicyTeller
from bot.policy.terms import Terms
from bot.retiring.wiring import retiring_of
from bot.serving import Bot
from bot.settings import Settings
from bot.site import named_recipients, names, retention
from bot.stores import open_prover, open_store
from bot.subscriptions import Subscriptions
from bot.turns.batch import Batches
from bot.turns.dispatcher import Dispatcher
from bot.turns.handing_out import HandingOut
from bot.turns.lookups import Lookups
from storage import StorageError, Store
from storage.nodes import Node

_DAY_MS = 86_400_000


def sweeper(settings: Settings, store: Store, clock: Clock, metrics: Metrics) -> Sweeper:
    """Return what erases whom and what nothing allows us to keep."""
    deliveries_ms = settings.retention.deliveries_days * _DAY_MS
    return Sweeper(store, clock, metrics, deliveries_ms=deliveries_ms)


@asynccontextmanager
async def running(settings: Settings, clock: Clock) -> AsyncIterator[Bot]:
    """Start the bot; at the end stop it so that nothing is in doubt.

    Raises:
        StorageError: The databases or keys can't be used; its advice says what to do.
    """
    async with AsyncExitStack() as stack:
        store = open_store(settings)
        stack.push_async_callback(store.close)
        node = await take_place(store, stack, clock)
        session = await stack.enter_async_context(open_session())
        bot = await _wire(settings, clock, store, node, session)
        stack.push_async_callback(bot.stop)
        await bot.start()
        bot.metrics.started(clock.now())
        yield bot


async def _wire(
    settings: Settings, clock: Clock, store: Store, node: Node, session: aiohttp.ClientSession
) -> Bot:
    metrics = Metrics()
    inbox_bell, outbox_bell = asyncio.Event(), asyncio.Event()
    terms = Terms(store, clock, settings)
    await terms.begin()
    settings, lines = terms.settings, graphs(settings, session)
    retiring = await retiring_of(settings, store, clock, lines)
    outcomes = Outcomes(store, clock, metrics, node=node.node_id, wake_sender=outbox_bell.set)
    maker = _maker(terms, store, clock)
    returning = Returning(store, clock, settings.languages.offered, inbox_bell.set)
    sender = Sender(
        store,
        clock,
        Pace(store, clock, per_s=settings.pace.answers_per_s),
        outcomes,
        turn_of(settings, store, clock),
        bell=outbox_bell,
        node=node.node_id,
        messengers={page_id: Messenger(line) for page_id, line in lines.items()},
        orders=ChatFiles(maker, returning, _attachments(settings)).orders
        | THREAD_ORDERS
        | FORWARD_ORDERS,
    )
    keeping = Keeping(
        store,
        clock,
        metrics,
        app_id=settings.messenger.app_id,
        pages=[page.id for page in settings.pages],
        stranger_ms=retention(settings).stranger_ms,
        list_ended=retiring.list_ended,
        arrived=outcomes.arrived,
    )
    intake = Intake(keeping.keep, metrics, wake=inbox_bell.set)
    giving, counting = Giving(store, clock, terms.sites), Counting(store, clock)
    previews = Previews(acts_of(settings, store), clock, inbox_bell.set)
    admins = admin_desk(
        settings,
        giving,
        Publisher(store, clock, terms.configured),
        figures=lambda: counting.newest,
        previews=previews,
    )
    dispatcher = Dispatcher(
        Batches(store, clock, terms, _lookups(terms, giving, clock, admins), metrics),
        bell=inbox_bell,
        gives_way=lambda: intake.is_flooded,
        wake_sender=outbox_bell.set,
    )
    gauges = Gauges(store, clock, metrics, intake)
    doubts = Doubts(store, clock, metrics, node, wake_sender=outbox_bell.set)
    await doubts.take_over()
    probe = PageProbe(store, clock, lines, wake_sender=outbox_bell.set)
    prover = open_prover(settings, store)
    sweeping = sweeper(settings, store, clock, metrics)
    await sweeping.look_for_lost_keys()
    rotation = rotation_of(settings, clock, store, node)
    scheduler = timetable(
        Jobs(
            sweeper=sweeping,
            gauges=gauges,
            doubts=doubts,
            probe=probe,
            timers=TimerJob(store, clock, wake=inbox_bell.set),
            rotation=rotation,
            breach_teller=BreachTeller(settings, store, clock, wake_sender=outbox_bell.set),
            breach_clock=BreachClock(store, clock),
            delayed_acts=DelayedActs(admins, clock),
            witness=Witness(store, prover.checkpoints),
            counting=counting,
            previews=previews,
            broadcaster=broadcaster_of(settings, store, clock, lines, sender.wake_for_broadcasts),
            terms=terms,
            policy_teller=PolicyTeller(store, clock, terms),
            mailer=_mailer(settings, store, clock, metrics),
            teller=Teller(store, clock, metrics, ways_to(settings, session)),
            retiring=retiring,
            clock_check=ClockCheck(store, clock, node),
        )
    )
    _follow_moves(clock, scheduler)
    credentials = Credentials(settings, clock, lines)
    schedule_alerts(
        scheduler,
        settings,
        store,
        clock,
        subscribing_of(settings, session, lines, credentials),
        is_ended=retiring.is_ended,
    )
    door = _door(credentials, intake, metrics)
    scheduler.every(2, learn_credentials := learning(credentials, probe))
    return Bot(
        settings=settings,
        terms=terms,
        store=store,
        metrics=metrics,
        gauges=gauges,
        scheduler=scheduler,
        door=door,
        callbacks=pages.Callbacks(
            receipts=ErasureReceipts(store, clock, prover),
            app_secrets=door.app_secrets,
            deauthorized=retiring.note_disconnected,
        ),
        desks=pages.Desks(
            details=DetailDesk(giving, wake=inbox_bell.set),
            enrolling=Enrolling(
                store,
                clock,
                notices_of(settings, store),
                outbox_bell.set,
                issuer=settings.controller.name or settings.pages[0].name,
            ),
            exports=Handing(store, clock, maker),
            proofs=Proofs(store, clock, prover),
            returns=returning,
            subscriptions=Subscriptions(
                store, clock, terms.rules, settings.server.public_url, giving
            ),
            breaches=partial(public_texts, settings, store),
        ),
        intake=intake,
        dispatcher=dispatcher,
        outcomes=outcomes,
        sender=sender,
        membership=Membership(node),
        rotation=rotation,
        learn_credentials=learn_credentials,
    )


def _lookups(terms: Terms, giving: Giving, clock: Clock, admins: AdminDesk) -> Lookups:
    settings, store = terms.settings, giving.store
    url = settings.server.public_url
    return Lookups(
        store,
        lambda language: names(terms.settings, language),
        lambda number: f"{url}/deletion/{number}",
        DetailAnswers(giving, lambda token: f"{url}/detail/{token}"),
        HandingOut(store, url, settings.retention.export_hours, clock.now_ms),
        WaitingNews(store, Printer(settings, store), clock.now_ms),
        admins,
        sends_mail=settings.mail is not None,
    )


def _maker(terms: Terms, store: Store, clock: Clock) -> Maker:
    return Maker(
        store,
        clock,
        page_names={page.id: page.name for page in terms.settings.pages},
        recipients=lambda: named_recipients(terms.settings),
        facts=lambda: pages.Pages.of(terms.settings),
    )


def _mailer(settings: Settings, store: Store, clock: Clock, metrics: Metrics) -> Mailer:
    access = mail_access(settings)
    postman = Postman(access) if access else None
    return Mailer(store, clock, metrics, postman, gaps_ms=gaps_of(settings))


def _follow_moves(clock: Clock, scheduler: Scheduler) -> None:
    if isinstance(clock, MovableClock):
        clock.on_move(scheduler.run_soon)


def _attachments(settings: Settings) -> Attachments:
    return Attachments(also="" if settings.is_production else settings.messenger.graph_url)


def _door(credentials: Credentials, intake: Intake, metrics: Metrics) -> Door:
    return Door(
        app_secrets=credentials.app_secrets,
        verify_tokens=credentials.verify_tokens,
        keep=intake.keep,
        not_kept=StorageError,
        metrics=metrics,
    )
