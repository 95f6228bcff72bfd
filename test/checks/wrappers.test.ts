import { describe, expect, it } from 'vitest';
import { wrapperOf } from '../../src/checks/wrappers.js';

const SERVER = 'node /app/server.js';
const name = (command: string, server = SERVER) => wrapperOf(command, server)?.name ?? null;
const cure = (command: string, server = SERVER) => wrapperOf(command, server)?.cure;

describe('a wrapper', () => {
  it.each([
    ['npm start', 'npm'],
    ['npm run serve', 'npm'],
    ['/usr/local/bin/node /usr/local/lib/node_modules/npm/bin/npm-cli.js start', 'npm'],
    ['npm exec serve', 'npx'],
    ['npx serve', 'npx'],
    ['node /usr/local/lib/node_modules/npm/bin/npx-cli.js serve', 'npx'],
    ['yarn start', 'yarn'],
    ['node /usr/share/yarn/bin/yarn.js start', 'yarn'],
    ['pnpm start', 'pnpm'],
    ['node /root/.cache/node/corepack/v1/pnpm/9.0.0/bin/pnpm.cjs start', 'pnpm'],
    ['sh -c node server.js', 'sh'],
    ['/bin/sh -ec node server.js', 'sh'],
    ['-bash', 'bash'],
    ['dash -c node server.js', 'dash'],
    ['busybox ash -c node server.js', 'ash'],
    ['/bin/sh /usr/local/bin/docker-entrypoint.sh node server.js', 'the entrypoint script'],
    ['/bin/bash -e /entrypoint.sh', 'the entrypoint script'],
    ['bash ./start.sh -c conf', 'the script start.sh'],
    ['node /app/node_modules/.bin/nodemon server.js', 'nodemon'],
    ['node /app/node_modules/tsx/dist/cli.mjs server.ts', 'tsx'],
    ['node --enable-source-maps /app/node_modules/.bin/ts-node server.ts', 'ts-node'],
    ['PM2 v5.3.0: God Daemon (/root/.pm2)', 'pm2'],
    ['node /usr/local/bin/pm2-runtime start server.js', 'pm2-runtime'],
    ['node /usr/local/lib/node_modules/pm2/bin/pm2-runtime server.js', 'pm2-runtime'],
    ['gunicorn: master [app:app]', 'gunicorn'],
    ['/usr/bin/python3 /usr/local/bin/gunicorn app:app', 'gunicorn'],
    ['python3.11 -m gunicorn app:app', 'gunicorn'],
    ['/usr/local/bin/node --max-old-space-size=512 /app/server.js', 'the cluster primary'],
    ['node start.js', 'the parent process'],
  ])('%s is %s', (command, expected) => {
    expect(name(command)).toBe(expected);
  });

  it.each([
    '',
    'tini -- node server.js',
    'dumb-init node server.js',
    './server',
    '/usr/bin/python3 /app/launch.py',
    'java -jar app.jar',
  ])('%j is none that is known', (command) => {
    expect(name(command)).toBeNull();
  });

  it('is no parent in Node when the server is none', () => {
    expect(name('node start.js', '/app/server')).toBeNull();
    expect(wrapperOf('node start.js')).toBeNull();
  });

  it('is not what a child of tsx was told to load', () => {
    const child =
      'node --require /app/node_modules/tsx/dist/preflight.cjs --import file:///app/node_modules/tsx/dist/loader.mjs server.ts';
    expect(name(child, './server')).toBeNull();
  });
});

describe('its cure', () => {
  it.each([
    ['npm start', 'CMD ["node", "server.js"]'],
    ['pnpm start', 'node server.js in place of pnpm start'],
    ['sh -c node server.js', "sh -c 'exec node server.js'"],
    ['sh /docker-entrypoint.sh node server.js', 'exec "$@"'],
    ['sh ./start.sh', 'start.sh end with exec'],
    ['node /app/node_modules/.bin/tsx server.ts', 'node --import tsx server.ts'],
    ['pm2-runtime server.js', 'kill_timeout'],
    ['node /app/server.js', 'workers in the primary'],
    ['node start.js', 'child.kill("SIGTERM")'],
  ])('of %s is its own', (command, words) => {
    expect(cure(command)).toContain(words);
  });

  it('reads like the cure of a check', () => {
    for (const command of ['npm start', 'npx x', 'nodemon x', 'ts-node x', 'pm2 x', 'gunicorn x', 'sh x.sh', 'sh -c x'])
      expect(cure(command)).toMatch(/^[a-z].*[^.]$/);
  });
});
