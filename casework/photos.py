"""A photo made anew from its pixels: turned upright, without anything that the camera or somebody else wrote into it.

Place and time of the shot are read before they go. Runs in the child (casework.confined).
"""

import contextlib
import io
import math
import re
import warnings
from datetime import datetime, timedelta, timezone

from PIL import ExifTags, Image, UnidentifiedImageError

from .confined import NotTaken

# Decoded at once a PNG takes 3 or 4 bytes a pixel; a JPEG is decoded at half the size or less where that is enough.
MOST_PIXELS = {"JPEG": 64_000_000, "PNG": 25_000_000}
LONGEST_SIDE = 4_000  # of what is kept: a page of A4 in print
QUALITY = 88
SMALL_SIDE, SMALL_QUALITY = 320, 72  # of the picture in lists
DAMAGED = "照片不完整或已损坏，没有收下；请在手机或电脑上重新打开、另存后再上传。"
CHINA = timezone(timedelta(hours=8))
_UPRIGHT = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, ArithmeticError, AttributeError, EOFError,
    UnidentifiedImageError, Image.DecompressionBombError,
)  # fmt: skip


def remade(file, format):
    """(facts, bytes, small) of the photo in the open `file`; `format`: JPEG or PNG. `small`: a JPEG for lists.

    facts: taken_at (ISO), latitude and longitude (degrees), each where the camera noted it. Raises NotTaken.
    """
    Image.MAX_IMAGE_PIXELS = None  # bounded below, before any pixel is decoded
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF
            with Image.open(file, formats=(format,)) as photo:
                _check_size(photo, format)
                facts, turns = _facts(photo)
                upright = _turned(_pixels(photo), turns)
                return facts, _written(upright, format), _small(upright)
    except _BROKEN as error:
        raise NotTaken(DAMAGED) from error


def _check_size(photo, format):
    width, height = photo.size
    if width * height > MOST_PIXELS[format] or max(width, height) > 20_000:
        most = MOST_PIXELS[format] // 10_000
        raise NotTaken(f"照片有{width}×{height}像素，超过{most}万像素，没有收下；请缩小后重新上传。")


def _pixels(photo):
    """The picture, no larger than what is kept, without the texts and profiles that would be written again."""
    width, height = photo.size
    times = next(times for times in (1, 2, 4, 8) if max(width, height) <= times * (LONGEST_SIDE + 1_000))
    photo.draft("RGB", (width // times, height // times))
    photo.load()
    if photo.mode.startswith("I"):  # 16 bits of grey
        photo = photo.convert("I").point(lambda grey: grey / 256).convert("L")
    see_through = photo.mode in {"RGBA", "LA", "PA"} or "transparency" in photo.info
    mode = "RGBA" if see_through else "L" if photo.mode in {"1", "L"} else "RGB"
    plain = photo if photo.mode == mode else photo.convert(mode)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=None)
    plain.info = {}
    return plain


def _turned(photo, turns):
    for turn in turns:
        photo = photo.transpose(turn)
    return photo


def _written(photo, format):
    out = io.BytesIO()
    if format == "JPEG":
        photo.convert("L" if photo.mode == "L" else "RGB").save(out, "JPEG", quality=QUALITY)
    else:
        photo.save(out, "PNG")
    return out.getvalue()


def _small(photo):
    """In place, for want of room: the large one is written by now. What is see-through lies on white."""
    photo.thumbnail((SMALL_SIDE, SMALL_SIDE))
    if photo.mode == "RGBA":
        photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo)
    out = io.BytesIO()
    photo.convert("RGB").save(out, "JPEG", quality=SMALL_QUALITY)
    return out.getvalue()


def _facts(photo):
    """What the camera noted, and how the picture is to be turned. What it noted wrongly counts as not noted."""
    facts, turns = {}, ()
    with contextlib.suppress(*_BROKEN):
        exif = photo.getexif()
        turns = _UPRIGHT.get(exif.get(ExifTags.Base.Orientation), ())
        with contextlib.suppress(*_BROKEN):
            facts |= _time(exif.get_ifd(ExifTags.IFD.Exif))
        with contextlib.suppress(*_BROKEN):
            facts |= _place(exif.get_ifd(ExifTags.IFD.GPSInfo))
    return facts, turns


def _time(noted):
    text = str(noted[ExifTags.Base.DateTimeOriginal]).strip("\x00 ")
    taken = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", str(noted.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 "))
    zone = CHINA
    if offset:
        minutes = int(offset[2]) * 60 + int(offset[3])
        zone = timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes))
    return {"taken_at": taken.replace(tzinfo=zone).isoformat()}


def _place(noted):
    latitude = _degrees(noted[ExifTags.GPS.GPSLatitude], noted[ExifTags.GPS.GPSLatitudeRef], "S")
    longitude = _degrees(noted[ExifTags.GPS.GPSLongitude], noted[ExifTags.GPS.GPSLongitudeRef], "W")
    if not (abs(latitude) <= 90 and abs(longitude) <= 180) or latitude == longitude == 0:
        return {}
    return {"latitude": round(latitude, 6), "longitude": round(longitude, 6)}


def _degrees(parts, side, negative):
    degrees, minutes, seconds = (float(part) for part in parts)
    total = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(total):
        raise ValueError
    return -total if str(side).strip("\x00 ") == negative else total
