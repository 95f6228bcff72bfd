import { onTestFinished } from 'vitest';
import { startServer } from '../../fixtures/fixtures.js';
import { temporaryDirectory } from './cli.js';

/** A server that drain-check did not start. */
export interface ListeningServer {
  pid: number;
  port: number;
  url: string;
  isAlive: () => boolean;
  kill: () => void;
  /** Settles when it has exited. */
  gone: Promise<void>;
}

/** Starts a fixture server and waits until it listens. It is ended with the test. */
export async function listeningServer(name: string): Promise<ListeningServer> {
  const directory = await temporaryDirectory();
  const { process: child, port } = await startServer(['node', `fixtures/servers/${name}.mjs`], directory);
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${port}`,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: () => void child.kill('SIGKILL'),
    gone: new Promise<void>((resolve) => child.once('exit', () => resolve())),
  };
}
