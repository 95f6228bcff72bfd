/** More seconds of processor time than any process will use, so that the limit marks it and limits nothing. */
const LEAST_SECONDS = 1_000_000_000;
const LIMIT = /^Max cpu time\s+(\d+)\s/m;

/**
 * The limit of processor time that marks the processes of one life, in seconds. Limits are inherited by whatever is forked
 * and executed, and a daemon that clears its environment, leaves its session and renames itself keeps them.
 * @param marker what marks the same processes in their environment: a UUID
 * @see getrlimit(2), RLIMIT_CPU
 */
export function markLimit(marker: string): number {
  return LEAST_SECONDS + Number.parseInt(marker.slice(0, 8), 16);
}

/** Whether the text of a `/proc/<pid>/limits` carries the mark. */
export function carriesLimit(limits: string, marker: string): boolean {
  return LIMIT.exec(limits)?.[1] === String(markLimit(marker));
}

/** A shell that sets limits and then becomes the program: the pid stays the same. */
export function withLimits(
  command: readonly string[],
  { cpuSeconds, openFiles }: { cpuSeconds: number | null; openFiles: number | null },
): [string, string[]] {
  const [file = '', ...args] = command;
  const set = [
    ...(cpuSeconds === null ? [] : [`ulimit -S -t ${cpuSeconds} 2>/dev/null`]),
    ...(openFiles === null ? [] : [`ulimit -S -n ${openFiles}`]),
  ];
  if (set.length === 0) return [file, args];
  return ['/bin/sh', ['-c', `${set.join('; ')}; exec "$0" "$@"`, file, ...args]];
}
