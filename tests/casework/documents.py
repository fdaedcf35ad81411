"""Word files read back."""

import io

from docx import Document


def read(content):
    """All words of a Word file, paragraphs and cells in their order, as one text."""
    document = Document(io.BytesIO(content))
    return "\n".join(words for part in document.iter_inner_content() for words in _words(part))


def _words(part):
    if hasattr(part, "rows"):
        return ["　".join(cell.text for cell in row.cells) for row in part.rows]
    return [part.text]
