import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { configsIn } from '../../config/find.js';
import { guess } from '../../config/guess.js';
import { firstAnswers, writeConfig, type Answers } from '../../config/write.js';
import { DrainCheckError } from '../../errors.js';
import { parseDuration } from '../../plan/durations.js';
import { escapeControls } from '../../report/escape.js';
import type { Streams } from '../streams.js';
import { writeStream, writeWhole } from '../write.js';

const FILE = 'drain-check.config.yaml';

/**
 * Writes a commented configuration file from what the service's own files tell, and on a terminal from answers.
 * @param quietly ask nothing
 * @throws DrainCheckError `usage` when there is a configuration already
 */
export async function runInit(directory: string, quietly: boolean, streams: Streams): Promise<void> {
  const [existing] = configsIn(directory);
  if (existing !== undefined)
    throw new DrainCheckError(
      'usage',
      `${path.basename(existing)} is there already, and is left as it is.`,
      'Change it by hand, or remove it first.',
    );
  const guessed = await guess(directory);
  const first = firstAnswers(guessed);
  const answers = quietly ? first : await ask(first, streams);
  await writeWhole(path.join(directory, FILE), writeConfig(answers, guessed));
  const command = answers.command.length === 0 ? 'Name the command in it, then run' : 'Now run';
  await writeStream(streams.out, `${FILE} is written. ${command}: npx drain-check\n`);
}

interface Question {
  name: 'command' | 'slow' | 'ready' | 'live' | 'gracePeriod' | 'profile';
  text: string;
  /** What is wrong with an answer; null: nothing. */
  wrong?: (answer: string) => string | null;
}

const isPath = (answer: string) => (answer === '' || answer.startsWith('/') ? null : 'A path begins with /.');
const PROFILES = ['kubernetes', 'standalone', 'docker', 'load-balancer'];

const QUESTIONS: readonly Question[] = [
  { name: 'command', text: 'Command that starts the service' },
  { name: 'slow', text: 'An endpoint that takes a while, if there is one', wrong: isPath },
  { name: 'ready', text: 'Readiness endpoint (empty: looked for)', wrong: isPath },
  { name: 'live', text: 'Liveness endpoint (empty: looked for)', wrong: isPath },
  {
    name: 'gracePeriod',
    text: 'Time from the signal to SIGKILL',
    wrong: (answer) => (parseDuration(answer) === null ? 'A duration is written like 30s.' : null),
  },
  {
    name: 'profile',
    text: `What stands in front (${PROFILES.join(', ')})`,
    wrong: (answer) => (PROFILES.includes(answer) ? null : `One of ${PROFILES.join(', ')}.`),
  },
];

async function ask(first: Answers, { err }: Streams): Promise<Answers> {
  if (!process.stdin.isTTY || !err.isTTY)
    throw new DrainCheckError('usage', 'There is no terminal to ask at.', 'Give --yes to write what can be guessed.');
  const terminal = createInterface({ input: process.stdin, output: err });
  const asked = new AbortController();
  for (const event of ['SIGINT', 'close']) terminal.once(event, () => asked.abort());
  const answers: Record<string, string> = {};
  try {
    for (const { name, text, wrong } of QUESTIONS) {
      const known = name === 'command' ? first.command.join(' ') : first[name];
      answers[name] = await answerTo(
        `${text}${known === '' ? '' : ` [${escapeControls(known)}]`}: `,
        known,
        wrong ?? (() => null),
      );
    }
  } catch (cause) {
    throw new DrainCheckError('interrupted', 'Nothing was written.', 'Give --yes to be asked nothing.', { cause });
  } finally {
    terminal.close();
  }
  const { command = '', slow = '', ready = '', live = '', gracePeriod = '', profile = '' } = answers;
  // A guessed command is kept as the words that it was, which may hold spaces.
  const words =
    command === first.command.join(' ') ? first.command : command.split(/\s+/).filter((word) => word !== '');
  return { command: words, slow, ready, live, gracePeriod, profile };

  async function answerTo(question: string, known: string, wrong: (answer: string) => string | null): Promise<string> {
    for (;;) {
      const answer = (await terminal.question(question, { signal: asked.signal })).trim() || known;
      const problem = wrong(answer);
      if (problem === null) return answer;
      err.write(`${problem}\n`);
    }
  }
}
