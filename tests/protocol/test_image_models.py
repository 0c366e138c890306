"""The table of image models, and what may be asked of each."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import InvalidOption
from bot.protocol.image_models import (
    IMAGE_MODELS,
    MOST_PICTURE_TEXT,
    VERSIONS,
    ImageField,
    ImageInput,
    ImageModel,
    ImageValue,
    validated,
    versions_of,
)
from bot.protocol.predictions import RIFFUSION_MODEL, RIFFUSION_VERSION
from bot.ui.words import sentence

PICTURE = "https://example.org/a.png"
DATA = "data:image/png;base64,iVBORw0KGgo="

SHORT: dict[str, tuple[str, bool, str, str, frozenset[str], frozenset[str]]] = {
    # name: version's first digits, takes a seed, output, usual media, pictures, required
    "stability-ai/stable-diffusion": ("ac732df8", True, "list", "png", frozenset(), frozenset()),
    "stability-ai/sdxl": ("7762fd07", True, "list", "png", frozenset({"image", "mask"}), frozenset()),
    "stability-ai/stable-diffusion-inpainting": (
        "95b72231",
        True,
        "list",
        "png",
        frozenset({"image", "mask"}),
        frozenset({"image", "mask"}),
    ),
    "stability-ai/stable-diffusion-img2img": (
        "15a3689e",
        True,
        "list",
        "png",
        frozenset({"image"}),
        frozenset({"image"}),
    ),
    "lucataco/flux-schnell-lora": (
        "2a6b576a",
        True,
        "list",
        "webp",
        frozenset({"image"}),
        frozenset({"prompt"}),
    ),
    "lucataco/flux-dev-lora": ("09149576", True, "list", "webp", frozenset({"image"}), frozenset({"prompt"})),
    "andreasjansson/stable-diffusion-animation": (
        "ca1f5e30",
        True,
        "last",
        "gif",
        frozenset(),
        frozenset({"prompt_start", "prompt_end"}),
    ),
    "lucataco/animate-diff": ("beecf59c", True, "one", "mp4", frozenset(), frozenset()),
    "sujaykhandekar/object-removal": (
        "153b0087",
        False,
        "one",
        "png",
        frozenset({"image_path"}),
        frozenset({"image_path"}),
    ),
    "cjwbw/rembg": ("fb8af171", False, "one", "png", frozenset({"image"}), frozenset({"image"})),
}


def test_the_ten_models_are_those_that_are_documented() -> None:
    """Version, seed, output, media, pictures and required inputs of each."""
    told = {
        model.name: (
            model.version[:8],
            model.takes_seed,
            model.output,
            model.media[0],
            frozenset(model.pictures),
            frozenset(model.required),
        )
        for model in IMAGE_MODELS.values()
    }
    assert told == SHORT


def least(model: ImageModel) -> dict[str, ImageValue]:
    """The inputs without which a model cannot be asked."""
    return {name: PICTURE if name in model.pictures else "a cat" for name in model.required}


@pytest.mark.parametrize("model", IMAGE_MODELS.values(), ids=lambda model: model.name)
def test_what_is_needed_is_enough_and_nothing_is_added(model: ImageModel) -> None:
    """The required inputs alone are taken, and come back as they are."""
    wish = ImageInput(model=model.name, inputs=least(model))
    assert validated(wish) == wish


@pytest.mark.parametrize("model", IMAGE_MODELS.values(), ids=lambda model: model.name)
def test_a_required_input_is_missed_by_name(model: ImageModel) -> None:
    """Each one that is left out, or left blank."""
    for name in model.required:
        rest = {other: value for other, value in least(model).items() if other != name}
        for inputs in (rest, {**rest, name: " "}):
            with pytest.raises(InvalidOption) as caught:
                validated(ImageInput(model=model.name, inputs=inputs))
            assert caught.value.option == name


BOUNDED = [
    pytest.param(model, name, field, id=f"{model.name}.{name}")
    for model in IMAGE_MODELS.values()
    for name, field in model.inputs.items()
    if field.low is not None and field.high is not None
]


@pytest.mark.parametrize(("model", "name", "field"), BOUNDED)
def test_both_ends_of_a_range_are_taken_and_nothing_beyond(
    model: ImageModel, name: str, field: ImageField
) -> None:
    """The refusal names the input and the range."""
    assert field.low is not None
    assert field.high is not None
    for value in (field.low, field.high):
        taken = validated(ImageInput(model=model.name, inputs={**least(model), name: value})).inputs[name]
        assert taken == value
        assert isinstance(taken, int) or field.type == "number"
    for value in (field.low - 1, field.high + 1, float("nan"), float("inf"), "5", True):
        with pytest.raises(InvalidOption) as caught:
            validated(ImageInput(model=model.name, inputs={**least(model), name: value}))
        assert caught.value.option == name
        if caught.value.problem == "out_of_range":
            assert (caught.value.facts["low"], caught.value.facts["high"]) == (field.low, field.high)


REFUSED: dict[str, tuple[str, dict[str, ImageValue], str, str]] = {
    "unknown input": ("cjwbw/rembg", {"image": PICTURE, "prompt": "x"}, "prompt", "unknown_input"),
    "size of an image model without one": (
        "stability-ai/stable-diffusion-img2img",
        {"image": PICTURE, "width": 512},
        "width",
        "unknown_input",
    ),
    "guidance of schnell": (
        "lucataco/flux-schnell-lora",
        {"prompt": "x", "guidance_scale": 3.5},
        "guidance_scale",
        "unknown_input",
    ),
    "odd width": ("stability-ai/stable-diffusion", {"width": 700}, "width", "off_step"),
    "width that is no choice": (
        "andreasjansson/stable-diffusion-animation",
        {"prompt_start": "a", "prompt_end": "b", "height": 1024},
        "height",
        "unknown_choice",
    ),
    "scheduler of another model": (
        "stability-ai/stable-diffusion",
        {"scheduler": "KarrasDPM"},
        "scheduler",
        "unknown_choice",
    ),
    "half an image": ("stability-ai/stable-diffusion", {"num_outputs": 1.5}, "num_outputs", "not_whole"),
    "a switch in words": ("stability-ai/sdxl", {"apply_watermark": "no"}, "apply_watermark", "not_a_switch"),
    "a number for words": ("stability-ai/sdxl", {"prompt": 5}, "prompt", "not_text"),
    "an endless prompt": ("stability-ai/sdxl", {"prompt": "x" * 2_001}, "prompt", "too_long"),
    "an endless number": ("stability-ai/sdxl", {"width": 10**400}, "width", "out_of_range"),
    "a mask without its image": ("stability-ai/sdxl", {"mask": PICTURE}, "image", "needed"),
    "a file of this machine": ("cjwbw/rembg", {"image": "file:///etc/passwd"}, "image", "not_a_picture"),
    "words for a picture": ("cjwbw/rembg", {"image": "a cat"}, "image", "not_a_picture"),
    "sound for a picture": (
        "cjwbw/rembg",
        {"image": "data:audio/wav;base64,UklGRg=="},
        "image",
        "not_a_picture",
    ),
    "too large a picture": (
        "cjwbw/rembg",
        {"image": DATA.ljust(MOST_PICTURE_TEXT + 1, "A")},
        "image",
        "picture_too_large",
    ),
    "unknown model": ("stability-ai/stable-diffusion-9", {}, "model", "unknown_choice"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_model_does_not_take_is_refused_in_a_sentence(case: str) -> None:
    """The error names the input, and people are told what would do."""
    model, inputs, option, problem = REFUSED[case]
    with pytest.raises(InvalidOption) as caught:
        validated(ImageInput(model=model, inputs=inputs))
    assert (caught.value.option, caught.value.problem) == (option, problem)
    told = sentence(caught.value)
    assert option in told
    assert "…" not in told


def test_numbers_and_lists_of_words_are_sent_as_the_model_reads_them() -> None:
    """A whole number typed with a point is whole; class names have no blanks between them."""
    riff = validated(ImageInput(model="stability-ai/sdxl", inputs={"width": 768.0, "guidance_scale": 7}))
    assert [(value, type(value)) for value in riff.inputs.values()] == [(768, int), (7, int)]
    inputs: dict[str, ImageValue] = {"image_path": DATA, "objects_to_remove": " person , car,,"}
    removed = validated(ImageInput(model="sujaykhandekar/object-removal", inputs=inputs))
    assert removed.inputs["objects_to_remove"] == "person,car"


def outcome_of(wish: ImageInput) -> ImageInput | InvalidOption:
    """The valid wish, or why it is none."""
    try:
        return validated(wish)
    except InvalidOption as error:
        return error


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([*IMAGE_MODELS]),
    st.dictionaries(
        st.sampled_from([*{name for model in IMAGE_MODELS.values() for name in model.inputs}, "nonsense"]),
        st.text("ab,:|/ \né猫", max_size=20)
        | st.integers()
        | st.floats()
        | st.booleans()
        | st.sampled_from([PICTURE, DATA, 512, "gif"]),
        max_size=4,
    ),
)
def test_any_wish_is_valid_or_an_invalid_option(name: str, inputs: dict[str, ImageValue]) -> None:
    """Nothing else is raised, and what is valid stays valid."""
    outcome = outcome_of(ImageInput(model=name, inputs=inputs))
    if isinstance(outcome, InvalidOption):
        assert outcome.option in {*inputs, *IMAGE_MODELS[name].inputs}
    else:
        assert validated(outcome) == outcome
        assert outcome.inputs.keys() == inputs.keys()


def test_versions_can_be_changed_by_configuration() -> None:
    """Named models get other versions, others keep theirs; new models may be named."""
    new, other = "a" * 64, "b" * 64
    changed = versions_of(f" cjwbw/rembg={new}, riffusion/riffusion = {other},me/my-model={other},")
    assert changed == {
        **VERSIONS,
        "cjwbw/rembg": new,
        "riffusion/riffusion": other,
        "me/my-model": other,
    }
    assert versions_of("") == VERSIONS
    assert VERSIONS[RIFFUSION_MODEL] == RIFFUSION_VERSION
    assert len(VERSIONS) == 11


@pytest.mark.parametrize(
    "text", ["cjwbw/rembg", "rembg=" + "a" * 64, "cjwbw/rembg=latest", "cjwbw/rembg=" + "a" * 63, "=", "a/b="]
)
def test_a_version_that_is_none_is_refused(text: str) -> None:
    """A short id, a word, or half an entry."""
    with pytest.raises(ValueError, match="owner/name=version"):
        versions_of(text)
