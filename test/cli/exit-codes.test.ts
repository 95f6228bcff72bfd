import { describe, expect, it } from 'vitest';
import { EXIT, exitCodeFor, exitCodeForError } from '../../src/cli/exit-codes.js';
import { judgeRecording } from '../../src/judging.js';
import type { Report } from '../../src/report/types.js';
import type { ErrorCode } from '../../src/errors.js';
import { Story } from '../support/story.js';

const story = new Story().life().signal().exit(100);
const example = judgeRecording(story.recording(), story.plan);
const report = (verdict: Report['verdict'], allowInconclusive = false): Report => ({
  ...example,
  verdict,
  settings: { ...example.settings, allowInconclusive },
});

describe('the exit code of a report', () => {
  it.each<[Report['verdict'], boolean, number]>([
    ['pass', false, 0],
    ['warn', false, 0],
    ['fail', false, 1],
    ['inconclusive', false, 3],
    ['inconclusive', true, 0],
    ['fail', true, 1],
  ])('%s, allowing inconclusive: %s, is %d', (verdict, allow, code) =>
    expect(exitCodeFor(report(verdict, allow))).toBe(code),
  );
});

describe('the exit code without a verdict', () => {
  it.each<[ErrorCode, number]>([
    ['usage', 2],
    ['command-not-found', 2],
    ['command-not-executable', 2],
    ['recording-unreadable', 2],
    ['recording-newer', 2],
    ['output-unwritable', 2],
    ['output-lost', 3],
    ['port-ambiguous', 2],
    ['target-died', 3],
    ['target-not-ready', 3],
    ['port-taken', 3],
    ['cannot-verify', 3],
    ['unsupported-platform', 3],
    ['internal', 3],
    ['interrupted', 130],
  ])('for %s is %d', (code, exit) => expect(exitCodeForError(code)).toBe(exit));

  it('is told apart from a verdict’s', () =>
    expect(Object.values(EXIT).filter((code) => code <= 1)).toEqual([EXIT.kept, EXIT.broken]));
});
