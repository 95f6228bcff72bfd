import type { DatabasePlan, DatabaseProtocol } from './backends.js';
import type { Parsed } from './values.js';

/** Schemes as drivers write them: `postgresql+psycopg:`, `jdbc:mysql:`, `mysql2:`. */
const SCHEMES: Readonly<Record<string, { protocol: DatabaseProtocol; port: number }>> = {
  postgres: { protocol: 'postgres', port: 5432 },
  postgresql: { protocol: 'postgres', port: 5432 },
  mysql: { protocol: 'mysql', port: 3306 },
  mysql2: { protocol: 'mysql', port: 3306 },
  mariadb: { protocol: 'mysql', port: 3306 },
  redis: { protocol: 'redis', port: 6379 },
  rediss: { protocol: 'redis', port: 6379 },
};

/** A URL in parts that, put together again, are the same text. */
interface Parts {
  /** All before the host, credentials included. */
  before: string;
  host: string;
  port: string;
  after: string;
  scheme: string;
}

/** Takes a URL apart and changes nothing in it: a password that is not encoded as it should be stays as it is. */
function takeApart(url: string): Parts | null {
  const match = /^((?:jdbc:)?([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:\/\/)([^/?#]*)(.*)$/is.exec(url);
  if (match === null) return null;
  const [, prefix = '', scheme = '', authority = '', after = ''] = match;
  const at = authority.lastIndexOf('@') + 1;
  const where = /^(\[[0-9a-f:.%]+\]|[^:[\]]*)(?::(\d{1,5}))?$/i.exec(authority.slice(at));
  if (where === null) return null;
  const [, host = '', port = ''] = where;
  return { before: prefix + authority.slice(0, at), host, port, after, scheme: scheme.toLowerCase() };
}

/** Reads what a variable holds. The sentences about what is wrong with it never repeat it, since it holds secrets. */
export function databaseUrl(variable: string, url: string): Parsed<DatabasePlan> {
  const parts = takeApart(url);
  if (parts === null)
    return { problem: 'is not a URL of one host; write it like postgres://user:password@host:5432/name' };
  const known = SCHEMES[parts.scheme];
  if (known === undefined)
    return { problem: `begins with ${parts.scheme}:; PostgreSQL, MySQL, MariaDB and Redis can be followed` };
  if (parts.host === '')
    return { problem: 'names no host; a database that is reached by a Unix socket cannot be followed' };
  if (parts.host.includes(',')) return { problem: 'names several hosts; give the URL of one' };
  // The password of a URL that is not well formed may be taken for a host.
  if (!/^(\[[0-9a-f:.%]+\]|[a-z0-9._-]+)$/i.test(parts.host))
    return { problem: 'has a host that is no name and no address' };
  if (/[?&](host|hostaddr|port|unix_socket)=/i.test(parts.after))
    return {
      problem:
        'names the host in its parameters as well; drain-check can stand in its place only where the URL has one host',
    };
  const port = parts.port === '' ? known.port : Number(parts.port);
  if (port < 1 || port > 65_535) return { problem: 'has a port that is not from 1 to 65535' };
  return { value: { variable, protocol: known.protocol, host: parts.host.replace(/^\[|\]$/g, ''), port, url } };
}

/** The same URL with another place in it, and everything else as it was. */
export function atPlace(url: string, host: string, port: number): string {
  const parts = takeApart(url);
  return parts === null ? url : `${parts.before}${host}:${port}${parts.after}`;
}
