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
