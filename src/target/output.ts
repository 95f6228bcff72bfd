import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { redactText } from '../plan/redact.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { OutputRing } from './output-ring.js';

/** How much of a life's output goes into the recording; the ring keeps more for messages. Characters. */
const RECORDED_LIMIT = 16 * 1024;

/** Reads what a target prints, always and at once: an unread pipe can hang a process at its exit. */
export function captureOutput(
  child: { stdout: Readable; stderr: Readable },
  ring: OutputRing,
  recorder: LifeRecorder,
  onOutput: (stream: 'stdout' | 'stderr', text: string) => void = () => undefined,
): void {
  let room = RECORDED_LIMIT;
  for (const stream of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    child[stream].on('error', () => undefined);
    child[stream].on('data', (chunk: Buffer) => {
      const text = decoder.write(chunk);
      ring.push(text);
      onOutput(stream, text);
      if (room <= 0) return;
      const kept = text.slice(0, room);
      room -= kept.length;
      recorder.record({ type: 'output', stream, text: redactText(kept), dropped: text.length - kept.length });
    });
  }
}
