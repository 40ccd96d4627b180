"""`python -m marketplace.run [--dev]`."""

import argparse
import sys

from marketplace import embedded
from marketplace.run.configuration import from_environment
from marketplace.run.errors import CannotRun
from marketplace.run.market import run

parser = argparse.ArgumentParser(prog="python -m marketplace.run")
parser.add_argument("--dev", action="store_true", help="DEBUG, and restart the web server when code changes")
try:
    run(from_environment(reload=parser.parse_args().dev))
except (CannotRun, embedded.ServiceError) as error:
    sys.exit(str(error))
