// A microphone: records a few seconds and hands them to Python as bare samples.
// Model: `pcm` (float32 samples in [-1, 1], as bytes), `rate` (Hz), `seconds` (after which it stops by itself).

// It runs where the browser makes sound, and passes on what it hears.
const LISTENER = `registerProcessor("listener", class extends AudioWorkletProcessor {
  process([channels]) {
    if (channels.length) this.port.postMessage(channels[0].slice());
    return true;
  }
});`;

// As it was said: the kit makes up for a quiet voice or a hum itself, and shows what it made of the sound.
const PLAIN = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

const LOWEST_DB = -60; // the meter's left end; people hear in decibels

const REMEDY = "A sound file will do as well.";
const WHY = {
  insecure: "The browser opens the microphone to secure pages only. Open Jupyter at http://localhost or by https.",
  missing: "This browser gives pages no microphone.",
  NotAllowedError: "The browser did not allow the microphone. Allow it for this page, next to its address, and press Start.",
  NotFoundError: "No microphone was found. Plug one in, and press Start.",
  NotReadableError: "The microphone is taken by another program. Close that one, and press Start.",
};

function privacy() {
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  return here ? "Nothing leaves this machine." : "The sound goes to this notebook's kernel, and nowhere else.";
}

function decibels(samples) {
  const power = samples.reduce((sum, x) => sum + x * x, 0) / samples.length;
  return Math.max(LOWEST_DB, 10 * Math.log10(power + 1e-12));
}

function joined(chunks) {
  const whole = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

// An open microphone: `hear` gets its samples, piece by piece, and `close` lets go of it.
async function open(hear) {
  if (!navigator.mediaDevices?.getUserMedia) throw { name: window.isSecureContext ? "missing" : "insecure" };
  const stream = await navigator.mediaDevices.getUserMedia({ audio: PLAIN });
  const context = new AudioContext();
  const close = () => {
    stream.getTracks().forEach((track) => track.stop());
    context.close();
  };
  const code = URL.createObjectURL(new Blob([LISTENER], { type: "text/javascript" }));
  try {
    await context.audioWorklet.addModule(code);
    const options = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
    const listener = new AudioWorkletNode(context, "listener", options);
    listener.port.onmessage = (event) => hear(event.data);
    context.createMediaStreamSource(stream).connect(listener);
    await context.resume();
  } catch (error) {
    close();
    throw error;
  } finally {
    URL.revokeObjectURL(code);
  }
  return { rate: context.sampleRate, close };
}

function render({ model, el }) {
  let chunks = [];
  let microphone = null; // while it records
  let left = false; // the page shows something else by now
  let timer = null;

  el.classList.add("recorder");
  const tools = element("div", { className: "recorder-tools" }, el);
  const button = (name, textContent) =>
    element("button", { type: "button", className: `recorder-${name}`, textContent }, tools);
  const [startButton, stopButton, againButton] = [button("start", "Start"), button("stop", "Stop"), button("again", "Again")];
  const meter = element("meter", { className: "recorder-level", min: LOWEST_DB, max: 0, high: -3, value: LOWEST_DB }, tools);
  meter.setAttribute("aria-label", "Level");
  const told = element("div", { className: "recorder-told", role: "status" }, el);
  element("div", { className: "recorder-privacy", textContent: privacy() }, el);

  function show(state, words) {
    el.dataset.state = state;
    told.textContent = words;
    if (state === "asking") return; // the button that was pressed keeps the focus
    const held = el.contains(el.getRootNode().activeElement);
    startButton.disabled = !["ready", "refused"].includes(state);
    stopButton.disabled = state !== "recording";
    againButton.disabled = state !== "done";
    if (held) [startButton, stopButton, againButton].find((one) => !one.disabled).focus(); // the keyboard's way goes on
  }

  function hear(samples) {
    chunks.push(samples);
    if (chunks.length % 16 === 0) meter.value = decibels(joined(chunks.slice(-16))); // some twenty times a second
  }

  async function start() {
    if (el.dataset.state === "asking") return;
    show("asking", "Allow the microphone, if the browser asks.");
    chunks = [];
    try {
      microphone = await open(hear);
    } catch (error) {
      show("refused", `${WHY[error.name] ?? `The microphone failed (${error.name}).`} ${REMEDY}`);
      return;
    }
    if (left) return close();
    show("recording", "Recording: say it now.");
    timer = setTimeout(stop, 1000 * model.get("seconds"));
  }

  function close() {
    clearTimeout(timer);
    microphone?.close();
    meter.value = LOWEST_DB;
  }

  function stop() {
    close();
    const samples = joined(chunks);
    model.set("rate", microphone.rate);
    model.set("pcm", new DataView(samples.buffer));
    model.save_changes();
    show("done", `Recorded ${(samples.length / microphone.rate).toFixed(1)} seconds.`);
  }

  startButton.addEventListener("click", start);
  againButton.addEventListener("click", start);
  stopButton.addEventListener("click", stop);
  show("ready", `Press Start, and say one word. It stops by itself after ${model.get("seconds")} seconds.`);
  return () => {
    left = true;
    close();
  };
}

export default { render };
