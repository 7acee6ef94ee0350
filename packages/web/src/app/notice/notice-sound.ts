/** Two soft notes, drawn here: no file to load. */
const notes = [
  { hertz: 880, atSec: 0 },
  { hertz: 1174.7, atSec: 0.11 },
];
const lengthSec = 0.32;
const volume = 0.07;

let context: AudioContext | undefined;

function playNote(audio: AudioContext, hertz: number, start: number): void {
  const tone = new OscillatorNode(audio, { type: 'sine', frequency: hertz });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(volume, start + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + lengthSec);
  tone.connect(gain).connect(audio.destination);
  tone.start(start);
  tone.stop(start + lengthSec);
}

/** False where the browser allows no sound before the person has touched the page. */
export function playNoticeSound(): boolean {
  if (!navigator.userActivation?.hasBeenActive) return false;
  context ??= new AudioContext();
  void context.resume();
  for (const { hertz, atSec } of notes) playNote(context, hertz, context.currentTime + atSec);
  return true;
}
