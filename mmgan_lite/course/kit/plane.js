// A plane with points to move by pointer or keyboard, over a picture that Python draws.
// Model: `points` [[x, y], …] in the units of `extent` [left, right, bottom, top]; see plane.py.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const RADIUS = 8; // screen pixels of a point
const PAUSE = 80; // milliseconds between two messages while a point is dragged

// Steps of 1, 2 or 5 times a power of ten, about four of them in a range.
function ticks(low, high) {
  const power = 10 ** Math.floor(Math.log10((high - low) / 4));
  const step = [1, 2, 5, 10].map((k) => k * power).find((s) => (high - low) / s <= 6);
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high + 1e-9; at += step) found.push(Math.round(at / step) * step);
  return found;
}

const short = (value) => String(Math.round(value * 1000) / 1000).replace("-", "−");

function render({ model, el }) {
  const [width, height] = [model.get("width"), model.get("height")];
  let points = model.get("points").map((point) => [...point]);
  let chosen = points.length ? 0 : -1;
  let dragged = false;
  let cursor = null; // where the keyboard adds the next point

  el.classList.add("plane");
  const stage = element("div", { className: "plane-stage" }, el);
  Object.assign(stage.style, { width: `${width}px`, aspectRatio: `${width} / ${height}` }); // narrower in a narrow page
  const picture = element("img", { className: "plane-picture", hidden: true, alt: "" }, stage);
  const canvas = element("canvas", { width, height, tabIndex: 0, className: "plane-canvas", role: "application" }, stage);
  const told = element("div", { className: "plane-told", role: "status" }, el);
  const context = canvas.getContext("2d");

  const edges = () => model.get("extent");
  function onScreen([x, y]) {
    const [left, right, bottom, top] = edges();
    return [((x - left) / (right - left)) * width, ((top - y) / (top - bottom)) * height];
  }
  function inPlane(event) {
    const [left, right, bottom, top] = edges();
    const box = canvas.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return [left + x * (right - left), top - y * (top - bottom)];
  }
  function inside([x, y]) {
    const [left, right, bottom, top] = edges();
    return [Math.min(right, Math.max(left, x)), Math.min(top, Math.max(bottom, y))];
  }

  function describe() {
    const adding = model.get("adding") ? " Enter adds a point, Delete removes one." : "";
    const how = "Page Up and Page Down choose a point, arrow keys move it, with Shift in larger steps.";
    canvas.setAttribute("aria-label", `${model.get("alt")} ${how}${adding}`);
    picture.alt = model.get("alt");
  }

  function name(i) {
    return model.get("labels")[i] || `point ${i + 1}`;
  }

  function draw() {
    context.clearRect(0, 0, width, height);
    drawAxes();
    const [colours, labels, lines] = [model.get("colours"), model.get("labels"), []];
    context.font = "12px sans-serif";
    points.forEach((point, i) => {
      const [x, y] = onScreen(point);
      context.beginPath();
      context.arc(x, y, RADIUS, 0, 2 * Math.PI);
      context.fillStyle = colours[i % colours.length];
      context.fill();
      context.lineWidth = 2;
      context.strokeStyle = "white";
      context.stroke();
      if (i === chosen && document.activeElement === canvas) {
        context.beginPath();
        context.arc(x, y, RADIUS + 4, 0, 2 * Math.PI);
        context.strokeStyle = "black";
        context.stroke();
      }
      if (labels[i]) write(labels[i], x + RADIUS + 3, freeLine(x, y - RADIUS, lines));
    });
    if (cursor && document.activeElement === canvas) {
      const [x, y] = onScreen(cursor);
      context.strokeStyle = "black";
      context.lineWidth = 1;
      context.strokeRect(x - 5, y - 5, 10, 10);
    }
  }

  // Where points meet, their labels stand one below the other.
  function freeLine(x, y, lines) {
    while (lines.some(([left, line]) => Math.abs(left - x) < 60 && Math.abs(line - y) < 13)) y += 13;
    lines.push([x, y]);
    return y;
  }

  function write(words, x, y) {
    context.lineWidth = 3;
    context.strokeStyle = "white"; // a rim, to be read on any picture
    context.strokeText(words, x, y);
    context.fillStyle = "black";
    context.fillText(words, x, y);
  }

  function drawAxes() {
    const [left, right, bottom, top] = edges();
    context.font = "10px sans-serif";
    for (const at of ticks(left, right)) write(short(at), onScreen([at, bottom])[0] + 2, height - 3);
    if (model.get("axis") === "x") return;
    for (const at of ticks(bottom, top).slice(1)) write(short(at), 2, onScreen([left, at])[1] - 2);
  }

  let last = 0;
  let waiting = null;
  function send(now = false) {
    clearTimeout(waiting);
    const rest = now ? 0 : Math.max(0, PAUSE - (Date.now() - last)); // the picture follows, the kernel is not flooded
    waiting = setTimeout(() => {
      last = Date.now();
      model.set("points", points.map((point) => [...point]));
      model.save_changes();
    }, rest);
  }

  function tell(words) {
    const point = points[chosen];
    const along = model.get("axis") === "x" ? [0] : model.get("axis") === "y" ? [1] : [0, 1];
    told.textContent = words || (point ? `${name(chosen)}: ${along.map((k) => short(point[k])).join(", ")}` : "");
  }

  function move(to) {
    const axis = model.get("axis");
    const [x, y] = inside(to);
    points[chosen] = [axis === "y" ? points[chosen][0] : x, axis === "x" ? points[chosen][1] : y];
    tell();
    draw();
  }

  function add(at) {
    points.push(inside(at));
    chosen = points.length - 1;
    send(true);
    tell();
    draw();
  }

  function remove() {
    if (chosen < 0) return;
    const gone = name(chosen);
    points.splice(chosen, 1);
    chosen = Math.min(chosen, points.length - 1);
    send(true);
    tell(`${gone} removed`);
    draw();
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    canvas.focus();
    const [x, y] = onScreen(inPlane(event)); // in the pixels of the canvas, however large it is shown
    const away = points.map((point) => Math.hypot(onScreen(point)[0] - x, onScreen(point)[1] - y));
    const nearest = away.indexOf(Math.min(...away));
    if (nearest >= 0 && away[nearest] < 2.5 * RADIUS) {
      chosen = nearest;
      dragged = true;
    } else if (model.get("adding")) {
      add(inPlane(event));
      dragged = true;
    }
    cursor = null;
    tell();
    draw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    move(inPlane(event));
    send();
  });
  for (const ending of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(ending, () => {
      if (dragged) send(true);
      dragged = false;
    });
  }

  function step(direction, far) {
    const [left, right, bottom, top] = edges();
    const share = far ? 0.1 : 0.02; // of the plane's width or height
    const by = [direction[0] * share * (right - left), direction[1] * share * (top - bottom)];
    if (cursor) {
      cursor = inside([cursor[0] + by[0], cursor[1] + by[1]]);
      told.textContent = `cursor: ${cursor.map(short).join(", ")}`;
    } else if (chosen >= 0) {
      move([points[chosen][0] + by[0], points[chosen][1] + by[1]]);
      send();
    }
  }

  function press(key, far) {
    if (ARROWS[key]) step(ARROWS[key], far);
    else if (key === "PageDown" || key === "PageUp") {
      cursor = null;
      if (points.length) chosen = (chosen + (key === "PageDown" ? 1 : points.length - 1)) % points.length;
      tell();
    } else if (model.get("adding") && key === "Enter") {
      const [left, right, bottom, top] = edges();
      if (cursor) add(cursor);
      cursor = cursor ? null : [(left + right) / 2, (bottom + top) / 2];
      if (cursor) told.textContent = "cursor in the middle: arrow keys move it, Enter adds a point there";
    } else if (model.get("adding") && (key === "Delete" || key === "Backspace")) remove();
    else if (key === "Escape" && cursor) cursor = null;
    else return false;
    return true;
  }

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || !press(event.key, event.shiftKey)) return; // all others keep their meaning
    used(event);
    draw();
  });
  for (const name of ["focus", "blur"]) canvas.addEventListener(name, draw);

  let address = null;
  function showPicture() {
    const given = model.get("picture");
    if (!given || !given.byteLength) return;
    const before = address;
    address = URL.createObjectURL(new Blob([given], { type: "image/png" }));
    picture.src = address;
    picture.hidden = false;
    if (before) setTimeout(() => URL.revokeObjectURL(before), 1000); // it is shown until the new one is decoded
  }
  function fromPython() {
    if (dragged) return; // the hand that holds a point knows better
    points = model.get("points").map((point) => [...point]);
    if (chosen < 0 || chosen >= points.length) chosen = points.length - 1;
    draw();
  }

  follow(model, { "change:points": fromPython, "change:picture": showPicture, "change:alt": describe });
  model.on("change:labels change:colours change:extent", draw);
  describe();
  showPicture();
  draw();
  return () => {
    clearTimeout(waiting);
    if (address) URL.revokeObjectURL(address);
  };
}

export default { render };
