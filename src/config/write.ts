import type { Guess } from './guess.js';

/** What is asked, or guessed: the least that makes a rehearsal say something. */
export interface Answers {
  command: readonly string[];
  /** Paths; empty: none is known. */
  slow: string;
  ready: string;
  live: string;
  /** A duration as it is written: `30s`. */
  gracePeriod: string;
  profile: string;
}

/** What to offer before anything is asked. */
export function firstAnswers({ command, readiness, liveness, gracePeriodSeconds }: Guess): Answers {
  return {
    command: command?.value ?? [],
    slow: '',
    ready: readiness?.value ?? '',
    live: liveness?.value ?? '',
    gracePeriod: `${gracePeriodSeconds?.value ?? 30}s`,
    profile: 'kubernetes',
  };
}

/** A commented configuration file. What nobody knows stands in it as a comment, ready to be filled in. */
export function writeConfig(answers: Answers, guess: Guess): string {
  const { command, slow, ready, live, gracePeriod, profile } = answers;
  const from = (guessed: { from: string } | null) => (guessed === null ? '' : ` # from ${guessed.from}`);
  const line = (known: boolean, text: string) => (known ? text : `# ${text}`);
  return `# yaml-language-server: $schema=https://unpkg.com/drain-check/schema/config.schema.json
# drain-check rehearses the death of this service: npx drain-check
# Every option of the command line can stand here; drain-check print-plan shows what they come to.

# What to start. It has to listen on the port in PORT, or on the one that is named with port.
${line(command.length > 0, `command: [${(command.length > 0 ? command : ['node', 'server.js']).map((word) => JSON.stringify(word)).join(', ')}]`)}${from(guess.command)}

# An endpoint that takes a while, to be in flight when the signal comes. The more a report is to prove, the more of them.
${line(slow !== '', `slow: [${JSON.stringify(slow || '/report?ms=2000')}]`)}

# Where readiness and liveness are asked. They are looked for when they are not named.
${line(ready !== '', `ready: ${JSON.stringify(ready || '/health/ready')}`)}${ready === guess.readiness?.value ? from(guess.readiness) : ''}
${line(live !== '', `live: ${JSON.stringify(live || '/health/live')}`)}${live === guess.liveness?.value ? from(guess.liveness) : ''}

# The time from the signal to SIGKILL: terminationGracePeriodSeconds, or docker stop's timeout.
grace-period: ${gracePeriod}${from(guess.gracePeriodSeconds)}

# What stands in front of the service: kubernetes, standalone, docker or load-balancer.
profile: ${profile}

# Variables that it needs.
# env:
#   LOG_LEVEL: info

# A queue worker, which listens to nobody; slow, ready and live have no place beside it:
# worker: true
# ready-log: waiting for jobs
# job-started: 'log:started {{id}}'
# job-done: 'log:done {{id}}'

# Streams, WebSockets, and what to do with the report:
# stream: [/events]
# websocket: [/ws]
# report: [terminal, junit=drain-check.xml]
# baseline: drain-check.baseline.json
`;
}
