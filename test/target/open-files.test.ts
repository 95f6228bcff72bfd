import { openSync, closeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesToSpare } from '../../src/target/open-files.js';

describe.runIf(process.platform === 'linux')('the files that a process may still open', () => {
  it('are those of its limit that it has not opened', () => {
    const before = filesToSpare('self');
    const file = openSync('/dev/null', 'r');
    const after = filesToSpare(process.pid);
    closeSync(file);
    expect(before?.spare).toBeLessThan(before?.limit ?? 0);
    expect(after?.limit).toBe(before?.limit);
    expect(after?.spare).toBeLessThan(before?.spare ?? 0);
  });

  it('are not known of nobody', () => expect(filesToSpare(2 ** 30)).toBeNull());
});
