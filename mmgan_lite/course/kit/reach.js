// Answers when the kernel asks whether anybody hears, and says goodbye when the page is reloaded or closed.

function initialize({ model }) {
  const say = (word) => model.send({ page: word });
  const here = () => say("here");
  const gone = () => say("gone");
  model.on("msg:custom", here);
  window.addEventListener("pagehide", gone);
  here();
  return () => window.removeEventListener("pagehide", gone);
}

export default { initialize };
