"""A purchase from end to end over HTTP: `python -m marketplace.demo.walkthrough [URL]`.

Standard library only and nothing of Django: it knows the market as a browser without scripts knows it.
"""
