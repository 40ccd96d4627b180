"""`make run`: the whole market as one tree of processes.

run ─┬─ web, worker, beat, simulators          supervisor.py starts again what crashes
     ├─ guard                                  ends them all should `run` itself be killed
     └─ PostgreSQL and Valkey                  marketplace.embedded, unless others are named
"""
