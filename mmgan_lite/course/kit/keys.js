// A key that is pressed in a widget belongs to the widget, not to JupyterLab's shortcuts, which would move to the next
// cell or cut this one. What needs Ctrl, Alt or the like, Escape, and Shift with Enter, stay the notebook's.

const SUPPRESS = "data-lm-suppress-shortcuts"; // Lumino looks for it from the target upwards

function decide(event) {
  const target = event.target;
  if (!(target instanceof Element) || !target.closest(".jupyter-widgets")) return;
  const held = event.ctrlKey || event.metaKey || event.altKey;
  const labs = held || event.key === "Escape" || (event.key === "Enter" && event.shiftKey);
  target.toggleAttribute(SUPPRESS, !labs);
}

function initialize() {
  if (window.mmganKeys) return; // one listener serves all
  window.mmganKeys = true;
  window.addEventListener("keydown", decide, true); // before anybody else hears of it
}

export default { initialize };
