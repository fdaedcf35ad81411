"""The program of the child that reads an edited paper: `python -m reports.returning … <path>`.

It says, as JSON, what the paper carries of itself, the sections' texts and the figures as they stand in it now.
"""

import json

from docx import Document

from casework import confined, papers

from . import marks


def read(path):
    with open(path, "rb") as file:
        papers.check_office(file, "docx")
    document = Document(path)
    texts, figures, beside = marks.read(document)
    found = {"carried": marks.carried(document), "texts": texts, "figures": figures, "beside": beside}
    confined.say(json.dumps(found).encode())


if __name__ == "__main__":
    confined.run(read)
