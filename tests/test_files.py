"""Prompts are read from files, and samples written to them, as the endings say."""

import io
import wave

import numpy as np
import pytest
from PIL import Image

from mmgan_lite import files, modalities
from mmgan_lite.datasets import image, speech

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(-1, 1, (5, 6, 7, 1)).astype("float32")
LOG_MELS = RNG.uniform(-1, 1, (2, 32, 32)).astype("float32")


def test_images_come_alike_from_every_ending(tmp_path):
    pixels = RNG.integers(0, 256, (6, 7), dtype="uint8")
    Image.fromarray(pixels).save(tmp_path / "x.png")
    np.save(tmp_path / "x.npy", pixels)
    np.savez(tmp_path / "x.npz", image=pixels[None])
    for name in ("x.png", "x.npy", "x.npz"):
        read = modalities.IMAGE.read(str(tmp_path / name))
        assert np.array_equal(modalities.IMAGE.from_prompts("image", read, (6, 7, 1))[0, ..., 0], image.scale(pixels))


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("x.png", b"none", "picture file"),
        ("x.svg", b"", "avif, .npy or .npz"),
        ("x.npy", b"none", "numpy.save .*an unknown header"),
    ],
)
def test_files_that_hold_no_image_are_refused(tmp_path, name, raw, told):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(ValueError, match=told):
        modalities.IMAGE.read(str(tmp_path / name))


def test_archive_without_images_names_what_it_holds(tmp_path):
    np.savez(tmp_path / "x.npz", picture=np.zeros(3))
    with pytest.raises(ValueError, match=r"'image'.*Received: \['picture'\]"):
        modalities.IMAGE.read(str(tmp_path / "x.npz"))


def test_pickled_arrays_are_not_opened(tmp_path):
    np.save(tmp_path / "x.npy", np.array([{}]), allow_pickle=True)
    np.savez(tmp_path / "x.npz", image=np.array([{}]))
    for name in ("x.npy", "x.npz"):
        with pytest.raises(ValueError, match=r"not Python objects, by numpy\.save"):
            modalities.IMAGE.read(str(tmp_path / name))


@pytest.mark.parametrize(
    ("modality", "name"), [("image", "x.wav"), ("speech", "x.png"), ("text", "x.png"), ("text", "x")]
)
def test_endings_that_do_not_fit_are_refused(tmp_path, modality, name):
    with pytest.raises(ValueError, match=r"a file that ends in .* or \.npz\. Received"):
        modalities.known()[modality].write(tmp_path / name, [])
    assert not list(tmp_path.iterdir())


def test_missing_folder_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="make the folder"):
        files.check_samples_path(tmp_path / "none" / "x.png", (".png",))


def test_gallery_shows_every_image_enlarged(tmp_path):
    modalities.IMAGE.write(tmp_path / "x.png", IMAGES)
    sheet = files.read_image(tmp_path / "x.png")
    assert sheet.shape == (2 * 6 * 4, 3 * 7 * 4)  # five images in two rows of three
    fifth = sheet[24:, 28:56]
    assert np.array_equal(fifth[::4, ::4], np.round((IMAGES[4, ..., 0] + 1) * 127.5))
    assert not sheet[24:, 56:].any()


def test_gallery_of_colours(tmp_path):
    modalities.IMAGE.write(tmp_path / "x.png", IMAGES * [1, 0, -1])
    assert files.read_image(tmp_path / "x.png").shape == (48, 84, 3)


def test_archive_of_images_is_a_prompt_again(tmp_path):
    modalities.IMAGE.write(tmp_path / "x.NPZ", IMAGES)  # an ending in capitals is an ending
    with np.load(tmp_path / "x.NPZ") as archive:
        assert archive["image"].dtype == "uint8" and archive["image"].shape == (5, 6, 7)
    again = modalities.IMAGE.read(str(tmp_path / "x.NPZ"))
    np.testing.assert_allclose(again, IMAGES, atol=1 / 127)


def test_sounds_are_written_one_after_another(tmp_path):
    modalities.SPEECH.write(tmp_path / "x.wav", LOG_MELS)
    sound, rate = files.read_sound(tmp_path / "x.wav")
    assert rate == speech.SAMPLE_RATE and sound.shape == (2 * speech.SAMPLES,)
    np.testing.assert_allclose(sound, speech.to_waveform(LOG_MELS).reshape(-1), atol=1e-4)


def test_archive_of_sounds_holds_samples_and_their_rate(tmp_path):
    modalities.SPEECH.write(tmp_path / "x.npz", LOG_MELS)
    with np.load(tmp_path / "x.npz") as archive:
        assert archive["speech"].dtype == "int16" and archive["speech"].shape == (2, speech.SAMPLES)
        assert archive["sample_rate"] == speech.SAMPLE_RATE


def test_captions_stand_a_line_each(tmp_path):
    modalities.text().write(tmp_path / "x.txt", ["a three", "zwölf"])
    assert (tmp_path / "x.txt").read_bytes() == "a three\nzwölf\n".encode()


@pytest.mark.parametrize(
    ("name", "told"),
    [("x.npz", "an .npz file is expected.*another file"), ("x.npy", "with numpy.save .*an unknown header")],
)
def test_an_array_file_of_the_other_kind_is_told(tmp_path, name, told):
    other = {"x.npz": np.save, "x.npy": np.savez}[name]
    with (tmp_path / name).open("wb") as file:
        other(file, np.zeros((28, 28), "uint8"))
    with pytest.raises(ValueError, match=told):
        modalities.IMAGE.read(str(tmp_path / name))


def test_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    (tmp_path / "x.txt").write_text("old")
    with pytest.raises(RuntimeError):
        files.write_whole(tmp_path / "x.txt", fail)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def fail(file):
    file.write(b"half")
    raise RuntimeError


def test_a_wav_is_one_that_others_can_read():
    with wave.open(io.BytesIO(files.wav_bytes(np.linspace(-2, 2, 8000), 8000))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, 8000, 8000)


def test_who_may_read_a_file_and_where_a_link_leads_stay_as_they_were(tmp_path):
    (tmp_path / "x.txt").write_text("old")
    (tmp_path / "x.txt").chmod(0o600)
    (tmp_path / "link.txt").symlink_to("x.txt")
    files.write_whole(tmp_path / "link.txt", lambda file: file.write(b"new"))
    assert (tmp_path / "link.txt").is_symlink() and (tmp_path / "x.txt").read_text() == "new"
    assert (tmp_path / "x.txt").stat().st_mode & 0o777 == 0o600
