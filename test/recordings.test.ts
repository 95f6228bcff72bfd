import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare, listFixtures } from '../fixtures/fixtures.js';
import { judgeRecording } from '../src/judging.js';
import { parseRecording, serializeRecording } from '../src/recording/file.js';
import { renderJson } from '../src/report/json.js';
import { validateReport } from './support/schema.js';

const DIRECTORY = path.resolve(import.meta.dirname, '../fixtures/recordings');
const read = (file: string) => readFileSync(path.join(DIRECTORY, file), 'utf8');

describe('the recordings', () => {
  it('are one for each fixture', () => {
    const names = readdirSync(DIRECTORY)
      .filter((file) => file.endsWith('.ndjson'))
      .map((file) => file.replace('.ndjson', ''));
    expect(names.sort()).toEqual(listFixtures().map((fixture) => fixture.name));
  });

  describe.each(listFixtures())('$name', (fixture) => {
    const { name } = fixture;
    const text = read(`${name}.ndjson`);
    const recording = parseRecording(text, name);
    const report = judgeRecording(recording, recording.header.plan);

    it('is judged again, byte for byte', () => {
      expect(renderJson(report)).toBe(read(`${name}.report.json`));
      expect(validateReport(report)).toEqual([]);
    });

    it('says what its header says', () => {
      expect(compare(fixture, report)).toEqual({ wrong: [], races: [] });
    });

    it('is written again, byte for byte', () => {
      expect(serializeRecording(recording)).toBe(text);
    });

    it('is whole, and tells nothing of the machine it was made on', () => {
      expect(recording.whole).toBe(true);
      expect(text).not.toMatch(/\/(root|home|Users|work|tmp)\//);
    });

    it('can be judged under every profile', () => {
      for (const profile of ['kubernetes', 'standalone', 'docker', 'load-balancer'] as const) {
        expect(validateReport(judgeRecording(recording, { ...recording.header.plan, profile }))).toEqual([]);
      }
    });
  });
});
