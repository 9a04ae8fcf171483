// The diagram of one training step: boxes with real tensors, lit one stage after another, forwards and backwards.
// Model: `nodes` ({id, name, x, y, stage, picture (HTML of an <img>), shape, words}), `edges` ({from, to, stage, back}),
// `stages` ({title, words}), `stage` (which one now), `pace` (seconds a stage while it plays), `alt`.

const [WIDE, HIGH, NODE_WIDE, NODE_HIGH] = [112, 66, 92, 56]; // of the lattice, and of a box, in pixels
const COLOURS = { forward: "#0072B2", back: "#D55E00", waits: "#DDDDDD" };

function drawn(tag, attributes, parent) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

// The middle of a box's side that looks towards another box.
function side(node, other) {
  const [x, y] = [node.x * WIDE + 10, node.y * HIGH + 5];
  if (node.x === other.x) return [x + NODE_WIDE / 2, other.y > node.y ? y + NODE_HIGH : y];
  return [other.x > node.x ? x + NODE_WIDE : x, y + NODE_HIGH / 2];
}

function render({ model, el }) {
  el.classList.add("step-diagram");
  const tools = element("div", { className: "step-tools" }, el);
  const names = { back: "◀ Back", next: "Next ▶", play: "Play", start: "From the start" };
  const buttons = Object.fromEntries(
    Object.entries(names).map(([name, textContent]) => [
      name,
      element("button", { type: "button", className: `step-${name}`, textContent }, tools),
    ]),
  );
  const told = element("div", { className: "step-told", role: "status" }, el);
  const scroll = element("div", { className: "step-scroll" }, el);
  const stage = element("div", { className: "step-stage", role: "group" }, scroll);
  const lines = drawn("svg", { "aria-hidden": "true" }, stage);
  const detail = element("div", { className: "step-detail" }, el);
  let boxes = new Map();
  let chosen = null; // the id of the box whose details are shown
  let timer = null;

  const now = () => model.get("stage");
  const last = () => model.get("stages").length - 1;

  function build() {
    const nodes = model.get("nodes");
    const right = Math.max(...nodes.map((node) => node.x)) + 1;
    const bottom = Math.max(...nodes.map((node) => node.y)) + 1;
    const size = { width: right * WIDE + 4, height: bottom * HIGH + 4 };
    Object.assign(stage.style, { width: `${size.width}px`, height: `${size.height}px` });
    for (const [name, value] of Object.entries(size)) lines.setAttribute(name, value);
    const focused = document.activeElement?.dataset?.node;
    for (const box of boxes.values()) box.remove();
    boxes = new Map(nodes.map((node) => [node.id, makeBox(node)]));
    boxes.get(focused)?.focus();
  }

  function makeBox(node) {
    const box = element("button", { type: "button", className: "step-node" }, stage);
    box.dataset.node = node.id;
    const place = { left: node.x * WIDE + 10, top: node.y * HIGH + 5, width: NODE_WIDE, height: NODE_HIGH };
    for (const [name, value] of Object.entries(place)) box.style[name] = `${value}px`;
    box.innerHTML = node.picture;
    element("span", { textContent: node.name }, box);
    for (const event of ["pointerenter", "focus", "click"]) box.addEventListener(event, () => choose(node.id));
    return box;
  }

  function choose(id) {
    chosen = id;
    show();
  }

  function show() {
    const nodes = new Map(model.get("nodes").map((node) => [node.id, node]));
    for (const [id, box] of boxes) {
      const node = nodes.get(id);
      const waits = node.stage > now();
      box.toggleAttribute("data-waits", waits);
      box.toggleAttribute("data-now", node.stage === now());
      box.toggleAttribute("data-chosen", id === chosen);
      box.setAttribute("aria-label", waits ? `${node.name}: not yet` : `${node.name}, ${node.shape}. ${node.words}`);
    }
    drawLines(nodes);
    showDetail(nodes.get(chosen));
    const { title, words } = model.get("stages")[now()];
    told.replaceChildren();
    element("b", { textContent: `${now() + 1} of ${last() + 1} · ${title}. ` }, told);
    told.append(words);
    stage.setAttribute("aria-label", model.get("alt"));
    buttons.back.disabled = buttons.start.disabled = now() === 0;
    buttons.next.disabled = now() === last();
    buttons.play.textContent = timer ? "Pause" : "Play";
  }

  function drawLines(nodes) {
    lines.replaceChildren();
    for (const edge of model.get("edges")) {
      const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
      const [x1, y1] = side(from, to);
      const [x2, y2] = side(to, from);
      const colour = edge.stage > now() ? COLOURS.waits : edge.back ? COLOURS.back : COLOURS.forward;
      const look = { stroke: colour, "stroke-width": edge.stage === now() ? 3 : 1.5 };
      if (edge.back) look["stroke-dasharray"] = "5 3";
      drawn("line", { x1, y1, x2, y2, ...look }, lines);
      drawn("circle", { cx: x2, cy: y2, r: 3, fill: colour }, lines);
    }
  }

  function showDetail(node) {
    detail.replaceChildren();
    if (!node) {
      detail.textContent = "Point at a box, or reach it with Tab, to read its shape and see it large.";
    } else if (node.stage > now()) {
      detail.textContent = `${node.name}: the step has not come so far.`;
    } else {
      element("div", { innerHTML: node.picture }, detail);
      const words = element("div", {}, detail);
      element("p", { textContent: `${node.name}, shape ${node.shape}` }, words).style.fontWeight = "bold";
      element("p", { textContent: node.words }, words);
    }
  }

  function go(to) {
    model.set("stage", Math.max(0, Math.min(last(), to)));
    model.save_changes();
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    show();
  }

  function play() {
    if (timer) return pause();
    if (now() === last()) go(0);
    timer = setInterval(() => {
      if (now() >= last()) pause();
      else go(now() + 1);
    }, 1000 * model.get("pace"));
    show();
  }

  buttons.back.addEventListener("click", () => go(now() - 1));
  buttons.next.addEventListener("click", () => go(now() + 1));
  buttons.start.addEventListener("click", () => go(0));
  buttons.play.addEventListener("click", play);
  stage.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    go(now() + by);
    used(event);
  });

  function renew() {
    build();
    show();
  }
  follow(model, { "change:nodes": renew, "change:stage": show, "change:stages": show });
  renew();
  return () => clearInterval(timer);
}

export default { render };
