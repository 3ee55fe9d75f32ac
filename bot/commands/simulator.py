"""`simulator`: a Messenger of its own, to rehearse with the real commands."""

from typing import Final

import typer

from bot.commands.demo import tell_taken
from bot.commands.process import end_on_signal, protect, run

_TOLD: Final = """\
Open {url} in your browser: that is Messenger here.
`chatmagico connect` asks for what an app at Meta would show:
  app id      {app_id}
  app secret  {app_secret}
  token       {token}
Where you run the other commands, name this Messenger first:
  export CHATMAGICO_MESSENGER__GRAPH_URL={graph_url}
Nothing of it is kept: after Ctrl-C, begin anew in another empty folder."""


def simulator() -> None:
    """Run a Messenger with an app that nothing is connected to.

    Against it `init`, `connect` and `serve` can be rehearsed: no app at Meta, no Page, no review.
    """
    protect()
    run(_simulator())


async def _simulator() -> None:
    from pathlib import Path

    from bot.clock import SystemClock
    from bot.demo import PORTS, free_ports, simulated
    from bot.sample import Ports, make_sample

    wished = end_on_signal()
    # The bot's own ports stay free for it.
    ports = Ports(bot=PORTS.bot, page=free_ports(PORTS).page, metrics=PORTS.metrics)
    sample = make_sample(Path(), ports)
    messenger = simulated(sample, SystemClock())
    messenger.forget_subscriptions()
    await messenger.start()
    try:
        tell_taken(PORTS, ports)
        typer.echo(
            _TOLD.format(
                url=messenger.url,
                graph_url=messenger.graph_url,
                app_id=sample.app_id,
                app_secret=sample.app_secret,
                token=messenger.log_in(),
            )
        )
        await wished.wait()
    finally:
        await messenger.stop()
