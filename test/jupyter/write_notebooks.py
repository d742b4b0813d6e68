"""Writes the notebooks of a JSON list of {file, notebook} with nbformat itself: the reference of notebook-file.ts."""

import json
import sys

import nbformat

for entry in json.load(sys.stdin):
    notebook = nbformat.from_dict(entry["notebook"])
    nbformat.validate(notebook)
    nbformat.write(notebook, entry["file"])
