import { chmod, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { DrainCheckError } from '../errors.js';
import type { Basis, Fixed } from '../kubernetes/fix/index.js';
import type { OutputChoices } from '../plan/resolve.js';
import type { Plan } from '../plan/types.js';
import { escapeControls } from '../report/escape.js';
import type { Report } from '../report/types.js';
import type { Opened } from './manifest.js';
import { placeText } from './place-text.js';
import { writeStream, writeWhole } from './write.js';
import type { Streams } from './streams.js';

/**
 * Shows the patch that the report asks for, or applies it. Nothing happens without --fix.
 * @throws DrainCheckError `output-unwritable` when a manifest cannot be written, or has changed meanwhile
 */
export async function suggestFixes(
  report: Report,
  plan: Plan,
  { fix, reports }: OutputChoices,
  opened: Opened | null,
  streams: Streams,
  cwd: string,
): Promise<void> {
  if (fix === null || opened === null || plan.manifest === null) return;
  const { fixManifests, patchOf } = await import('../kubernetes/fix/index.js');
  const judged = plan.manifest.workloads;
  const workloads = opened.manifests.workloads.filter(({ manifest }) =>
    judged.some(
      ({ kind, name, namespace }) =>
        kind === manifest.kind && name === manifest.name && namespace === manifest.namespace,
    ),
  );
  const { changed, left } = fixManifests(opened.sources, workloads, basisOf(report, plan));
  for (const { at, text } of left)
    await writeStream(streams.err, `${placeText(at)} is left to you: ${escapeControls(text)}\n`);
  if (changed.length === 0) {
    await writeStream(streams.err, left.length === 0 ? 'There is nothing to fix in the manifests.\n' : '');
    return;
  }
  if (fix === 'write') {
    for (const one of changed) await writeFixed(one, cwd);
    await writeStream(streams.err, `Written: ${changed.map(({ name }) => escapeControls(name)).join(', ')}\n`);
    return;
  }
  const patch = patchOf(changed, cwd);
  // A report for a program has standard output to itself.
  const stream = reports.some(({ format, path: to }) => to === null && format !== 'terminal')
    ? streams.err
    : streams.out;
  await writeStream(stream, `\n${stream.isTTY ? patch.split('\n').map(escapeControls).join('\n') : patch}`);
}

function basisOf(report: Report, plan: Plan): Basis {
  const { recommendation, target } = report;
  const container = plan.manifest?.pod?.container ?? null;
  const { how, sureness, path: liveness } = target.liveness;
  return {
    routingLagMs: plan.routingLagMs,
    kubeMinor: plan.manifest?.kubeMinor ?? null,
    measured:
      container === null || recommendation === null
        ? null
        : {
            container,
            preStopSeconds: recommendation.preStopSeconds,
            graceSeconds: recommendation.terminationGracePeriodSeconds,
            // By a general name alone an endpoint may be anything.
            livenessPath: how === 'found' && sureness === 'specific' ? liveness : null,
          },
  };
}

async function writeFixed({ name, before, after }: Fixed, cwd: string): Promise<void> {
  if (name === '-')
    throw new DrainCheckError(
      'output-unwritable',
      'Standard input cannot be written.',
      'Leave out =write: --fix shows the patch, and --manifest <file> names what can be written.',
    );
  // What a link leads to is written, not the link.
  const file = await realpath(path.resolve(cwd, name));
  const text = await readFile(file, 'utf8');
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  if (text !== mark + before)
    throw new DrainCheckError('output-unwritable', `${name} was changed meanwhile.`, 'Run it again.');
  const { mode } = await stat(file);
  await writeWhole(file, mark + after);
  await chmod(file, mode);
}
