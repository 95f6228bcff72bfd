import { randomInt } from 'node:crypto';

/** So many connections share one source address. Far below what its ports would allow, where connecting gets slow. */
const PER_ADDRESS = 500;

/**
 * Source addresses for many connections to one loopback address. There are 28,000 ports for each, and those of an earlier
 * run linger for a minute, in which connecting from the same address takes ten times as long: so each run takes a fresh
 * /24 of 127.0.0.0/8.
 * @param host where they lead
 * @returns the address of each connection, by its index; undefined where the system is to choose
 */
export function loopbackSources(host: string): (index: number) => string | undefined {
  if (!/^127\./.test(host)) return () => undefined;
  const subnet = `127.${randomInt(16, 250)}.${randomInt(0, 256)}`;
  return (index) => `${subnet}.${1 + (Math.floor(index / PER_ADDRESS) % 254)}`;
}
