import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { Report } from '../../src/report/types.js';
import { playInPeace } from '../../fixtures/in-peace.js';
import { processesWith, startCli, until, type CliResult } from '../support/cli.js';
import { validateReport } from '../support/schema.js';

/** `npm run test:hostile` plays what means harm; without it these are counted as skipped. */
export const HOSTILE = process.env['DRAIN_CHECK_TEST_HOSTILE'] === '1';

const FIXTURES = path.resolve(import.meta.dirname, '../../fixtures/hostile');
/** A plain run takes a third of this. Kibibytes. */
const MOST_MEMORY = 450 * 1024;
/** A plain run records a tenth of this. Bytes. */
const MOST_RECORDED = 5 * 1024 * 1024;

/** What came of a run against a target that means harm. */
export interface Outcome extends CliResult {
  /** Null when there was no verdict. */
  report: Report | null;
  /** Status by id of the check; empty without a report. */
  statuses: Record<string, string>;
}

/** Plays it until the outcome tells what is asked. Only what tells nothing is played again, never what is wrong. */
export function playUntil(
  told: (outcome: Outcome) => boolean,
  ...play: Parameters<typeof playHostile>
): Promise<Outcome> {
  return playInPeace(
    () => playHostile(...play),
    (outcome) => !told(outcome),
  );
}

/**
 * Plays a target that means harm, and makes sure of what must hold whatever it does: it ends, it takes a bounded amount of
 * memory and disk, what is printed is text, a report is valid, and no process is left.
 */
export async function playHostile(
  file: string,
  target: readonly string[],
  options: readonly string[],
): Promise<Outcome> {
  // Removed here and not after the test: what is played again is no longer known to belong to it.
  const directory = await mkdtemp(path.join(tmpdir(), 'drain-check-hostile-'));
  try {
    return await playInto(path.join(directory, 'run.ndjson'), file, target, options);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function playInto(
  recorded: string,
  file: string,
  target: readonly string[],
  options: readonly string[],
): Promise<Outcome> {
  const mark = `HOSTILE=${randomUUID()}`;
  const output = ['--report', 'json', '--record', recorded, '--verbose'];
  const command = [process.execPath, path.join(FIXTURES, file), ...target];
  const run = startCli(['--env', mark, ...output, ...options, '--', ...command]);
  const memory = followMemory(run.process.pid ?? 0);
  const result = await run.result;
  expect(memory()).toBeLessThan(MOST_MEMORY);
  expect(result.stderr).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  expect(await sizeOf(recorded)).toBeLessThan(MOST_RECORDED);
  // Our own end is the watchdog's beginning.
  await until(() => processesWith(mark).length === 0);
  const report = result.stdout === '' ? null : (JSON.parse(result.stdout) as Report);
  if (report !== null) expect(validateReport(report)).toEqual([]);
  const statuses = Object.fromEntries((report?.checks ?? []).map(({ id, status }) => [id, status]));
  return { ...result, report, statuses };
}

/** The most memory that a process has had so far, as the kernel counts it, in kibibytes. */
function followMemory(pid: number): () => number {
  let most = 0;
  const timer = setInterval(() => {
    try {
      most = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? most);
    } catch {
      clearInterval(timer);
    }
  }, 20);
  return () => {
    clearInterval(timer);
    return most;
  };
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
