import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  DrainCheckError,
  drainCheck,
  judge,
  parseRecording,
  type CheckReport,
  type DrainCheckRun,
  type ErrorCode,
  type RecordedEvent,
  type Recording,
  type Report,
} from 'drain-check';
import { fixture, processesWith } from './support/cli.js';
import { validateReport } from './support/schema.js';
import { listeningServer } from './support/server.js';

// The package as others import it: the build, by its own name.
const RECORDING = path.resolve(import.meta.dirname, '../fixtures/recordings/exits-at-once.ndjson');

describe('drainCheck', () => {
  it('gives the report and tells what happens on the way', async () => {
    const seen = new Set<string>();
    const report: Report = await drainCheck({
      command: [process.execPath, fixture('exits-at-once')],
      options: { slow: '/slow', only: 'drain' },
      onEvent: (event) => seen.add(event.type),
    });
    expect(report.verdict).toBe('fail');
    expect(validateReport(report)).toEqual([]);
    expect([...seen]).toEqual(expect.arrayContaining(['life-started', 'signal-sent', 'root-exited', 'run-ended']));
  });

  it('throws when there is no verdict', async () => {
    const failure = await drainCheck({ command: ['./no-such-program'] }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DrainCheckError);
    expect(failure).toMatchObject({ code: 'command-not-found', hint: expect.stringContaining('--cwd') as string });
  });

  it('throws when an option is wrong, or is none', async () => {
    await expect(drainCheck({ command: ['true'], options: { settle: 'soon' } })).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(drainCheck({ command: ['true'], options: { quiet: true } })).rejects.toMatchObject({ code: 'usage' });
  });

  it('ends what it did not start only where that was agreed to', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const options = { pid: String(server.pid), slow: '/slow', only: 'drain' };
    await expect(drainCheck({ options })).rejects.toMatchObject({ code: 'not-to-be-ended' });
    expect(server.isAlive()).toBe(true);
    const report = await drainCheck({ options: { ...options, yes: true } });
    expect(report.target.kind).toBe('process');
    expect(report.checks.find((check) => check.id === 'finishes-requests')?.status).toBe('pass');
    await server.gone;
  });

  it('ends what it started when it is aborted', async () => {
    const controller = new AbortController();
    const mark = `ABORTED=${process.pid}`;
    const run = drainCheck({
      command: [process.execPath, fixture('ignores-sigterm')],
      options: { env: mark, slow: '/slow' },
      abort: controller.signal,
      onEvent: (event) => event.type === 'signal-sent' && controller.abort(),
    });
    await expect(run).rejects.toMatchObject({ name: 'DrainCheckError', code: 'interrupted' });
    expect(processesWith(mark)).toEqual([]);
  });
});

describe('judge', () => {
  it('judges a recording again, under other options', () => {
    const recording = parseRecording(readFileSync(RECORDING, 'utf8'), 'exits-at-once');
    expect(judge(recording).profile).toBe('kubernetes');
    const report = judge(recording, { profile: 'standalone', ignore: 'finishes-requests,finishes-uploads' });
    expect(report).toMatchObject({
      profile: 'standalone',
      settings: { ignored: ['finishes-requests', 'finishes-uploads'] },
    });
  });
});

describe('the types', () => {
  it('are those of what is given and taken', () => {
    expectTypeOf(drainCheck).returns.resolves.toEqualTypeOf<Report>();
    expectTypeOf(drainCheck).parameter(0).toEqualTypeOf<DrainCheckRun>();
    expectTypeOf<DrainCheckRun['abort']>().toEqualTypeOf<AbortSignal | undefined>();
    expectTypeOf<DrainCheckRun['onEvent']>().toEqualTypeOf<((event: RecordedEvent) => void) | undefined>();
    expectTypeOf<DrainCheckRun['baseline']>().toEqualTypeOf<Report | undefined>();
    expectTypeOf(judge).parameter(0).toEqualTypeOf<Recording>();
    expectTypeOf(judge).returns.toEqualTypeOf<Report>();
    expectTypeOf<Report['verdict']>().toEqualTypeOf<'pass' | 'warn' | 'fail' | 'inconclusive'>();
    expectTypeOf<Report['checks'][number]>().toEqualTypeOf<CheckReport>();
    expectTypeOf<CheckReport['status']>().toEqualTypeOf<'pass' | 'warn' | 'fail' | 'skip' | 'inconclusive' | 'flaky'>();
    expectTypeOf<DrainCheckError['code']>().toEqualTypeOf<ErrorCode>();
    // @ts-expect-error a report is not to be guessed at
    expectTypeOf<Report['verdicts']>().toBeString();
  });

  it('hold for trials, budgets and a baseline as well', async () => {
    const run: DrainCheckRun = {
      command: [process.execPath, fixture('exits-at-once')],
      options: { slow: '/slow', only: 'drain', repeat: '2', budget: ['exit.max<20s', 'exit.p50<1ms'] },
    };
    const report = await drainCheck(run);
    expect(report.trials?.count).toBe(2);
    expect(report.budgets.map(({ status }) => status)).toEqual(['pass', 'fail']);
    const checks = report.checks.map((check) => ({ ...check, status: 'fail' as const }));
    const options = { slow: '/slow', only: 'drain' };
    const forgiven = await drainCheck({ ...run, options, baseline: { ...report, checks } });
    expect(forgiven.verdict).toBe('warn');
    await expect(drainCheck({ ...run, options: { baseline: 'x' } })).rejects.toMatchObject({ code: 'usage' });
  });
});
