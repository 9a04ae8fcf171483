"""Notebook 11 under a learner's hands: guess, mine, push along a direction, find the odd one out."""

NAME = "11_mining_the_space.ipynb"
CARD = ".miner-view img"
DOSE = ".dose-view img"
ANSWER = """def odd_one_out(points):
    return (points @ points.T).sum(axis=1).{}()


mining_the_space.OddOneOut.check(odd_one_out)"""


def test_mine_and_push_along_a_direction(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.run_all()
    assert not page.locator(CARD).first.is_visible()
    notebook.guess(0, option=1)
    page.locator(CARD).first.wait_for()

    before = notebook.picture(CARD)
    notebook.move(".miner-item")
    notebook.wait_for_another(CARD, before)
    page.locator(".miner-told", has_text="of 2 right").wait_for()
    before = notebook.picture(CARD)
    page.locator(".miner-task select").select_option("odd one out")
    notebook.wait_for_another(CARD, before)
    before = notebook.picture(CARD)
    notebook.point(".miner-item", 0.7)
    notebook.wait_for_another(CARD, before)

    notebook.guess(1, option=0)
    before = notebook.picture(DOSE)
    notebook.move(".dose-dose")
    notebook.wait_for_another(DOSE, before)
    before = notebook.picture(DOSE)
    notebook.point(".dose-dose", 0.1)
    notebook.wait_for_another(DOSE, before)
    page.locator(".dose-direction select").select_option("higher voice")
    page.locator(".dose-view audio").first.wait_for()

    assert "the most typical" in notebook.answer("def odd_one_out", ANSWER.format("argmax"))
    assert notebook.answer("def odd_one_out", ANSWER.format("argmin")).startswith("Right.")
    notebook.check()
