import { fileURLToPath } from 'node:url';
import type { OutputChoices } from '../../plan/resolve.js';
import type { RawOptions } from '../../plan/options.js';
import { OPTIONS, layerOptions } from '../../plan/options.js';
import { resolveRun } from '../../plan/resolve.js';
import { catalogue } from '../catalogue.js';
import { PACKAGE_ROOT } from '../package-info.js';
import { styleOf, type Streams } from '../streams.js';
import { writeStream } from '../write.js';
import { runPlan } from './run.js';

const SERVERS = [
  { file: 'good', words: 'A service that keeps its promises' },
  { file: 'bad', words: 'A service that dies as many do' },
];

/** Rehearses two bundled servers, a good one and a bad one, and shows both reports. Throws when there is no verdict. */
export async function runDemo(output: OutputChoices, streams: Streams, abort: AbortSignal): Promise<void> {
  const style = styleOf(streams, 'out', output.color);
  for (const { file, words } of SERVERS) {
    const script = `fixtures/demo/${file}.mjs`;
    const flags: RawOptions = {
      cwd: [fileURLToPath(PACKAGE_ROOT)],
      slow: ['/slow'],
      'grace-period': ['5s'],
      'routing-lag': ['1s'],
      parallel: ['4'],
    };
    const { resolved } = resolveRun(layerOptions(OPTIONS, flags, {}), ['node', script], catalogue(), process.cwd());
    if (resolved === null) throw new Error('the demo has a plan that cannot be resolved');
    const command = `drain-check --slow /slow --grace-period 5s --routing-lag 1s --parallel 4 -- node ${script}`;
    await writeStream(streams.out, `${style.bold(words)}\n${style.dim(`$ ${command}`)}\n\n`);
    // What the bad server does is no finding of the job that shows it.
    const env = { ...streams.env, GITHUB_ACTIONS: undefined };
    await runPlan(resolved.plan, output, { ...streams, env }, abort);
    await writeStream(streams.out, '\n');
  }
}
