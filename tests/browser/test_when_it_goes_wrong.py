"""Notebook 04 under a learner's hands: trainings stopped and gone on with, a patient treated, diagnoses."""

NAME = "04_when_it_goes_wrong.ipynb"
VIEW = ".clinic-view img"
ANSWERS = {
    "P": "condition ignored", "Q": "vanishing gradient", "R": "mode collapse", "S": "healthy", "T": "oscillation",
    "U": "D too strong",
}  # fmt: skip
CELL = "diagnosis = {}\n\nexercises.Hidden.check(diagnosis)"


def test_stop_go_on_guess_treat_ask_and_diagnose(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings(3)  # the first, the ward round, and the four recipes
    notebook.go_on()
    assert not page.locator(".clinic").first.is_visible()  # closed until a guess is stored
    notebook.guess(option=1)

    ward = page.locator(".clinic").first
    notebook.move(".clinic-turns", "ArrowLeft")  # by keyboard
    ward.locator(".clinic-told", has_text="Settings changed").wait_for()
    ward.locator("button.clinic-anew").click()  # by mouse
    ward.locator(".clinic-told", has_text="ask the doctor").wait_for()
    before = notebook.picture(VIEW)
    ward.locator(".clinic-penalty select").select_option("r1")
    ward.locator("button.clinic-treat").press("Enter")
    notebook.wait_for_another(VIEW, before)
    ward.locator("button.clinic-stop").click()
    ward.locator(".clinic-told", has_text="ask the doctor").wait_for()
    before = notebook.picture(VIEW)
    ward.locator("button.clinic-treat:not([disabled])").press("Enter")  # and go on
    notebook.wait_for_another(VIEW, before)
    ward.locator(".clinic-told", has_text="ask the doctor").wait_for()
    ward.locator("button.clinic-ask").press("Enter")
    ward.locator(".clinic-told", has_text="The doctor says").wait_for()

    before = notebook.picture(".cases-view img")
    notebook.move(".cases-slider-record")
    notebook.wait_for_another(".cases-view img", before)

    swapped = ANSWERS | {"R": "oscillation", "T": "mode collapse"}
    assert "4 of 6" in notebook.answer("diagnosis =", CELL.format(swapped))
    assert "All six" in notebook.answer("diagnosis =", CELL.format(ANSWERS))
    notebook.check()
