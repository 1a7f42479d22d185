// @ts-check
/** The sound of a reveal, for those who asked for it: three soft notes, made by the browser. */

/** In Hz: a chord, one note after the other. */
const NOTES = [523.25, 659.25, 783.99];
const APART_S = 0.07;
const FADES_S = 0.9;
const LOUD = 0.1;
/** How long one sound stands for all that is revealed. */
const ONCE_MS = 200;

/** @type {AudioContext|null} */
let context = null;
let last = -ONCE_MS;

/** Sounds, unless it has just sounded, or nobody has touched the page yet: browsers keep it silent until then. */
export function chime() {
  if (performance.now() - last < ONCE_MS) return;
  last = performance.now();
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  context.resume().catch(() => {});
  const now = context.currentTime;
  const soft = new BiquadFilterNode(context, { type: "lowpass", frequency: 2400 });
  soft.connect(context.destination);
  NOTES.forEach((frequency, i) => note(/** @type {AudioContext} */ (context), soft, frequency, now + i * APART_S));
}

/** @param {AudioContext} into @param {AudioNode} out @param {number} frequency @param {number} at in seconds */
function note(into, out, frequency, at) {
  const tone = new OscillatorNode(into, { type: "triangle", frequency });
  const volume = new GainNode(into, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUD, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + FADES_S);
  tone.connect(volume).connect(out);
  tone.start(at);
  tone.stop(at + FADES_S);
}
