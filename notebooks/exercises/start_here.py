"""Exercises of notebook 00."""

from mmgan_lite.exercises import Exercise, numbers, require


class Translations(Exercise):
    """Five senses: how many networks, and how many translations?"""

    hint = "Draw a table, a row and a column for each sense: its cells are the translations. Then count networks."
    solution = (10, 25)
    wrong_a_network_for_each_translation = (25, 25)
    wrong_not_into_itself = (10, 20)

    @staticmethod
    def examine(answer):
        networks, translations = numbers(answer, (2,))
        require(networks != translations, "A network for each translation is what the shared space saves us from.")
        require(translations != 20, "A sense may be translated into itself, too: another drawing of the same thing.")
        require(networks == 10, "Each sense needs a way into the space and a way out of it.")
        require(translations == 25, "From each of five senses to each of five senses.")
        return "Separate translators would have been 25 networks; the shared space needs 10."
