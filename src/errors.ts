/** Why there is no verdict, as a stable word that scripts may compare. */
export type ErrorCode =
  | 'usage'
  | 'command-not-found'
  | 'command-not-executable'
  | 'target-died'
  | 'target-not-ready'
  | 'port-taken'
  | 'port-ambiguous'
  | 'cannot-verify'
  | 'not-a-stream'
  | 'not-a-websocket'
  | 'tls-failed'
  | 'grpc-failed'
  | 'grpc-missing'
  | 'no-namespaces'
  | 'unsupported-platform'
  | 'recording-unreadable'
  | 'recording-newer'
  | 'manifest-unreadable'
  | 'report-unreadable'
  | 'config-unreadable'
  | 'output-unwritable'
  | 'output-lost'
  | 'not-to-be-ended'
  | 'no-such-target'
  | 'engine-failed'
  | 'stop-failed'
  | 'database-unreachable'
  | 'sink-failed'
  | 'job-failed'
  | 'queue-failed'
  | 'client-missing'
  | 'interrupted'
  | 'internal';

/**
 * The one error this package throws on purpose: there is no verdict, and `message` and `hint` together are the
 * paragraph a person needs (what happened, with which value, and what to do).
 */
export class DrainCheckError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  /** The target's last lines of output, when they help to understand what happened; otherwise empty. */
  readonly output: string;

  constructor(code: ErrorCode, message: string, hint: string, extra: { cause?: unknown; output?: string } = {}) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'DrainCheckError';
    this.code = code;
    this.hint = hint;
    this.output = extra.output ?? '';
  }
}

/** What the system says when this process, or the machine, has no more of what a socket or a process takes. */
const SHORTAGES: Readonly<Record<string, string>> = {
  EMFILE: 'This process has as many files open as it may',
  ENFILE: 'This machine has as many files open as it can',
  ENOBUFS: 'This machine has no room left for sockets',
  ENOMEM: 'This machine has no memory left',
};

/**
 * Makes sure that an error of a socket tells of the target. When it was we who lacked something, nothing that is seen
 * from then on proves anything, and to go on would blame the target.
 * @throws the error itself, when it is such a one
 */
export function assertNotOurs(error: NodeJS.ErrnoException): void {
  if (isShortage(error)) throw error;
}

/** The words for an error that means we lacked something; null for every other. */
export function shortageOf(error: unknown): DrainCheckError | null {
  if (!(error instanceof Error) || error instanceof DrainCheckError || !isShortage(error)) return null;
  const { code = '' } = error as NodeJS.ErrnoException;
  const cure = code === 'EMFILE' ? 'Raise the limit with `ulimit -n 1024`' : 'Make room on it';
  return new DrainCheckError(
    'cannot-verify',
    `${SHORTAGES[code] ?? ''} (${code}), so what the target does can no longer be seen.`,
    `There is no verdict. ${cure}, and run it again.`,
    { cause: error },
  );
}

function isShortage({ code = '' }: NodeJS.ErrnoException): boolean {
  return Object.hasOwn(SHORTAGES, code);
}
