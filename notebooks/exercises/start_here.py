"""Exercises of notebook 00."""

from mmgan_lite.course.checker import Exercise, numbers, require


class Translations(Exercise):
    """Five senses: how many networks, and how many translations?"""

    hint = "Draw a table, a row and a column for each sense: its cells are the translations. Then count networks."
    solution = (10, 25)
    wrong_a_network_for_each_translation = (25, 25)
    wrong_not_into_itself = (10, 20)

    @staticmethod
    def examine(answer):
        pair = isinstance(answer, tuple) and len(answer) == 2
        require(not (pair and (answer[0] is ... or answer[1] is ...)), "Not yet: fill in both numbers.")
        networks, translations = numbers(answer, (2,))
        require(
            networks != translations,
            "A network for each translation is what the shared space saves us from.",
            "a_network_for_each_translation",
        )
        require(
            translations != 20,
            "A sense may be translated into itself, too: another drawing of the same thing.",
            "not_into_itself",
        )
        require(networks == 10, "Each sense needs a way into the space and a way out of it.")
        require(translations == 25, "From each of five senses to each of five senses.")
        return "Separate translators would have been 25 networks; the shared space needs 10."


class Stages(Exercise):
    """From the sound of an eight to a picture of it: four of six stages, in order."""

    hint = (
        "Walk backwards from the picture. What made it, and what did that need? What made each of these? Stop when you "
        "have arrived at what the friend hears."
    )
    solution = "ECBA"
    wrong_it_looks_things_up = "ECDA"
    wrong_it_thinks_in_words = "ECFA"
    wrong_noise_comes_last = "ECAB"
    wrong_it_embeds_the_waveform = "CEBA"
    wrong_no_noise = "ECA"

    @staticmethod
    def examine(answer):
        require(isinstance(answer, str), "Write the letters as a string, between quotation marks.")
        letters = "".join(answer.split()).upper()
        require(letters and set(letters) <= set("ABCDEF"), "The letters are A to F, one for each stage.")
        require(
            "D" not in letters,
            "Nothing is looked up: none of the generated pictures is in the data set.",
            "it_looks_things_up",
        )
        require(
            "F" not in letters,
            "No words are needed on the way from a sound to an image. That is the point of it.",
            "it_thinks_in_words",
        )
        require(len(letters) == len(set(letters)), "Each stage is needed once.")
        require("B" in letters, "Without noise there would be one picture only, the same each time.", "no_noise")
        require(len(letters) == 4, "Four stages are needed. From what you have: what does each one take as its input?")
        place = letters.index
        require(
            place("E") < place("C"),
            "What does the speech embedder take: the wave itself, or a picture of it?",
            "it_embeds_the_waveform",
        )
        require(
            place("B") < place("A"),
            "The image generator needs two things. When must the second one be there?",
            "noise_comes_last",
        )
        require(place("C") < place("A"), "The image generator needs a point of the space. Who makes it?")
        return "The noise may be drawn at any time before the generator needs it."
