import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../../src/target/free-port.js';
import { fixture } from './cli.js';

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
  const port = await freePort();
  const child = spawn(process.execPath, [fixture(name)], {
    cwd: path.resolve(import.meta.dirname, '../..'),
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  while (!(await accepts(port))) {
    if (!isAlive() || child.pid === undefined) throw new Error(`${name} ended before it listened`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    pid: child.pid ?? 0,
    port,
    url: `http://127.0.0.1:${port}`,
    isAlive,
    kill: () => void child.kill('SIGKILL'),
    gone,
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}
