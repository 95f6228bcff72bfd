import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

const CLI = path.resolve(import.meta.dirname, '../../bin/drain-check.js');

export interface CliResult {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

export interface CliRun {
  process: ChildProcess;
  result: Promise<CliResult>;
  /** Settles when the text has been written to standard error or output. */
  saw: (text: string) => Promise<void>;
}

/** Starts the built command line without colour, as a pipe would. */
export function startCli(
  args: readonly string[],
  { env = {}, cwd }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): CliRun {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined, ...env },
    cwd,
  });
  let stdout = '';
  let stderr = '';
  const waiting: { text: string; resolve: () => void }[] = [];
  const look = () => {
    for (const one of waiting) if ((stdout + stderr).includes(one.text)) one.resolve();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    look();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    look();
  });
  const result = new Promise<CliResult>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  return {
    process: child,
    result,
    saw: (text) =>
      new Promise((resolve) => {
        waiting.push({ text, resolve });
        look();
      }),
  };
}

export function runCli(
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<CliResult> {
  return startCli(args, options).result;
}

/** The path of a fixture server. */
export function fixture(name: string): string {
  return path.resolve(import.meta.dirname, `../../fixtures/servers/${name}.mjs`);
}

/** A directory that is gone when the test is. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'drain-check-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A small program of the test's own, in a directory of its own. */
export async function program(name: string, source: string, mode = 0o644): Promise<string> {
  const file = path.join(await temporaryDirectory(), name);
  await writeFile(file, source, { mode });
  return file;
}

/** Pids of processes whose environment holds the text. */
export function processesWith(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Waits until a condition holds. The deadline is far beyond anything a busy machine needs. */
export async function until(condition: () => boolean): Promise<void> {
  for (const deadline = performance.now() + 30_000; !condition();) {
    if (performance.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Text without the line breaks that the width of a terminal put in. */
export function flat(text: string): string {
  return text.replace(/\s+/g, ' ');
}
