// A drawing pad for one digit: a pointer or the keyboard paints soft strokes into a small grey picture.
// Model: `pixels` (rows * columns bytes, 0 blank to 255 ink), `size` (pixels a side), `brush` (radius in pixels).

const SIDE = 280; // screen pixels
const STEPS = 28; // of the cursor, from edge to edge

const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const HELP =
  "Drawing pad. Arrow keys move the cursor, with Shift by three. Space puts the brush down or lifts it. " +
  "E changes between brush and eraser. Delete clears the pad.";

function distance(x, y, [ax, ay], [bx, by]) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length ? Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

function render({ model, el }) {
  const size = model.get("size");
  const zoom = SIDE / size; // screen pixels for each pixel of the picture
  let ink = new Uint8Array(size * size);
  let cursor = [size / 2, size / 2]; // in pixels of the picture
  let down = false; // the brush, for the keyboard
  let erasing = false;
  let last = null; // the pointer's previous place while a button is held

  el.classList.add("pad");
  const canvas = element("canvas", { width: SIDE, height: SIDE, tabIndex: 0, className: "pad-canvas", role: "application" }, el);
  canvas.setAttribute("aria-label", HELP);
  const tools = element("div", { className: "pad-tools" }, el);
  const clearButton = element("button", { type: "button", className: "pad-clear", textContent: "Clear" }, tools);
  const eraser = element("button", { type: "button", className: "pad-eraser", textContent: "Eraser" }, tools);
  const told = element("span", { className: "pad-told", role: "status" }, tools);
  const context = canvas.getContext("2d");
  const small = element("canvas", { width: size, height: size, hidden: true }, el);

  function draw() {
    const picture = new ImageData(size, size);
    ink.forEach((value, i) => picture.data.set([value, value, value, 255], 4 * i));
    small.getContext("2d").putImageData(picture, 0, 0);
    context.drawImage(small, 0, 0, SIDE, SIDE);
    if (document.activeElement === canvas) {
      const radius = (model.get("brush") + 0.5) * zoom;
      context.lineWidth = 2;
      context.strokeStyle = erasing ? "#D55E00" : down ? "#F0E442" : "#56B4E9";
      context.strokeRect(cursor[0] * zoom - radius, cursor[1] * zoom - radius, 2 * radius, 2 * radius);
    }
    eraser.setAttribute("aria-pressed", erasing);
  }

  function paint(from, to) {
    const radius = model.get("brush");
    for (let i = 0; i < ink.length; i++) {
      const away = distance((i % size) + 0.5, Math.floor(i / size) + 0.5, from, to);
      const value = 255 * Math.min(1, Math.max(0, radius + 0.5 - away)); // a soft edge, one pixel wide
      ink[i] = erasing ? Math.min(ink[i], 255 - value) : Math.max(ink[i], value);
    }
  }

  let waiting = null;
  function send() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      model.set("pixels", new DataView(ink.slice().buffer));
      model.save_changes();
    }, 150); // not at every pixel: Python answers each with three samples
  }

  function clear() {
    ink.fill(0);
    down = false;
    told.textContent = "cleared";
    send();
    draw();
  }

  function toggleEraser() {
    erasing = !erasing;
    told.textContent = erasing ? "eraser" : "brush";
    draw();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * size, ((event.clientY - box.top) / box.height) * size];
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    canvas.focus();
    last = cursor = place(event);
    paint(last, last);
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    cursor = place(event);
    paint(last, cursor);
    last = cursor;
    draw();
  });
  for (const ending of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(ending, () => {
      if (last) send();
      last = null;
    });
  }

  canvas.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (step) {
      const before = cursor;
      const by = ((event.shiftKey ? 3 : 1) * size) / STEPS;
      cursor = before.map((at, axis) => Math.min(size - 0.5, Math.max(0.5, at + by * step[axis])));
      if (down) {
        paint(before, cursor);
        send();
      }
    } else if (event.key === " ") {
      down = !down;
      told.textContent = down ? "brush down: arrows draw" : "brush up";
      if (down) {
        paint(cursor, cursor);
        send();
      }
    } else if (event.key === "e" || event.key === "E") {
      toggleEraser();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      clear();
    } else {
      return; // Tab and all others keep their meaning
    }
    used(event);
    draw();
  });
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, draw);
  clearButton.addEventListener("click", clear);
  eraser.addEventListener("click", toggleEraser);

  function fromPython() {
    const given = model.get("pixels");
    const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
    if (bytes.length === ink.length) ink = bytes.slice();
    draw();
  }
  model.on("change:pixels", fromPython);
  fromPython();
  return () => clearTimeout(waiting);
}

export default { render };
