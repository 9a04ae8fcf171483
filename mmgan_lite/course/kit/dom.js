// What the pages' sides of the widgets share; `front.py` puts it before each of them.

function element(tag, { role, ...properties }, parent) {
  const made = Object.assign(document.createElement(tag), properties);
  // "status": a screen reader tells what changes in it; "application": arrow keys are ours, not the screen reader's
  if (role) made.setAttribute("role", role);
  parent.append(made);
  return made;
}

// Listen to a model; anywidget's own `off` ends it with the view.
function follow(model, listeners) {
  for (const [event, listener] of Object.entries(listeners)) model.on(event, listener);
}

// A key that a widget has used: the page does not scroll, and the notebook does not change cells.
function used(event) {
  event.preventDefault();
  event.stopPropagation();
}
