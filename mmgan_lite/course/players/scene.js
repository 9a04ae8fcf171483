// The duel as a picture: D's opinion as a surface, G's bent grid, real and fake points, arrows, and both losses.
// Model: bytes that Python computes, drawn anew whenever `frame` changes; see scene.py.

const REAL = "#0072B2";
const FAKE = "#D55E00";
const SURE = 0.45; // how strong the surface's colours are
const CURVES = 120; // pixels of height of the losses

function floats(view) {
  return view && view.byteLength
    ? new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
    : new Float32Array();
}

function bytes(view) {
  return view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array();
}

function sharp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  Object.assign(canvas, { width: width * ratio, height: height * ratio });
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  return context;
}

function hex(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}

function render({ model, el }) {
  const size = model.get("size");
  el.classList.add("scene");
  const canvas = element("canvas", { className: "scene-canvas" }, el);
  const curves = element("canvas", { className: "scene-curves" }, el);
  for (const one of [canvas, curves]) one.setAttribute("role", "img");
  const context = sharp(canvas, size, size);
  const lines = sharp(curves, size, CURVES);
  const small = document.createElement("canvas");

  const shown = (layer) => model.get("layers").includes(layer);
  function at(x, y) {
    const [left, right, bottom, top] = model.get("extent");
    return [((x - left) / (right - left)) * size, ((top - y) / (top - bottom)) * size];
  }

  function surface() {
    const field = bytes(model.get("field"));
    const side = Math.round(Math.sqrt(field.length));
    if (!side) return;
    const pixels = new ImageData(side, side);
    const [real, fake] = [hex(REAL), hex(FAKE)];
    field.forEach((value, i) => {
      const row = side - 1 - Math.floor(i / side); // the first row lies at the bottom
      const sure = (2 * value) / 255 - 1; // -1 fake … 1 real
      const tint = sure > 0 ? real : fake;
      const white = (channel) => 255 - Math.abs(sure) * SURE * (255 - channel);
      pixels.data.set([...tint.map(white), 255], 4 * (row * side + (i % side)));
    });
    Object.assign(small, { width: side, height: side });
    small.getContext("2d").putImageData(pixels, 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(small, 0, 0, size, size);
  }

  function mesh() {
    const places = floats(model.get("mesh"));
    const side = Math.round(Math.sqrt(places.length / 2));
    context.strokeStyle = "#7a5195";
    context.lineWidth = 0.8;
    context.beginPath();
    for (let line = 0; line < side; line += 2) {
      for (const along of [(k) => line * side + k, (k) => k * side + line]) {
        for (let k = 0; k < side; k++) {
          const place = at(places[2 * along(k)], places[2 * along(k) + 1]);
          if (k) context.lineTo(...place);
          else context.moveTo(...place);
        }
      }
    }
    context.stroke();
  }

  function dots(view, mark) {
    const places = floats(view);
    for (let i = 0; i < places.length; i += 2) mark(...at(places[i], places[i + 1]));
  }

  function arrows() {
    const given = floats(model.get("arrows")); // x, y, and where the arrow ends
    context.strokeStyle = "#000000";
    context.lineWidth = 1.1;
    context.beginPath();
    for (let i = 0; i < given.length; i += 4) {
      const [from, to] = [at(given[i], given[i + 1]), at(given[i + 2], given[i + 3])];
      const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
      const head = Math.min(5, 0.5 * Math.hypot(dx, dy));
      const angle = Math.atan2(dy, dx);
      context.moveTo(...from);
      context.lineTo(...to);
      for (const turn of [2.6, -2.6]) {
        context.moveTo(...to);
        context.lineTo(to[0] + head * Math.cos(angle + turn), to[1] + head * Math.sin(angle + turn));
      }
    }
    context.stroke();
  }

  function points() {
    context.fillStyle = REAL;
    context.globalAlpha = 0.6;
    dots(model.get("real"), (x, y) => context.fillRect(x - 1.75, y - 1.75, 3.5, 3.5)); // squares: read without colour too
    context.globalAlpha = 1;
    if (shown("arrows")) arrows();
    context.fillStyle = FAKE;
    context.strokeStyle = "white";
    context.lineWidth = 0.7;
    const within = (at) => Math.min(size - 4, Math.max(4, at)); // who flew off is drawn at the edge, hollow
    dots(model.get("fakes"), (x, y) => {
      const off = within(x) !== x || within(y) !== y;
      context.strokeStyle = off ? FAKE : "white";
      context.beginPath();
      context.arc(within(x), within(y), 3, 0, 2 * Math.PI);
      if (!off) context.fill();
      context.stroke();
    });
  }

  function curve(past, row, n, place, dash, colour) {
    lines.strokeStyle = colour;
    lines.lineWidth = 1.5;
    lines.setLineDash(dash);
    lines.beginPath();
    let drawn = false;
    for (let i = 0; i < n; i++) {
      const value = past[row * n + i];
      if (!Number.isFinite(value)) continue;
      if (drawn) lines.lineTo(...place(past[i], value));
      else lines.moveTo(...place(past[i], value));
      drawn = true;
    }
    lines.stroke();
    lines.setLineDash([]);
  }

  function losses() {
    const past = floats(model.get("curves")); // three rows: step, D's loss, G's loss
    const n = past.length / 3;
    const [pad, bottom] = [26, CURVES - 14];
    lines.clearRect(0, 0, size, CURVES);
    const known = [...past.slice(n)].filter(Number.isFinite);
    const highest = Math.max(2, ...known) * 1.05;
    const lowest = Math.min(0, ...known) * 1.05;
    const last = Math.max(1, past[n - 1] || 0);
    const up = (value) => bottom - ((value - lowest) / (highest - lowest)) * (bottom - 4);
    const place = (step, value) => [pad + (step / last) * (size - pad - 4), up(value)];
    lines.font = "10px sans-serif";
    lines.fillStyle = "#444";
    let above = Infinity; // the last label that was written, which the next one must not touch
    for (const [value, words] of [[0, "0"], [Math.log(2), "log 2"], [Math.log(4), "log 4"]]) {
      if (above - up(value) > 9) {
        lines.fillText(words, 0, up(value) + 3);
        above = up(value);
      }
      lines.fillStyle = "#bbb";
      lines.fillRect(pad, up(value), size - pad - 4, 0.7);
      lines.fillStyle = "#444";
    }
    lines.fillText(`step ${last}`, size - 50, CURVES - 2);
    lines.fillText("D’s loss ——   G’s loss – –", pad, CURVES - 2);
    curve(past, 1, n, place, [], "#000000");
    curve(past, 2, n, place, [5, 3], FAKE);
    lines.fillStyle = "#0072B2";
    lines.fillRect(place(model.get("now"), 0)[0] - 0.75, 0, 1.5, bottom); // where the duel stands
  }

  let due = false;
  function draw() {
    due = false;
    context.fillStyle = "white";
    context.fillRect(0, 0, size, size);
    if (shown("surface")) surface();
    if (shown("mesh")) mesh();
    points();
    losses();
    model.send({ seen: model.get("frame") }); // so that Python does not draw faster than the page
  }
  function soon() {
    if (!due) requestAnimationFrame(draw);
    due = true;
  }
  function describe() {
    canvas.setAttribute("aria-label", model.get("alt"));
    curves.setAttribute("aria-label", model.get("curves_alt"));
  }

  follow(model, { "change:frame": soon, "change:layers": soon, "change:alt": describe });
  describe();
  draw();
}

export default { render };
