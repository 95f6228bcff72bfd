import type { ErrorCode } from '../errors.js';
import type { Report } from '../report/types.js';

/** Everything this program can exit with. */
export const EXIT = {
  /** No must-check failed. */
  kept: 0,
  /** A check failed. */
  broken: 1,
  /** Usage or configuration. */
  usage: 2,
  /** No verdict: not proved, never ready, or our own failure. */
  noVerdict: 3,
  interrupted: 130,
  terminated: 143,
} as const;

/** The exit code that a report asks for. */
export function exitCodeFor(report: Report): number {
  switch (report.verdict) {
    case 'fail':
      return EXIT.broken;
    case 'inconclusive':
      return report.settings.allowInconclusive ? EXIT.kept : EXIT.noVerdict;
    case 'warn':
    case 'pass':
      return EXIT.kept;
  }
}

const ERROR_EXITS: Record<ErrorCode, number> = {
  usage: EXIT.usage,
  'command-not-found': EXIT.usage,
  'command-not-executable': EXIT.usage,
  'recording-unreadable': EXIT.usage,
  'recording-newer': EXIT.usage,
  'manifest-unreadable': EXIT.usage,
  'report-unreadable': EXIT.usage,
  'config-unreadable': EXIT.usage,
  'output-unwritable': EXIT.usage,
  'output-lost': EXIT.noVerdict,
  'not-a-stream': EXIT.usage,
  'not-a-websocket': EXIT.usage,
  'tls-failed': EXIT.usage,
  'grpc-failed': EXIT.usage,
  'grpc-missing': EXIT.usage,
  'no-namespaces': EXIT.noVerdict,
  'unsupported-platform': EXIT.noVerdict,
  'target-died': EXIT.noVerdict,
  'target-not-ready': EXIT.noVerdict,
  'port-taken': EXIT.noVerdict,
  'port-ambiguous': EXIT.usage,
  'cannot-verify': EXIT.noVerdict,
  'not-to-be-ended': EXIT.usage,
  'no-such-target': EXIT.usage,
  'engine-failed': EXIT.noVerdict,
  'stop-failed': EXIT.noVerdict,
  interrupted: EXIT.interrupted,
  'database-unreachable': EXIT.noVerdict,
  'sink-failed': EXIT.noVerdict,
  'job-failed': EXIT.noVerdict,
  'queue-failed': EXIT.noVerdict,
  'client-missing': EXIT.usage,
  internal: EXIT.noVerdict,
};

/** The exit code of a run that has no verdict. */
export function exitCodeForError(code: ErrorCode): number {
  return ERROR_EXITS[code];
}
