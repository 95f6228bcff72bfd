import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DrainCheckError, drainCheck, judge, parseRecording, type Report } from 'drain-check';
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
