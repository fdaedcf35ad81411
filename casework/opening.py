"""The program of the child that looks at one attachment: `python -m casework.opening … <ending> <path>`."""

from . import confined, papers, photos

PHOTOS = {"jpg": "JPEG", "png": "PNG"}


def open_one(ending, path):
    """(facts, bytes to keep instead of what came, or nothing). Raises NotTaken."""
    with open(path, "rb") as file:
        if ending in PHOTOS:
            return photos.remade(file, PHOTOS[ending])
        if ending == "pdf":
            papers.check_pdf(file)
        else:
            papers.check_office(file, ending)
    return {}, b""


if __name__ == "__main__":
    try:
        facts, kept = open_one(*confined.enter())
        confined.say(kept, **facts)
    except confined.NotTaken as refusal:
        confined.refuse(str(refusal))
    except MemoryError:
        confined.refuse(confined.TOO_MUCH)
