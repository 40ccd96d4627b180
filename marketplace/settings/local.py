"""On a developer's or a curious person's machine: embedded services, demo doors open, DEBUG only when asked."""

from . import env
from .base import *  # noqa: F403

DEBUG = env.flag("DEBUG")
DEMO = True
SECRET_KEY = env.text("SECRET_KEY", "local-only-not-a-secret")
