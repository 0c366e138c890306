"""The same wish in Chinese and in English is the same music."""

from __future__ import annotations

import pytest

from bot.engine import RiffSpec
from bot.engine.riff import write_score
from bot.engine.styles.from_intent import style_for
from bot.engine.words.lexicon import understand


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("爵士 萨克斯", "jazz sax"),
        ("悲伤的钢琴", "sad piano"),
        ("嘻哈 90拍", "hip hop 90 bpm"),
        ("摇滚 没有鼓", "rock no drums"),
        ("雷鬼", "reggae"),
        ("升F小调 电子乐", "electronic in F# minor"),
        ("放克 贝斯", "funk bass"),
        ("古典 小提琴", "classical violin"),
    ],
)
def test_chinese_is_heard_as_english(chinese: str, english: str) -> None:
    """Tempo, key, genres and instruments are the same, and so is every note."""
    scores = [
        write_score(
            RiffSpec(prompt_a=prompt, seed=4, denoising=1.0, num_inference_steps=2),
            [style_for(understand(prompt), 4)],
        )
        for prompt in (chinese, english)
    ]
    assert scores[0].tracks == scores[1].tracks
    assert scores[0].chords == scores[1].chords
    assert (scores[0].bpm, scores[0].tonic, scores[0].mode) == (
        scores[1].bpm,
        scores[1].tonic,
        scores[1].mode,
    )
