import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerEvents } from './container-events.js';
import { inspectContainer } from './container-process.js';
import type { Engine, EngineStream } from './engine.js';
import type { ExitStatus } from './target.js';

/** How long the engine's word of the death and the last output may come after the death itself. */
const LAST_WORDS_MS = 500;
/** An engine that has not told of a death for so long never will. */
const SILENCE_MS = 10_000;
const POLL_MS = 200;
/** What an engine makes of SIGKILL. A program may exit with it as well. */
const SIGKILL_CODE = 137;

interface Watched {
  engine: Engine;
  id: string;
  /** Of its first process; 0 when it was dead before it was seen. */
  pid: number;
  /** The engine's `wait`. */
  waiting: EngineStream;
  logs: EngineStream;
  events: ContainerEvents;
  life: { killedByUs: boolean; letGo: boolean };
}

/** Settles when the container is dead and all is known that will be; never, when it is let go of alive. */
export async function exitOf(watched: Watched): Promise<ExitStatus> {
  const { waiting, logs, events } = watched;
  // `wait` fails when the container is removed or its engine ends, while the process itself may live on.
  const told = codeOf(waiting).then((code) => code ?? gone(watched, 0));
  const code = await Promise.race([told, gone(watched, SILENCE_MS)]);
  if (code === null) return { code: null, signal: null };
  await Promise.race([Promise.all([events.over, logs]), sleep(LAST_WORDS_MS)]);
  return code === SIGKILL_CODE && (await wasKilled(watched))
    ? { code: null, signal: 'SIGKILL' }
    : { code, signal: null };
}

/** The exit code that `wait` prints; null when it fails. */
async function codeOf(waiting: EngineStream): Promise<number | null> {
  let printed = '';
  waiting.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString('latin1')));
  const { exitCode } = await waiting;
  return exitCode === 0 && /^\d{1,3}\s*$/.test(printed) ? Number(printed) : null;
}

async function wasKilled({ engine, id, events, life }: Watched): Promise<boolean> {
  return life.killedByUs || events.killed || (await inspectContainer(engine, id))?.outOfMemory === true;
}

/** Settles when the process has been gone for a time. */
async function gone({ pid, life }: Watched, forMs: number): Promise<null> {
  for (let since: number | null = null; ;) {
    if (exists(pid)) since = null;
    else since ??= performance.now();
    if (since !== null && performance.now() - since >= forMs) return null;
    // Nobody watches any more, and a death that was not seen must not be told.
    if (life.letGo) await new Promise<never>(() => undefined);
    await sleep(POLL_MS, undefined, { ref: false });
  }
}

/** Also when it belongs to somebody else. */
function exists(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
