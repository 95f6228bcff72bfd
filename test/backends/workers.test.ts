import { describe, expect, it } from 'vitest';
import { differences, playCaseInPeace, QUICK_CASES } from '../../fixtures/backends/cases.js';
import { validateReport } from '../support/schema.js';

describe.concurrent('queue workers on a queue of files', () => {
  it.each(QUICK_CASES)('$name', async (one) => {
    const { report } = await playCaseInPeace(one);
    expect(differences(one, report)).toEqual([]);
    expect(validateReport(report)).toEqual([]);
  });
});
