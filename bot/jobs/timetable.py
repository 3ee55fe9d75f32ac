"""What happens because of the clock, and how often."""

from dataclasses import dataclass

from bot.breaches.clock import BreachClock
from bot.breaches.telling import BreachTeller
from bot.broadcasts.broadcaster import Broadcaster
from bot.broadcasts.previews import Previews
from bot.jobs.clock_check import ClockCheck
from bot.jobs.counting import Counting
from bot.jobs.delayed_acts import DelayedActs
from bot.jobs.gauges import Gauges
from bot.jobs.mailer import Mailer
from bot.jobs.page_probe import PageProbe
from bot.jobs.rotation import Rotation
from bot.jobs.scheduler import Job, Scheduler
from bot.jobs.sweeper import Sweeper
from bot.jobs.teller import Teller
from bot.jobs.timers import TimerJob
from bot.jobs.witness import Witness
from bot.outbound.doubt import Doubts
from bot.policy.telling import PolicyTeller
from bot.policy.terms import Terms
from bot.retiring.retiring import Retiring


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """Everything that the clock calls."""

    sweeper: Sweeper
    gauges: Gauges
    doubts: Doubts
    probe: PageProbe
    timers: TimerJob
    rotation: Rotation
    delayed_acts: DelayedActs
    breach_teller: BreachTeller
    breach_clock: BreachClock
    witness: Witness
    counting: Counting
    previews: Previews
    mailer: Mailer
    broadcaster: Broadcaster
    teller: Teller
    terms: Terms
    policy_teller: PolicyTeller
    retiring: Retiring
    clock_check: ClockCheck


def timetable(jobs: Jobs) -> Scheduler:
    """Return what calls each job at its times, in seconds."""
    scheduler, sweeper = Scheduler(), jobs.sweeper
    times: dict[float, tuple[Job, ...]] = {
        0.5: (
            jobs.broadcaster.go_on,
            sweeper.forget_keys,
        ),
        1: (
            jobs.gauges.look,
            jobs.doubts.decide,
            jobs.timers.fire_due,
            jobs.mailer.send_due,
            jobs.previews.count_asked,
            jobs.teller.tell_due,
            jobs.breach_teller.go_on,
            jobs.terms.renew,
            jobs.policy_teller.tell_some,
            jobs.retiring.go_on,
            sweeper.scrub,
            sweeper.complete_erasures,
        ),
        5: (
            jobs.doubts.take_over,
            jobs.delayed_acts.do_due,
            jobs.rotation.learn,
        ),
        60: (
            sweeper.scrub_everything,
            sweeper.erase_due,
            sweeper.delete_expired,
            jobs.breach_clock.remind,
            jobs.probe.resume_mended,
            jobs.witness.sign_newest,
            jobs.counting.count_if_old,
        ),
        600: (jobs.retiring.look,),
        3600: (
            sweeper.destroy_old_keys,
            sweeper.look_for_lost_keys,
            jobs.rotation.go_on,
            jobs.clock_check.look,
        ),
    }
    for seconds, due in times.items():
        for job in due:
            scheduler.every(seconds, job)
    return scheduler
