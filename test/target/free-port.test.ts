import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../src/target/free-port.js';

it('is a port that can be listened on', async () => {
  const port = await freePort();
  expect(port).toBeGreaterThan(1023);
  expect(port).toBeLessThan(65_536);
  const server = createServer().listen(port);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
});
