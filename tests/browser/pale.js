// What the course writes with less contrast to what lies behind it than large letters need (WCAG 1.4.3), in words.
() => {
  const OURS = ".jp-OutputArea-output :is(.widget-html-content, .jp-RenderedHTMLCommon)";
  const numbers = (colour) => (colour.match(/[\d.]+/g) || []).map(Number); // of rgb(…) or rgba(…)
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).map((part) => linear(part / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if ((numbers(colour)[3] ?? 1) > 0.5) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const writes = (element) => [...element.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
  return [...document.querySelectorAll(`${OURS}, ${OURS} *`)]
    .filter((one) => writes(one) && one.checkVisibility() && !one.closest("style, script"))
    .map((one) => [getComputedStyle(one).color, behind(one), one.textContent.trim().slice(0, 40)])
    .filter(([ink, paper]) => contrast(ink, paper) < 3)
    .map(([ink, paper, words]) => `${ink} on ${paper}: ${words}`);
};
