import { readFileSync, readlinkSync } from 'node:fs';
import { DrainCheckError } from '../errors.js';
import { parseContainer, type ContainerFacts } from './container-facts.js';
import type { Engine } from './engine.js';
import type { ProcessRow, ProcessTable } from './processes/table.js';

/** A container that lives, as we see it. */
export interface SeenContainer {
  facts: ContainerFacts;
  /** Its first process, by the pid that we know it under. */
  first: ProcessRow;
  /** The directory of /proc that shows its sockets. */
  procNet: string;
  /** The address on the engine's network; null where it uses our own. */
  address: string | null;
}

/** What the engine knows of a container; null when there is none. */
export async function inspectContainer(engine: Engine, name: string): Promise<ContainerFacts | null> {
  const answer = await engine.ask(['inspect', '--type', 'container', name]);
  return answer.code === 0 ? parseContainer(answer.stdout) : null;
}

/**
 * Looks for a container's first process among ours, and makes sure that it is the one. Null when it is dead.
 * @param marker what its environment holds; null when it is not one of ours
 * @throws DrainCheckError `cannot-verify` when the engine runs it where we cannot see it or not reach it
 */
export async function seeContainer(
  engine: Engine,
  table: ProcessTable,
  id: string,
  marker: string | null,
): Promise<SeenContainer | null> {
  const facts = await inspectContainer(engine, id);
  if (facts === null || facts.pid === 0) return null;
  const name = marker === null ? facts.name : null;
  const first = (await table.list()).find((row) => row.pid === facts.pid);
  if (first === undefined || first.zombie || !belongs(first.pid, facts.id, marker)) {
    // It may have died between the engine's answer and our look.
    const now = await inspectContainer(engine, id);
    if (now?.pid !== facts.pid) return null;
    throw cannotVerify(engine.name, name, 'is not among the processes of this machine');
  }
  if (sharesOurNetwork(facts)) return { facts, first, procNet: '/proc/net', address: null };
  const [address] = facts.addresses;
  if (address !== undefined) return { facts, first, procNet: `/proc/${first.pid}/net`, address };
  const cure = name === null ? 'Give it our network with --docker-run-arg=--network=host. Or: ' : '';
  throw cannotVerify(engine.name, name, 'has no address at which it could be reached', cure);
}

/**
 * A pid of the engine's may be somebody else's here: it runs in another machine, or sees other processes than we do.
 * Where control groups do not name the container, the files that the engine mounts into each do.
 */
function belongs(pid: number, id: string, marker: string | null): boolean {
  if (marker !== null && tryRead(`/proc/${pid}/environ`).includes(marker)) return true;
  if (tryRead(`/proc/${pid}/cgroup`).includes(id)) return true;
  return new RegExp(`/${id}/\\S* /etc/(hostname|hosts|resolv\\.conf) `).test(tryRead(`/proc/${pid}/mountinfo`));
}

function sharesOurNetwork({ pid, hostNetwork }: ContainerFacts): boolean {
  const own = tryReadLink('/proc/self/ns/net');
  const theirs = tryReadLink(`/proc/${pid}/ns/net`);
  // A process of another user keeps its namespaces to itself; then the engine is believed.
  return own === null || theirs === null ? hostNetwork : own === theirs;
}

/**
 * What cannot be watched can still be stopped by its own command and be judged by its answers.
 * @param name of the container; null when it is one of ours
 */
export function cannotVerify(engine: string, name: string | null, why: string, cure = ''): DrainCheckError {
  const start = name === null ? 'Start a container yourself, publish its port, and use' : 'Use';
  return new DrainCheckError(
    'cannot-verify',
    `The container${name === null ? '' : ` ${name}`} ${why}, so its end cannot be watched.`,
    `${cure}${start} --url http://127.0.0.1:PORT --stop '${engine} stop -t 30 ${name ?? 'NAME'}'.`,
  );
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function tryReadLink(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}
