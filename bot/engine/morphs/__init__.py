"""Morphs: something else made of a song or riff by its score, or of an upload by what is heard in it.

Which strength rules what (all 0..1; 0 leaves it as it was, 1 goes all the way, and more only ever changes
more; "up to 0.5" means that 0.5 already reaches everything):

============== ======================= =================== ================ =============== ==============
strength       cover                   extend              inpaint          swap_vocals     swap_sound
============== ======================= =================== ================ =============== ==============
sound_prompt   holds the cover back    the new part in     the stretch in   another voice   instruments
               below 0.5               the tags' style,    the tags' style, up to 0.5       and feel
                                       up to 0.5           up to 0.5
lyrics         new words, up to 0.5    new words, if > 0   new words, up    new words, up   -
                                                           to 0.5           to 0.5
cover          band, feel; the         -                   -                -               -
               style's tempo from 0.5
variation      -                       new music rather    new music rather -               -
                                       than the old again  than the old
weirdness      odd instruments         odd instruments     odd instruments  -               odd
               from 0.5                and tunes           and tunes                        instruments
============== ======================= =================== ================ =============== ==============

A cover keeps chords, sections and tune, and its source's key unless the tags name another of the same mode; a
tempo that the tags name is played at any strength above 0. Of a recording, a cover keeps tempo and key, and
from a strength of 0.5 the new band is alone: more than that changes nothing more. The part before an
extension and everything outside of an inpainted stretch keep their very samples (before levelling).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bot.engine.arrays import SAMPLE_RATE_HZ
from bot.engine.mix import calibrated, mixdown
from bot.engine.mix.master import block_powers, master
from bot.engine.morphs.cover import cover, swap_sound
from bot.engine.morphs.extend import extend
from bot.engine.morphs.inpaint import inpaint
from bot.engine.morphs.of_upload import morph_upload
from bot.engine.morphs.understood import understood_of_morph
from bot.engine.morphs.upload import NeedsASongError, Upload, upload_of
from bot.engine.morphs.vocals import swap_vocals
from bot.engine.piece import NOT_HEARD, Piece, SilentResultError, check_audible, check_sound
from bot.engine.progress import HUNDRED, share
from bot.engine.songs.told import not_done

if TYPE_CHECKING:
    from bot.engine.progress import Progress
    from bot.engine.score.model import Score
    from bot.engine.spec import MorphSpec

__all__ = ["NeedsASongError", "Upload", "make_morph", "morph_score", "upload_of"]

_TRANSFORMS = {
    "cover": cover,
    "extend": extend,
    "inpaint": inpaint,
    "swap_vocals": swap_vocals,
    "swap_sound": swap_sound,
}
_WRITTEN, _MEASURED, _MIXED = 5, 25, 95  # of a hundred steps


def morph_score(spec: MorphSpec, source: Score, progress: Progress | None = None) -> Score:
    """Return the score that a morph makes of another; the other is not changed."""
    changed = _TRANSFORMS[spec.transform](source, spec)
    if changed is source or changed.loops:
        return changed
    return calibrated(changed, progress)


def make_morph(spec: MorphSpec, source: Score | Upload, *, progress: Progress | None = None) -> Piece:
    """Make and render a morph; the same spec and source give the same samples.

    `progress(step, total)` is called track by track and stretch by stretch; what it raises ends the work.

    Of an upload, the piece's score is that of what was made, standing where it stands in the sound but for
    the time before the upload's first bar line. Raises ValueError with a plain sentence where the source
    does not have what is asked for, NeedsASongError among them, and UnmusicalResultError for our bugs.
    """
    if isinstance(source, Upload):
        mix, score = morph_upload(source, spec, share(progress, _WRITTEN, _MIXED))
        master(mix, block_powers(mix))
        audio = np.ascontiguousarray(mix.T)
        del mix
    else:
        score = morph_score(spec, source, share(progress, _WRITTEN, _MEASURED))
        check_audible(score)
        if progress:
            progress(_MEASURED, HUNDRED)
        audio = mixdown(score, share(progress, _MEASURED, _MIXED))
    try:
        check_sound(audio)
    except SilentResultError:
        raise ValueError(NOT_HEARD) from None
    if progress:
        progress(HUNDRED, HUNDRED)
    lyrics = spec.lyrics if spec.lyrics_strength > 0.0 else ""
    missing = not_done(score, lyrics=lyrics, length_s=spec.length_s, played_s=len(audio) / SAMPLE_RATE_HZ)
    return Piece(audio, score, understood_of_morph(spec, source, score, missing))
