// Controls that stick out of the page to the right, in words.
() => {
  const CONTROLS = ".jupyter-button, .widget-text, .widget-dropdown, .widget-slider, .widget-radio-box, canvas";
  const right = (element) => element.getBoundingClientRect().right;
  return [...document.querySelectorAll(".jp-OutputArea-output")].flatMap((output) =>
    [...output.querySelectorAll(CONTROLS)]
      .filter((one) => one.checkVisibility() && one.offsetWidth > 0 && right(one) > right(output) + 1)
      .map((one) => `${one.className}: ${one.textContent.trim().slice(0, 40)}`),
  );
};
