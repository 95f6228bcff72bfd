import { describe, expect, it } from 'vitest';
import { certificateOptions, isThisMachine, originUrl, requestOrigin } from '../../src/plan/origin.js';

describe('isThisMachine', () => {
  it.each(['localhost', '127.0.0.1', '127.0.0.2', '127.255.255.254', '::1', '[::1]'])('takes %s', (host) =>
    expect(isThisMachine(host)).toBe(true),
  );

  it.each([
    '',
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    '1127.0.0.1',
    '127.0.0.1.example.com',
    'example.com.127.0.0.1',
    '127.0.0',
    'localhost.example.com',
    'mylocalhost',
    '[::11]',
    '::ffff:127.0.0.1',
    'fe80::1',
  ])('does not take %j', (host) => expect(isThisMachine(host)).toBe(false));

  it('takes what a URL makes of a name', () => {
    for (const url of ['http://LOCALHOST', 'http://127.1', 'http://0x7f000001', 'http://[0:0::1]:80'])
      expect(isThisMachine(new URL(url).hostname), url).toBe(true);
    for (const url of ['http://127.0.0.1@example.com', 'http://localhost.:80', 'http://0'])
      expect(isThisMachine(new URL(url).hostname), url).toBe(false);
  });
});

describe('originUrl', () => {
  it.each([
    [{ host: '127.0.0.1', port: 8080 }, 'http://127.0.0.1:8080'],
    [{ host: '::1', port: 8080 }, 'http://[::1]:8080'],
    [{ host: 'localhost', port: 443, tls: { ca: null, servername: null } }, 'https://localhost:443'],
    [{ host: '', port: 0, socketPath: '/run/a.sock' }, 'http+unix:/run/a.sock'],
  ])('%j', (origin, url) => expect(originUrl(origin)).toBe(url));
});

describe('requestOrigin', () => {
  it('calls what listens on a Unix socket localhost', () => {
    expect(requestOrigin({ host: '::1', port: 8080 })).toBe('http://[::1]:8080');
    expect(requestOrigin({ host: '', port: 0, socketPath: '/run/a.sock' })).toBe('http://localhost');
  });
});

describe('certificateOptions', () => {
  it.each([
    [{ ca: null, servername: null }, { rejectUnauthorized: false }],
    [{ ca: null, servername: null, verify: true as const }, { rejectUnauthorized: true }],
    [
      { ca: 'PEM', servername: null },
      { rejectUnauthorized: true, ca: 'PEM' },
    ],
    [
      { ca: 'PEM', servername: 'api.example.com', verify: true as const },
      { rejectUnauthorized: true, ca: 'PEM', servername: 'api.example.com' },
    ],
  ])('%j', (tls, options) => expect(certificateOptions(tls)).toEqual(options));
});
