"""Pictures from outside: what they really are, decoded once to be sure, and brought to a size that fits.

Runs in a worker process. A file's first bytes decide what it is, never its name; how many pixels it unpacks
to is known from its header before anything is decoded.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Final

import av
import av.error
from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import UnusableAudio

MOST_BYTES: Final = 50 * 2**20
MOST_PIXELS: Final = 40_000_000
MOST_FRAMES: Final = 1_000
_LONGEST_FILM_S: Final = 120
BROUGHT_SIDE: Final = 2_048
"""Of a picture that a member brings, at most: what models work on is smaller."""
COVER_SIDE: Final = 640
_SUFFIXES: Final = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "GIF": ".gif"}
_FORMATS: Final = tuple(_SUFFIXES)
_SMALLER: Final = ((1.0, 92), (1.0, 82), (0.75, 82), (0.5, 80), (0.35, 78), (0.25, 75), (0.15, 70))
"""Share of the size, and quality, tried one after the other."""
_QUALITY: Final = 88


def checked(file: Path) -> str:
    """The suffix of what a picture or film really is; all of it was decoded.

    Raises:
        UnusableAudio: ``not_a_picture`` or ``too_large``.
    """
    if file.stat().st_size > MOST_BYTES:
        raise UnusableAudio("too_large")
    with file.open("rb") as opened:
        if opened.read(12)[4:8] == b"ftyp":
            _first_of_film(file)
            return ".mp4"
    with _opened(file) as picture:
        if getattr(picture, "n_frames", 1) > MOST_FRAMES:
            raise UnusableAudio("too_large")
        try:
            picture.load()
        except (OSError, ValueError, SyntaxError, EOFError):
            raise UnusableAudio("not_a_picture") from None
        return _SUFFIXES[picture.format or ""]


def finish_picture(file: Path, folder: Path) -> Path:
    """The picture in ``folder``, named ``picture`` and what it is. Raises as :func:`checked`."""
    kept = folder / f"picture{checked(file)}"
    return kept if kept == file else file.rename(kept)


def brought_picture(file: Path, folder: Path) -> Path:
    """A member's picture as hosts get it: upright, no larger than needed, and nothing in it but pixels.

    Raises:
        UnusableAudio: as :func:`checked`; ``not_a_picture`` for a film as well.
    """
    if checked(file) == ".mp4":
        raise UnusableAudio("not_a_picture")
    with _opened(file) as opened:
        upright = ImageOps.exif_transpose(opened)
        clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
        picture = upright.convert("RGBA" if clear else "RGB")
    picture.thumbnail((BROUGHT_SIDE, BROUGHT_SIDE))
    png = clear or opened.format == "PNG"  # masks and line art do not survive JPEG
    kept = folder / ("brought.png" if png else "brought.jpg")
    picture.save(kept, quality=95)
    return kept


def fitting_picture(file: Path, folder: Path, *, name: str, limit_bytes: int) -> Path:
    """The file itself where it is small enough, else a JPEG that is; of what moves its first moment.

    Raises:
        UnusableAudio: ``too_large`` where not even a small one fits.
    """
    if file.stat().st_size <= limit_bytes:
        return file
    picture = _flat(first_of(file))
    for share, quality in _SMALLER:
        size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
        content = _jpeg(picture if share == 1.0 else picture.resize(size), quality)
        if len(content) <= limit_bytes:
            kept = folder / f"{name}.jpg"
            kept.write_bytes(content)
            return kept
    raise UnusableAudio("too_large")


def square(file: Path) -> bytes:
    """The middle of a picture as a cover: a square JPEG, 640 pixels wide at most."""
    picture = _flat(first_of(file))
    side = min(COVER_SIDE, *picture.size)
    return _jpeg(ImageOps.fit(picture, (side, side), Image.Resampling.LANCZOS), _QUALITY)


def first_of(file: Path) -> Image.Image:
    """A picture, or the first one of what moves. Raises as :func:`checked`."""
    if file.suffix == ".mp4":
        return _first_of_film(file)
    with _opened(file) as picture:
        return picture.copy()


def _opened(file: Path) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=_FORMATS)
    except Image.DecompressionBombError:
        raise UnusableAudio("too_large") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UnusableAudio("not_a_picture") from None
    if picture.width * picture.height > MOST_PIXELS:
        picture.close()
        raise UnusableAudio("too_large")
    return picture


def _first_of_film(file: Path) -> Image.Image:
    try:
        with av.open(str(file), "r", format="mov", metadata_errors="replace") as film:
            if not film.streams.video or (film.duration or 0) > _LONGEST_FILM_S * 1_000_000:
                raise UnusableAudio("not_a_picture")
            stream = film.streams.video[0]
            if stream.width * stream.height > MOST_PIXELS:
                raise UnusableAudio("too_large")
            frame = next(film.decode(video=0), None)
            if frame is None:
                raise UnusableAudio("not_a_picture")
            return Image.fromarray(frame.to_ndarray(format="rgb24"))
    except (av.error.FFmpegError, ValueError, MemoryError):
        raise UnusableAudio("not_a_picture") from None


def _flat(picture: Image.Image) -> Image.Image:
    """On white where it is clear: JPEG knows no transparency."""
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    over = picture.convert("RGBA")
    ground = Image.new("RGBA", over.size, (255, 255, 255, 255))
    return Image.alpha_composite(ground, over).convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()
