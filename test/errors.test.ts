import { describe, expect, it } from 'vitest';
import { assertNotOurs, DrainCheckError, shortageOf } from '../src/errors.js';

const errno = (code: string) => Object.assign(new Error(`it failed: ${code}`), { code });

describe('assertNotOurs', () => {
  it.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'])('throws %s, which says nothing of the target', (code) => {
    const error = errno(code);
    expect(() => assertNotOurs(error)).toThrow(error);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'EADDRNOTAVAIL', 'toString'])('passes %s on', (code) => {
    expect(() => assertNotOurs(errno(code))).not.toThrow();
  });
});

describe('shortageOf', () => {
  it('says what we lacked and what to do', () => {
    const cause = errno('EMFILE');
    const error = shortageOf(cause);
    expect(error).toBeInstanceOf(DrainCheckError);
    expect(error).toMatchObject({ code: 'cannot-verify', cause, hint: expect.stringContaining('ulimit -n') as string });
    expect(error?.message).toContain('(EMFILE)');
  });

  it.each([errno('ENOENT'), new Error('nothing'), 'EMFILE', null, new DrainCheckError('usage', 'a', 'b')])(
    'is null for %s',
    (error) => {
      expect(shortageOf(error)).toBeNull();
    },
  );
});
