"""Search in Vietnamese as people type it: without marks, with raw keystrokes, misspelt, by other names.

`results.search()` is the one door; OpenSearch could stand behind it.
"""
