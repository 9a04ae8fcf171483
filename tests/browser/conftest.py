"""A real browser on a real JupyterLab, both on this machine alone."""

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent.parent
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --autoplay-policy=no-user-gesture-required"
).split()
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SETTINGS = '{"windowingMode": "none"}'  # keep cells that are scrolled out of sight in the page, so that tests find them
DARK = '{"theme": "JupyterLab Dark", "adaptive-theme": false}'
PALE, HIDDEN = ((Path(__file__).parent / name).read_text() for name in ("pale.js", "hidden.js"))
PIXELS = """
async selector => {
    const picture = document.querySelector(selector);
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), {width: picture.width, height: picture.height});
    canvas.getContext("2d").drawImage(picture, 0, 0, picture.width, picture.height);
    return canvas.toDataURL();
}
"""
MINUTE = 60_000  # milliseconds


def pytest_collection_modifyitems(items):
    """Everything here bears the mark `browser`."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("browser")


def no_browser(reason):
    """Skip, or fail where a browser is required."""
    (pytest.fail if os.environ.get("MMGAN_REQUIRE_BROWSER") else pytest.skip)(reason)


@pytest.fixture(scope="module")  # not longer: while Playwright is open, nothing else in this process can use asyncio
def start_chromium():
    """A function: flags, beside the usual ones, to a headless Chromium."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        no_browser("playwright is missing; pip install playwright")
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        no_browser("no Chromium here; on Debian or Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        started = []

        def start(*flags):
            started.append(playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags]))
            return started[-1]

        yield start
        for browser in started:
            browser.close()


@pytest.fixture(scope="module")
def chromium(start_chromium):
    """A headless Chromium."""
    return start_chromium()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """JupyterLab, started as a learner starts it, on a copy of the notebooks without their outputs."""

    token = "test"

    def __init__(self, folder, budget):
        self.folder, self.port = folder, free_port()
        self._copy_notebooks()
        if budget == "smoke":  # most tests are made in the dark: all must be legible in both
            self._set("apputils-extension/themes", DARK)
        if budget != "full":  # that one is as JupyterLab ships it
            self._set("notebook-extension/tracker", SETTINGS)
        options = {
            "ip": "127.0.0.1", "port": self.port, "ServerApp.port_retries": 0, "ServerApp.root_dir": folder,
            "IdentityProvider.token": self.token, "LabApp.default_url": "/lab",
        }  # fmt: skip
        command = [sys.executable, "-m", "mmgan_lite", "lab", "--no-browser"]
        command += [f"--{name}={value}" for name, value in options.items()]
        self.log = (folder / "lab.log").open("w")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment(budget), stdout=self.log, stderr=self.log
        )
        self._wait()

    def _set(self, name, settings):
        path = self.folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(settings)

    def _copy_notebooks(self):
        shutil.copytree(ROOT / "notebooks" / "exercises", self.folder / "notebooks" / "exercises")
        for path in (ROOT / "notebooks").glob("*.ipynb"):
            notebook = nbformat.read(path, 4)
            for cell in notebook.cells:
                if cell.cell_type == "code":  # a saved output would end a wait too early
                    cell.outputs, cell.execution_count = [], None
            notebook.metadata.pop("widgets", None)
            nbformat.write(notebook, self.folder / "notebooks" / path.name)

    def _environment(self, budget):
        folders = {f"JUPYTERLAB_{name}_DIR": str(self.folder / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
        own = {"JUPYTER_CONFIG_DIR": str(self.folder / "config"), "MMGAN_BUDGET": budget, "PYTHONPATH": str(ROOT)}
        # the kernels are a learner's, not pytest's; and no coverage is measured in them, which would double their time
        left_out = ("PYTEST_CURRENT_TEST", "COVERAGE_PROCESS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        return kept | folders | own

    def _wait(self):
        for _ in range(240):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/status?token={self.token}")
                return
            except urllib.error.URLError:
                assert self.process.poll() is None, (self.folder / "lab.log").read_text()
                time.sleep(0.25)
        raise TimeoutError("JupyterLab did not start within a minute")

    def write(self, name, *cells):
        """A notebook of a test's own."""
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}  # else JupyterLab asks which
        nbformat.write(made, self.folder / "notebooks" / name)

    def address(self, notebook):
        return f"http://127.0.0.1:{self.port}/lab/tree/notebooks/{notebook}?token={self.token}&reset"

    def close(self):
        self.process.terminate()  # JupyterLab ends its kernels
        self.process.wait(30)
        self.log.close()


@pytest.fixture(scope="session")
def labs(tmp_path_factory):
    """A function: budget to a `Lab`, one for each."""
    running = {}

    def lab(budget):
        if budget not in running:
            running[budget] = Lab(tmp_path_factory.mktemp(budget), budget)
        return running[budget]

    yield lab
    for one in running.values():
        one.close()


class Notebook:
    """A notebook in the browser, and what went wrong in its page."""

    def __init__(self, page, lab, name):
        self.page, self.name, self.complaints, self.strangers = page, name, [], []
        page.set_default_timeout(MINUTE)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._note(request.url))
        page.on("dialog", lambda dialog: dialog.accept())  # to leave a page that is not saved
        page.goto(lab.address(name))
        self.wait_until_open()

    def wait_until_open(self):
        self.page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for()
        self.wait_until_idle()

    def reload(self):
        """Press F5; again, if JupyterLab was too slow to find the kernel, and asks which to start."""
        for _ in range(3):
            self.page.reload()
            self.wait_until_open()
            if not self.page.locator(".jp-Dialog").count():
                break

    def _note(self, url):
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            self.strangers.append(url)

    def wait_until_idle(self, timeout=MINUTE):
        status = '.jp-NotebookPanel .jp-Notebook-ExecutionIndicator[data-status="idle"]'
        self.page.locator(status).wait_for(timeout=timeout)

    def run_all(self, wait=True):
        """Choose "Run All Cells"; again, if the menu was clicked before JupyterLab listened."""
        begun = "[...document.querySelectorAll('.jp-InputPrompt')].some(one => /[*0-9]/.test(one.textContent))"
        for _ in range(5):
            self.accept_dialogs()
            self.page.locator(".jp-Notebook .jp-Cell").first.click()
            self.page.get_by_role("menuitem", name="Run", exact=True).click()
            self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            with contextlib.suppress(Exception):  # a time-out: nothing runs yet
                self.page.wait_for_function(f"() => {begun}", timeout=10_000)
                break
            self.page.keyboard.press("Escape")  # whatever menu or dialog stands in the way
        if wait:
            self.wait_until_done()

    def stop_trainings(self, count=1):
        """Run all; stop each training, by keyboard, as soon as its button is there; the rest runs on what it learnt."""
        self.run_all(wait=False)
        for number in range(count):
            self.page.locator(".stop-button").nth(number).press("Enter")  # at once: a mouse waits until nothing moves
            self.page.locator(".run-line").nth(number).filter(has_text="what was learnt is kept").wait_for()
        self.wait_until_done()

    def go_on(self):
        """Take up the first training again, by keyboard, to its end."""
        self.page.locator(".run-go-on:not([disabled])").first.press("Enter")
        self.page.locator(".run-line").first.filter(has_text="done; run the cells below again").wait_for()

    def accept_dialogs(self):
        """A slow machine makes JupyterLab ask, say, which kernel to start: take what it proposes."""
        for button in self.page.locator(".jp-Dialog .jp-mod-accept").all():
            button.click()

    def run_cell(self, words):
        """Run the cell that holds these words, by keyboard, and do not wait."""
        self.cell(words).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def wait_until_done(self, timeout=4 * MINUTE):
        """Until the last code cell has a number."""
        prompts = ".jp-Notebook .jp-CodeCell .jp-InputPrompt"
        self.page.wait_for_function(
            "prompts => [...document.querySelectorAll(prompts)].every(one => /\\[\\d+\\]/.test(one.textContent))",
            arg=prompts, timeout=timeout,
        )  # fmt: skip
        self.wait_until_idle()

    def cell(self, words):
        """The code cell whose source holds these words."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").filter(
            has=self.page.locator(".cm-content", has_text=words)
        )

    def answer(self, words, source):
        """Replace the source of the cell that holds these words, by keyboard, run it, and return the verdict."""
        number = self.cell(words).evaluate("cell => [...cell.parentNode.children].indexOf(cell)")
        cell = self.page.locator(f".jp-Notebook .jp-Cell >> nth={number}")  # its words may change
        before = cell.locator(".jp-InputPrompt").first.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.evaluate("source => document.execCommand('insertText', false, source)", source)
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "([number, before]) => { const told = document.querySelectorAll('.jp-Notebook .jp-Cell')[number]"
            ".querySelector('.jp-InputPrompt').textContent; return /\\d/.test(told) && told !== before; }",
            arg=[number, before],
        )  # fmt: skip
        return cell.locator(".verdict").last.inner_text()

    def move(self, selector, key="ArrowRight"):
        """Press a key on the handle of a slider."""
        handle = self.page.locator(f"{selector} .noUi-handle").first
        handle.focus()
        handle.press(key)

    def point(self, selector, share=0.5):
        """Click, with the mouse, on the track of a slider: at this share of its length."""
        track = self.page.locator(f"{selector} .noUi-base").first.bounding_box()
        self.page.mouse.click(track["x"] + share * track["width"], track["y"] + track["height"] / 2)

    def guess(self, number=0, option=0):
        """Store a guess, by keyboard, in one of the notebook's questions."""
        asked = self.page.locator(".predict").nth(number)
        asked.locator("input[type=radio]").first.press("Space")
        for passed in range(option):  # arrows belong to the options, not to JupyterLab's cells
            asked.locator("input[type=radio]").nth(passed).press("ArrowDown")
        asked.locator(".predict-store:not([disabled])").press("Enter")
        asked.locator(".predict-told", has_text="Stored").wait_for()

    def picture(self, selector):
        """A hash of the pixels of the first picture that the selector finds."""
        self.page.locator(selector).first.wait_for()
        return hashlib.sha256(self.page.evaluate(PIXELS, selector).encode()).hexdigest()

    def wait_for_another(self, selector, before, seconds=20):
        """Wait until the picture is not the one that it was."""
        for _ in range(10 * seconds):
            if self.picture(selector) != before:
                return
            time.sleep(0.1)
        raise AssertionError(f"the picture in {selector} stayed the same for {seconds} s")

    def enlarge(self):
        """Zoom to 200%, which leaves half as many pixels each way; the list of files is folded away. All fits."""
        self.page.set_viewport_size({"width": 640, "height": 500})
        self.page.keyboard.press("Control+b")
        self.page.locator(".jp-DirListing").wait_for(state="hidden")
        assert self.page.evaluate(HIDDEN) == []

    def tracebacks(self):
        return self.page.locator(
            '.jp-Notebook [data-mime-type="application/vnd.jupyter.stderr"], .jp-RenderedText .ansi-red-fg'
        )

    def check(self):
        """No traceback, no error in a widget or in the page's console, no request off this machine; all is legible, and
        every control is in sight at 200% too, which comes last: the page stays enlarged."""
        assert self.tracebacks().all_inner_texts() == []
        assert [text for text in self.page.locator(".guard").all_inner_texts() if text] == []
        assert self.complaints == []
        assert self.strangers == []
        assert self.page.evaluate(PALE) == []
        self.enlarge()


@pytest.fixture
def open_notebook(chromium, labs):
    """A function: name and budget to a `Notebook` in a page of its own; every one is checked at the end."""
    pages = []

    def opened(name, budget="smoke", browser=chromium):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        pages.append(Notebook(page, labs(budget), name))
        return pages[-1]

    yield opened
    for notebook in pages:
        print(notebook.name, notebook.page.locator(".run-line, .guard").all_inner_texts())  # shown if the test failed
        notebook.page.close()
