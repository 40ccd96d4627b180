"""`python -m marketplace.run.stop [--erase]`: close the market from elsewhere; with --erase delete its data."""

import argparse
import json
import os
import shutil
import signal

from marketplace import embedded
from marketplace.embedded import locks
from marketplace.run import guard, leftovers
from marketplace.run.announcement import say
from marketplace.run.configuration import Configuration, from_environment
from marketplace.run.errors import CannotRun, told_in_one_sentence
from marketplace.run.market import lock_file

STOP_SECONDS = 90


def stop(configuration: Configuration) -> bool:
    """Stop a run, whatever is left of a killed one, and the private databases; False if nothing ran."""
    path = lock_file(configuration.var)
    running = locks.is_locked(path)
    if running:
        os.kill(json.loads(path.read_text())["pid"], signal.SIGTERM)  # the lock proves whose number it is
    for lock in (path, guard.lock_file(configuration.var)):
        if not locks.wait_until_free(lock, STOP_SECONDS):
            raise CannotRun(f"The market has not stopped within {STOP_SECONDS} s.")
    leftovers.end(configuration.var)
    return embedded.stop(configuration.var) or running


def main(*, erase: bool) -> None:
    configuration = from_environment(reload=False)
    say("The market is closed." if stop(configuration) else "No market was open.")
    if erase:
        for var in (configuration.var / "test", configuration.var):
            embedded.erase(var)
        shutil.rmtree(configuration.var, ignore_errors=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--erase", action="store_true")
    with told_in_one_sentence():
        main(erase=parser.parse_args().erase)
