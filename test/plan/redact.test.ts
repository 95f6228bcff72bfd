import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactPlan, redactText } from '../../src/plan/redact.js';
import { examplePlan } from '../support/plan.js';

describe('redactText', () => {
  it.each([
    ['postgres://user:secret@host/db', 'postgres://[redacted]@host/db'],
    ['AMQPS://token@host', 'AMQPS://[redacted]@host'],
    [
      '--db=mysql+pymysql://u:p@h:3306 --cache=redis://:p@h',
      '--db=mysql+pymysql://[redacted]@h:3306 --cache=redis://[redacted]@h',
    ],
    ['http://host/path', 'http://host/path'],
    ['postgres://user:p@ss/wo@host/db', 'postgres://[redacted]@host/db'],
    ["amqp://u:it's@host", 'amqp://[redacted]@host'],
    // Whether an @ in a path ends a password cannot be told, so too much is hidden.
    ['http://host/a@b', 'http://[redacted]@b'],
    ['mail me@host', 'mail me@host'],
    ['postgres://db/x?user=u&password=s3cret&sslmode=off', 'postgres://db/x?user=u&password=[redacted]&sslmode=off'],
    ['jdbc:mysql://h/d?PASSWORD=s3cret', 'jdbc:mysql://h/d?PASSWORD=[redacted]'],
    ['host=db user=u password=s3cret dbname=x', 'host=db user=u password=[redacted] dbname=x'],
    ["host=db password = 'it\\'s s3cret' dbname=x", 'host=db password = [redacted] dbname=x'],
    ['Server=db;Uid=u;Pwd=s3cret;Database=x', 'Server=db;Uid=u;Pwd=[redacted];Database=x'],
    ['PGPASSWORD=s3cret psql --password="a b"', 'PGPASSWORD=[redacted] psql --password=[redacted]'],
    ['the password is wrong', 'the password is wrong'],
    ['', ''],
  ])('%j', (text, redacted) => expect(redactText(text)).toBe(redacted));

  it('hides any user information that a URL may hold, and nothing else', () => {
    const word = fc.string({
      unit: fc.constantFrom(...Array.from('abcXYZ019-._~!$&()*+,;=:%')),
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(word, word, (secret, before) => {
        const text = redactText(`${before} x://${secret}@host/`);
        expect(text).toBe(`${before} x://[redacted]@host/`);
        expect(redactText(text)).toBe(text);
      }),
    );
  });
});

describe('redactPlan', () => {
  const plan = examplePlan({
    target: {
      kind: 'command',
      command: 'x://u:p@h',
      args: ['--db', 'x://u:p@h'],
      cwd: '/srv',
      env: { TOKEN: 'hunter2' },
      port: 1,
      socketPath: null,
      tls: null,
      http2: false,
    },
    slow: [{ method: 'POST', path: '/slow?to=x://u:p@h', headers: [['Authorization', 'hunter2']], body: 'hunter2' }],
    headers: [['Authorization', 'hunter2']],
    streams: ['/events?to=x://u:p@h'],
    websockets: ['/ws?to=x://u:p@h'],
    websocket: { message: 'hunter2', goodbye: null, closeCodes: [1001], closeCodesGiven: false, subprotocols: [] },
    grpc: [{ method: 'a.B/C', request: '{"key":"hunter2"}' }],
  });

  it('hides values of the environment, headers, bodies and credentials, and keeps the names', () => {
    const redacted = redactPlan(plan);
    expect(JSON.stringify(redacted)).not.toMatch(/hunter2|u:p/);
    expect(redacted).toMatchObject({
      target: { command: 'x://[redacted]@h', env: { TOKEN: '[redacted]' } },
      slow: [{ method: 'POST', headers: [['Authorization', '[redacted]']], body: '[redacted]' }],
    });
  });

  it('leaves everything else, and the plan itself, as it was', () => {
    const before = structuredClone(plan);
    const blank = ({ target, ...rest }: typeof plan) => ({
      ...rest,
      target: { ...target, command: '', args: [], env: {} },
      slow: rest.slow.length,
      headers: rest.headers.length,
      streams: rest.streams.length,
      websockets: rest.websockets.length,
      websocket: { ...rest.websocket, message: '' },
      grpc: rest.grpc.map(({ method }) => method),
    });
    const redacted = redactPlan(plan);
    expect(plan).toEqual(before);
    expect(blank(redacted)).toEqual(blank(plan));
  });

  it('does not invent a body', () => expect(redactPlan(examplePlan()).slow[0]?.body).toBeNull());
});
