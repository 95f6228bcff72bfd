import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TRY_TIMEOUT_MS = 5000;

/**
 * The command that makes what follows it PID 1 of a namespace with a /proc of its own. Without privileges a user
 * namespace is needed as well, in which we are root by name only. `unshare` stays outside as the parent of PID 1.
 */
export function namespaceCommand(): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return ['unshare', ...user, '--pid', '--fork', '--mount-proc', '--kill-child', '--'];
}

/** Why no PID namespace can be had here; null when one can. Tried rather than guessed: containers forbid it in many ways. */
export async function whyNoNamespace(): Promise<string | null> {
  if (process.platform !== 'linux') return `${process.platform} has none`;
  const [file = '', ...args] = namespaceCommand();
  try {
    await run(file, [...args, 'true'], { timeout: TRY_TIMEOUT_MS });
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'the program unshare is not installed';
    const { stderr } = error as { stderr?: unknown };
    const said = typeof stderr === 'string' ? stderr.trim() : '';
    return said === '' ? 'unshare failed' : (said.split('\n')[0] ?? '').slice(0, 200);
  }
}
