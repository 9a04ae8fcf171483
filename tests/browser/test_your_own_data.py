"""Notebook 13 under a learner's hands: a row of a table, a panel on one's own data, and the experiment board."""

NAME = "13_your_own_data.ipynb"
ROW = """from exercises import your_own_data

row = {"image": "pictures/7.png", "text": "a green anchor", "speech": "", "label": %r, "split": "test"}

your_own_data.Row.check(row)"""


def test_run_all_then_plan_an_experiment_and_stop_it(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.run_all()

    assert "all colours" in notebook.answer("your_own_data.Row", ROW % "anchor")
    assert "Right. load_pairs reads it" in notebook.answer("your_own_data.Row", ROW % "a green anchor")

    panel = page.locator(".panel")
    assert not panel.is_visible()
    notebook.guess(0)
    panel.wait_for()
    caption = panel.locator(".panel-caption input")
    before = notebook.picture(".panel-cards img")
    caption.fill("a pink moon")
    caption.press("Enter")
    notebook.wait_for_another(".panel-cards img", before)
    caption.fill("a purple moon")
    caption.press("Enter")
    panel.locator(".panel-status", has_text="unknown word").wait_for()

    board = page.locator(".predict-gate .experiment")
    assert not board.is_visible()
    notebook.guess(1)
    board.wait_for()
    plan_by_keyboard_and_run(notebook, board)
    go_on_by_mouse(notebook, board)
    notebook.check()


def plan_by_keyboard_and_run(notebook, board):
    run = board.locator(".experiment-run")
    assert run.is_disabled()
    board.locator(".experiment-prediction textarea").fill("A slower rate wins, since the ring is small")
    notebook.page.keyboard.press("Tab")
    board.locator(".experiment-design", has_text="= 3 runs").wait_for()
    board.locator(".experiment-seeds").scroll_into_view_if_needed()
    notebook.point(".predict-gate .experiment-seeds", 0.99)  # by mouse
    board.locator(".experiment-design", has_text="3 combinations × 10 seeds = 30 runs").wait_for()
    for _ in range(8):
        notebook.move(".predict-gate .experiment-seeds", "ArrowLeft")
    board.locator(".experiment-design", has_text="3 combinations × 2 seeds = 6 runs").wait_for()
    run.press("Enter")
    board.locator(".experiment-line", has_text="1 of 6 runs").wait_for()
    board.locator(".experiment-stop").press("Enter")
    board.locator(".experiment-line", has_text="Stopped").wait_for()
    assert "A slower rate wins" in board.locator(".experiment-told").inner_text()


def go_on_by_mouse(notebook, board):
    view = ".predict-gate .experiment-view img"
    before = notebook.picture(view)
    board.locator(".experiment-run").click()
    notebook.wait_for_another(view, before)
    board.locator(".experiment-line", has_text="All done: 6 of 6 runs").wait_for()
    board.locator(".experiment-load").click()
    board.locator(".experiment-line", has_text="Loaded 6 runs").wait_for()
    assert board.locator(".experiment-told table").count() == 1
