"""Hostile files and values, by name: each a function that writes what it needs into an empty folder.

It returns (attempt, name): what a user would call, and what the message must name. `attack.py` makes the attempts.
"""

from corpus import arrays, checkpoints, handins, pictures, places, runs, sounds, tables, values

CORPUS = {}
for part in (places, arrays, tables, pictures, sounds, runs, checkpoints, handins, values):
    for name, attempt in part.ATTEMPTS.items():
        CORPUS[f"{part.__name__.removeprefix('corpus.')}: {name}"] = attempt
