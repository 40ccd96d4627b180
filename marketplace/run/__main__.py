"""`python -m marketplace.run [--dev]`."""

import argparse

from marketplace.run.configuration import from_environment
from marketplace.run.errors import told_in_one_sentence
from marketplace.run.market import run

parser = argparse.ArgumentParser(prog="python -m marketplace.run")
parser.add_argument("--dev", action="store_true", help="DEBUG, and restart the web server when code changes")
with told_in_one_sentence():
    run(from_environment(reload=parser.parse_args().dev))
