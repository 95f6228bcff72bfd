import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPlace, databaseUrl } from '../../src/plan/database-url.js';

const read = (url: string) => databaseUrl('DATABASE_URL', url);

describe('the URL of a database', () => {
  it.each([
    ['postgres://u:p@db.example/x', 'postgres', 'db.example', 5432],
    ['postgresql+psycopg://u:p@db:6543/x?sslmode=disable', 'postgres', 'db', 6543],
    ['jdbc:mysql://db/x', 'mysql', 'db', 3306],
    ['mariadb://u:p@127.0.0.1:3307/x', 'mysql', '127.0.0.1', 3307],
    ['redis://:p@localhost', 'redis', 'localhost', 6379],
    ['rediss://[::1]:6380/0', 'redis', '::1', 6380],
    ['postgres://u:p@a@db/x', 'postgres', 'db', 5432],
  ])('%s', (url, protocol, host, port) =>
    expect(read(url)).toEqual({ value: { variable: 'DATABASE_URL', protocol, host, port, url } }),
  );

  it.each([
    'not a url',
    'mongodb://s3cret@db/x',
    'postgres:///x?host=/var/run/s3cret',
    'postgres://u:s3cret@a,b/x',
    'postgres://u:s3cret@db/x?host=other',
    'postgres://u:s3cret@db:99999/x',
    'postgres//u:s3cret@db/x',
    'postgres://u:s3cret@db:port/x',
  ])('refuses %s without repeating what it holds', (url) => {
    const read_ = read(url);
    expect(read_).toHaveProperty('problem');
    expect(JSON.stringify(read_)).not.toContain('s3cret');
  });

  it('is the same at another place but for that', () => {
    expect(atPlace('postgres://u:p%40w@db.example:5432/x?a=b#c', '127.0.0.1', 9)).toBe(
      'postgres://u:p%40w@127.0.0.1:9/x?a=b#c',
    );
    const part = fc.stringMatching(/^[A-Za-z0-9:%!$&'()*+;=._~-]{0,12}$/);
    fc.assert(
      fc.property(part, part, (user, rest) => {
        const url = `postgres://${user}@db:1/${rest}`;
        expect(atPlace(url, '127.0.0.1', 9)).toBe(`postgres://${user}@127.0.0.1:9/${rest}`);
      }),
    );
  });
});
