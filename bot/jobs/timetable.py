"""What happens because of the clock, and how often."""

from dataclasses import dataclass

from bot.breaches.clock import BreachClock
from bot.breaches.telling import BreachTeller
from bot.broadcasts.broadcaster import Broadcaster
from bot.broadcasts.previews import Previews
from bot.jobs.counting import Counting
from bot.jobs.delayed_acts import DelayedActs
from bot.jobs.gauges import Gauges
from bot.jobs.mailer import Mailer
from bot.jobs.page_probe import PageProbe
from bot.jobs.rotation import Rotation
from bot.jobs.scheduler import Scheduler
from bot.jobs.sweeper import Sweeper
from bot.jobs.teller import Teller
from bot.jobs.timers import TimerJob
from bot.jobs.witness import Witness
from bot.outbound.doubt import Doubts
from bot.policy.telling import PolicyTeller
from bot.policy.terms import Terms


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


def timetable(jobs: Jobs) -> Scheduler:
    """Return what calls each job at its times."""
    scheduler, sweeper = Scheduler(), jobs.sweeper
    scheduler.every(1, jobs.gauges.look)
    scheduler.every(1, jobs.doubts.decide)
    scheduler.every(1, jobs.timers.fire_due)
    scheduler.every(1, jobs.mailer.send_due)
    scheduler.every(0.5, jobs.broadcaster.go_on)
    scheduler.every(1, jobs.previews.count_asked)
    scheduler.every(1, jobs.teller.tell_due)
    scheduler.every(1, jobs.breach_teller.go_on)
    scheduler.every(1, jobs.terms.renew)
    scheduler.every(1, jobs.policy_teller.tell_some)
    scheduler.every(5, jobs.doubts.take_over)
    scheduler.every(5, jobs.delayed_acts.do_due)
    scheduler.every(0.5, sweeper.forget_keys)
    scheduler.every(1, sweeper.scrub)
    scheduler.every(1, sweeper.complete_erasures)
    scheduler.every(60, sweeper.scrub_everything)
    scheduler.every(60, sweeper.erase_due)
    scheduler.every(60, sweeper.delete_expired)
    scheduler.every(60, jobs.breach_clock.remind)
    scheduler.every(60, jobs.probe.resume_mended)
    scheduler.every(60, jobs.witness.sign_newest)
    scheduler.every(60, jobs.counting.count_if_old)
    scheduler.every(3600, sweeper.destroy_old_keys)
    scheduler.every(3600, sweeper.look_for_lost_keys)
    scheduler.every(5, jobs.rotation.learn)
    scheduler.every(3600, jobs.rotation.go_on)
    return scheduler
