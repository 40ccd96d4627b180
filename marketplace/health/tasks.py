from typing import Any

from celery import shared_task
from celery.signals import beat_init, worker_ready

from marketplace.health import pulse, stalled

PULSE_SECONDS = 10


@shared_task(ignore_result=True, expires=60)
def beat_arrived() -> None:
    """Asked for by the beat, done by the worker: proves that what is scheduled gets done."""
    pulse.give(pulse.BEAT)


@beat_init.connect
def _tell_at_once(**kwargs: object) -> None:
    """Do not leave an operator in doubt for the first period."""
    beat_arrived.delay()


@worker_ready.connect
def _keep_pulse(sender: Any, **kwargs: object) -> None:
    """Let the worker's own timer tell, so that a busy worker is not taken for a dead one."""
    pulse.give(pulse.WORKER)
    sender.timer.call_repeatedly(PULSE_SECONDS, pulse.give, (pulse.WORKER,))
    stalled.watch(sender.app)
