"""The program of the child that looks at one attachment: `python -m casework.opening … <ending> <path>`."""

from . import confined, papers, photos

PHOTOS = {"jpg": "JPEG", "png": "PNG"}


def open_one(ending, path):
    """Say what is noted of the file, with the bytes to keep instead of what came; then a small picture of a photo.

    Either may be empty. Raises NotTaken.
    """
    with open(path, "rb") as file:
        if ending in PHOTOS:
            facts, kept, small = photos.remade(file, PHOTOS[ending])
            confined.say(kept, **facts)
            confined.say(small)
            return
        if ending == "pdf":
            papers.check_pdf(file)
        else:
            papers.check_office(file, ending)
    confined.say()
    confined.say()


if __name__ == "__main__":
    confined.run(open_one)
