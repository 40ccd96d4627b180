"""Search in Vietnamese as people type it: without marks, with raw keystrokes, misspelt, by other names."""
