import { isThisMachine, type Origin } from '../plan/origin.js';
import type { PodRequest } from '../plan/pod.js';

/**
 * Where the ports of a manifest are found on this machine. A pod has an address of its own and its ports to itself; here a
 * service has usually been given another port. What listens on the very port that is named is meant by it, else the
 * service itself.
 */
export class PodAddress {
  constructor(
    private readonly origin: Origin,
    /** The ports on which the target listens. */
    private readonly listening: ReadonlySet<number>,
  ) {}

  portOf(named: number): number {
    return this.listening.has(named) ? named : this.origin.port;
  }

  /** Where the kubelet goes with a port of the manifest. */
  originOf(named: number): Origin {
    return { ...this.origin, port: this.portOf(named) };
  }

  get host(): string {
    return this.origin.host;
  }

  /** The address of a request; null for a host that is not the pod itself, to which nothing is sent from here. */
  urlOf({ scheme, host, port, path }: PodRequest): URL | null {
    if (host !== null && !isThisMachine(host)) return null;
    const { host: own } = this.origin;
    const authority = `${own.includes(':') ? `[${own}]` : own}:${this.portOf(port)}`;
    return URL.parse(path.startsWith('/') ? path : `/${path}`, `${scheme.toLowerCase()}://${authority}`);
  }
}
