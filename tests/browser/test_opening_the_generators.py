"""The notebook that opens the generators, under a learner's hands: one step, slowly, there and back; one exercise."""

NAME = "07_opening_the_generators.ipynb"
STAGES = 10
WRONG = """
def half_life(decay):
    return 1 / (1 - decay)


exercises.HalfLife.check(half_life)
"""


def test_stop_both_trainings_go_on_then_follow_a_step_and_answer(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings(2)
    notebook.go_on()
    assert not page.locator(".step-stage").is_visible(), "it opens when a guess is stored"
    notebook.guess(0, option=1)
    notebook.guess(1, option=2)
    page.locator(".step-stage").wait_for()
    told, detail = page.locator(".step-told").first, page.locator(".step-detail")

    told.filter(has_text=f"1 of {STAGES}").wait_for()
    fake = page.locator('.step-node[data-node="fake image"]')
    assert fake.get_attribute("aria-label") == "fake image: not yet"
    page.locator(".step-next").click()  # by mouse
    told.filter(has_text=f"2 of {STAGES}").wait_for()
    page.locator(".step-next").press("Enter")  # by keyboard
    told.filter(has_text=f"3 of {STAGES}").wait_for()
    fake.focus()
    detail.filter(has_text="the step has not come so far").wait_for()
    for _ in range(2):
        fake.press("ArrowRight")
    told.filter(has_text=f"5 of {STAGES}").wait_for()
    detail.filter(has_text="(8, 28, 28, 1)").wait_for()
    page.locator('.step-node[data-node="real text"]').hover()
    detail.filter(has_text="A real caption").wait_for()

    page.locator(".step-pace select").select_option("quick")
    page.locator(".step-play").press("Space")
    told.filter(has_text=f"{STAGES} of {STAGES}").wait_for()
    page.locator(".step-play", has_text="Play").wait_for()

    pulls, real = (f'.step-node[data-node="{name} image"] img' for name in ("pushes", "real"))
    before = notebook.picture(pulls), notebook.picture(real)
    page.locator(".step-loss select").select_option("hinge")
    notebook.wait_for_another(pulls, before[0])
    assert notebook.picture(real) == before[1], "another loss changes nothing before the logits"
    notebook.move(".step-example")
    notebook.wait_for_another(real, before[1])

    assert "a good third is left" in notebook.answer("exercises.HalfLife.check", WRONG)
    right = WRONG.replace("1 / (1 - decay)", "np.log(0.5) / np.log(decay)")
    assert notebook.answer("exercises.HalfLife.check", right).startswith("Right.")
    notebook.check()
