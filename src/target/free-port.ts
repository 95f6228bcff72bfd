import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { shortageOf } from '../errors.js';

/** Below the ports that systems hand out to clients, so that no connection takes it before the target does. */
const FIRST = 10_240;
const LAST = 32_767;
const ATTEMPTS = 50;

/**
 * A port that nobody listens on. Random, since several runs may look for one at the same time.
 * @throws the error of the system, when it is we who cannot listen
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${ATTEMPTS} ports between ${FIRST} and ${LAST} was free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (shortageOf(error) === null) resolve(false);
      else reject(error);
    });
    server.listen(port, () => server.close(() => resolve(true)));
  });
}
